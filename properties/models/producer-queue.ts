import type { Model } from "../model.ts";
import { producerQueueMonitor } from "../monitors/queue.ts";
import { EMPTY_ERRORS, QUEUE_IGNORES, QUEUE_NAMES, roleOf } from "../vocabulary.ts";

/**
 * The weaker queue: first in first out for each producer, and between producers anything. It is what a queue with a feeder
 * (CPython's) keeps. "Empty" may be answered at any time, since an item that was put may still be on its way.
 */
export function producerQueueModel(): Model<ProducerQueueState> {
  return {
    name: "producer-queue",
    init: {},
    perProcess: true,
    errors: EMPTY_ERRORS,
    ignores: [...QUEUE_IGNORES, "size", "qsize", "empty", "full"],
    monitor: producerQueueMonitor,
    step(lines, { operation, args, process }) {
      if (roleOf("producer-queue", QUEUE_NAMES, operation) === "put") {
        return [{ state: { ...lines, [process]: [...(lines[process] ?? []), args[0]] } }];
      }
      const taken = Object.entries(lines).map(([producer, [first, ...rest]]) => {
        const { [producer]: _, ...others } = lines;
        return { state: rest.length === 0 ? others : { ...others, [producer]: rest }, result: first };
      });
      return [
        ...taken,
        { state: lines, result: undefined, refuses: true },
        ...EMPTY_ERRORS.map((error) => ({ state: lines, error, refuses: true })),
      ];
    },
    observes({ operation }, { outcome, result }) {
      if (roleOf("producer-queue", QUEUE_NAMES, operation) === "put") return false;
      return outcome === "threw" || (outcome === "returned" && (result ?? null) === null);
    },
  };
}

/** What each producer has put and nobody has taken yet; a producer without any is left out. */
export type ProducerQueueState = Readonly<Record<string, readonly unknown[]>>;
