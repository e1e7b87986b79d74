import fc from "fast-check";
import { scenario, times } from "../../harness/scenario.ts";
import { JoinableQueue } from "../../primitives/joinable-queue.ts";
import { joinCompleteness } from "../../properties/join-completeness.ts";
import type { Claim } from "./claim.ts";
import { queueKeepsOrder, type Traffic } from "./queue.ts";

export const joinableQueueFifo = scenario(import.meta.url, joinableQueueKeepsOrder(JoinableQueue));
export const joinableQueueJoin = scenario(import.meta.url, joinableQueueJoinsWhenAllIsDone(JoinableQueue));

type JoinableQueueType<T> = new (options: { readonly bytes: number }) => JoinableQueue<T>;

/** An item's place in the ring comes free only when it is done, and items are done in any order. */
export function joinableQueueKeepsOrder(
  type: JoinableQueueType<string>,
): Claim<Traffic, { queue: JoinableQueue<string> }> {
  return queueKeepsOrder("joinable-queue-fifo", type, (queue) => queue.taskDone());
}

/** Work takes a step of its own, so that a join can come between taking an item and having done it. */
export function joinableQueueJoinsWhenAllIsDone(
  type: JoinableQueueType<number>,
): Claim<{ workers: number }, { queue: JoinableQueue<number> }> {
  return {
    name: "joinable-queue-join",
    description: "main puts in two tasks and joins: it goes on when both are done, and not before",
    input: fc.record({ workers: fc.integer({ min: 1, max: 2 }) }),
    shared: () => ({ queue: new type({ bytes: 256 }) }),
    processes: ({ workers }) => ["main", ...times(workers, "worker")],
    roles: {
      async main({ queue }) {
        await queue.put(1);
        await queue.put(2);
        await queue.join();
        queue.end();
      },
      async worker({ queue }, p) {
        for await (const _task of queue) {
          await p.step("work", () => {});
          queue.taskDone();
        }
      },
    },
    properties: [joinCompleteness({ object: "queue" })],
  };
}
