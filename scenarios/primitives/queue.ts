import fc from "fast-check";
import type { Property } from "../../harness/property.ts";
import { scenario, times } from "../../harness/scenario.ts";
import { QueueEnded } from "../../primitives/errors.ts";
import { Queue } from "../../primitives/queue.ts";
import { exactlyOnce } from "../../properties/exactly-once.ts";
import { fifo } from "../../properties/fifo.ts";
import { linearizability } from "../../properties/linearizability.ts";
import { queueModel } from "../../properties/models/queue.ts";
import { noInvention } from "../../properties/no-invention.ts";
import { noLoss } from "../../properties/no-loss.ts";
import type { Claim } from "./claim.ts";

export const queueFifo = scenario(import.meta.url, queueKeepsOrder("queue-fifo", Queue));
export const queueBounded = scenario(import.meta.url, queueKeepsItsBound(Queue));
export const queueEnd = scenario(import.meta.url, queueEndsForEverybody(Queue));

export interface Traffic {
  readonly producers: number;
  readonly consumers: number;
}

/** The ring has room for few items, so that producers wait too, and items wrap around its end. */
export function queueKeepsOrder<Q extends Queue<string>>(
  name: string,
  type: new (options: { readonly bytes: number }) => Q,
  done: (queue: Q) => void = () => {},
): Claim<Traffic, { queue: Q }> {
  return {
    name,
    description: "producers and consumers share a small queue: items come out whole, once and in order",
    input: traffic(),
    shared: () => ({ queue: new type({ bytes: QUEUE_BYTES }) }),
    processes: ({ producers, consumers }) => [...times(producers, "producer"), ...times(consumers, "consumer")],
    roles: {
      async producer({ queue }, p) {
        for (let item = 0; item < itemsOf(p.input); item++) await queue.put(itemName(p.number, item));
      },
      async consumer({ queue }, p) {
        const share = (itemsOf(p.input) * p.input.producers) / p.input.consumers;
        for (let item = 0; item < share; item++) {
          await queue.get();
          done(queue);
        }
      },
    },
    properties: [noInvention(), exactlyOnce(), noLoss(), fifo({ object: "queue" })],
  };
}

/** With one place, a second put may return only after a get has begun. */
export function queueKeepsItsBound(
  type: new (options: { readonly maxSize: number }) => Queue<string>,
): Claim<Traffic, { queue: Queue<string> }> {
  return {
    name: "queue-bounded",
    description: "a queue with one place: whoever puts in a second item waits until the first is taken",
    input: traffic(),
    shared: () => ({ queue: new type({ maxSize: 1 }) }),
    processes: ({ producers, consumers }) => [...times(producers, "producer"), ...times(consumers, "consumer")],
    roles: {
      async producer({ queue }, p) {
        for (let item = 0; item < itemsOf(p.input); item++) await queue.put(itemName(p.number, item));
      },
      async consumer({ queue }, p) {
        const share = (itemsOf(p.input) * p.input.producers) / p.input.consumers;
        for (let item = 0; item < share; item++) await queue.get();
      },
    },
    properties: [linearizability({ object: "queue", model: queueModel(1) })],
  };
}

/**
 * A put comes before the end or is refused: what it said was put is there for those who get until they are told of the end. With
 * nobody who gets, producers wait for room when they are told.
 */
export function queueEndsForEverybody(
  type: new (options: { readonly maxSize: number }) => Queue<string>,
): Claim<Traffic, { queue: Queue<string> }> {
  return {
    name: "queue-end",
    description:
      "somebody ends a queue with one place while others put and get: nothing that was put is lost, all hear of it",
    input: fc.record({ producers: fc.integer({ min: 1, max: 2 }), consumers: fc.integer({ min: 0, max: 2 }) }),
    shared: () => ({ queue: new type({ maxSize: 1 }) }),
    processes: ({ producers, consumers }) => [
      ...times(producers, "producer"),
      ...times(consumers, "consumer"),
      "ender",
    ],
    roles: {
      async producer({ queue }, p) {
        try {
          for (let item = 0; item < 2; item++) await queue.put(itemName(p.number, item));
        } catch (error) {
          if (!(error instanceof QueueEnded)) throw error;
        }
      },
      async consumer({ queue }) {
        for await (const _item of queue);
      },
      ender({ queue }) {
        queue.end();
      },
    },
    final: ({ queue }) => (queue.empty ? [] : [queue.tryGet()]),
    properties: [noLoss({ left: (left: readonly string[]) => left }), nobodyLeavesAnItem()],
  };
}

function nobodyLeavesAnItem(): Property {
  return {
    name: "nobody-leaves-an-item",
    claim: "who is told of the end has got what was put",
    check: ({ final, input }) =>
      (input as Traffic).consumers === 0 || (final as readonly string[]).length === 0
        ? null
        : { message: `${String(final)} is still there, and everybody was told that all is taken`, operations: [] },
  };
}

/** Room for three items or so. */
const QUEUE_BYTES = 128;

function traffic(): fc.Arbitrary<Traffic> {
  return fc.record({ producers: fc.integer({ min: 1, max: 3 }), consumers: fc.integer({ min: 1, max: 3 }) });
}

/** Items of each producer: so many that each consumer gets the same number. */
function itemsOf({ consumers }: Traffic): number {
  return consumers === 1 ? 2 : consumers;
}

/** Long enough to lie outside the header of its message, where a half-written one would show. */
function itemName(producer: number, item: number): string {
  return `item ${item} of producer ${producer}`;
}
