import { scenario } from "../../harness/scenario.ts";
import { SimpleQueue } from "../../primitives/simple-queue.ts";
import type { Claim } from "./claim.ts";
import { queueKeepsOrder, type Traffic } from "./queue.ts";

export const simpleQueueFifo = scenario(import.meta.url, simpleQueueKeepsOrder(SimpleQueue));

export function simpleQueueKeepsOrder(
  type: new (options: { readonly bytes: number }) => SimpleQueue<string>,
): Claim<Traffic, { queue: SimpleQueue<string> }> {
  return queueKeepsOrder("simple-queue-fifo", type);
}
