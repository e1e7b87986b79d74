import type { Model } from "../model.ts";
import { priorityQueueMonitor } from "../monitors/priority-queue.ts";
import { EMPTY_ERRORS, PRIORITY_QUEUE_NAMES, roleOf } from "../vocabulary.ts";

/** A queue that gives the least number first. `take` waits while it is empty; only an empty one returns nothing. */
export function priorityQueueModel(): Model<readonly number[]> {
  return {
    name: "priority-queue",
    init: [],
    errors: EMPTY_ERRORS,
    monitor: priorityQueueMonitor,
    step(items, { operation, args }) {
      if (roleOf("priority-queue", PRIORITY_QUEUE_NAMES, operation) === "insert") {
        return [{ state: [...items, args[0] as number].sort((a, b) => a - b) }];
      }
      if (items.length > 0) return [{ state: items.slice(1), result: items[0] }];
      return [
        { state: items, result: undefined, refuses: true },
        ...EMPTY_ERRORS.map((error) => ({ state: items, error, refuses: true })),
      ];
    },
    observes({ operation }, { outcome, result }) {
      if (roleOf("priority-queue", PRIORITY_QUEUE_NAMES, operation) === "insert") return false;
      return outcome === "threw" || (outcome === "returned" && (result ?? null) === null);
    },
  };
}
