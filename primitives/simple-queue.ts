import { travels } from "./primitive.ts";
import { Queue, type QueueOptions } from "./queue.ts";

/**
 * A queue without a limit on items: it holds what its bytes hold.
 *
 * Source: CPython's multiprocessing manual, SimpleQueue.
 *
 * @example
 * const queue = new SimpleQueue();
 * await queue.put("one");
 * queue.empty; // false
 * await queue.get(); // "one"
 */
export class SimpleQueue<T = unknown> extends Queue<T> {
  constructor(options: Pick<QueueOptions, "bytes"> = {}) {
    super(options);
  }
}

travels("SimpleQueue", SimpleQueue);
