import { deadlineAfter, now, sleep } from "./memory/clock.ts";
import type { WaitOptions } from "./operation.ts";

/** What one can wait for together with others: a Connection, a Queue, an Event, a Process, or anything with this method. */
export interface Waitable {
  /** Waits until the next receive, get, wait or join would not have to; resolves to false if that took too long. */
  ready(options?: WaitOptions): Promise<boolean>;
}

/**
 * Waits until at least one of the objects is ready; resolves to all that are then, in the order given. None if the time is
 * up. An object is ready when the next `recv`, `get`, `wait` or `join` on it would not have to wait, the end of file and the
 * end of a process included. Whoever else uses it may be faster.
 *
 * Source: CPython's multiprocessing manual, `connection.wait`. Different on purpose: it takes queues and events as well, and
 * without objects it needs a time-out.
 *
 * @throws {RangeError} there is nothing to wait for and no time-out
 *
 * @example
 * const green = new Event();
 * const queue = new Queue();
 * await queue.put("one");
 * await waitAny([green, queue]); // [queue]
 * await waitAny([green], { timeoutMs: 0 }); // []
 */
export async function waitAny<T extends Waitable>(objects: readonly T[], options: WaitOptions = {}): Promise<T[]> {
  const deadlineMs = deadlineAfter(options.timeoutMs);
  if (objects.length === 0 && deadlineMs === Infinity) {
    throw new RangeError("waitAny with no objects would wait for ever. Give it an object, or a timeoutMs.");
  }
  for (;;) {
    options.signal?.throwIfAborted();
    const ready = await readyNow(objects);
    const leftMs = deadlineMs === Infinity ? undefined : deadlineMs - now();
    if (ready.length > 0 || (leftMs !== undefined && leftMs <= 0)) return ready;
    await firstReady(objects, { timeoutMs: leftMs, signal: options.signal });
  }
}

async function readyNow<T extends Waitable>(objects: readonly T[]): Promise<T[]> {
  const ready: T[] = [];
  for (const object of objects) if (await object.ready({ timeoutMs: 0 })) ready.push(object);
  return ready;
}

/** Resolves when the first is ready or the time is up, and ends the other waits. */
async function firstReady(objects: readonly Waitable[], options: WaitOptions): Promise<void> {
  const enough = new AbortController();
  const signal = options.signal === undefined ? enough.signal : AbortSignal.any([enough.signal, options.signal]);
  const timeOut = objects.length > 0 ? [] : [sleep(options.timeoutMs ?? 0, signal)];
  const waits = objects.map((object) => object.ready({ timeoutMs: options.timeoutMs, signal }));
  try {
    await Promise.race([...waits, ...timeOut]);
  } finally {
    enough.abort();
    await Promise.allSettled(waits);
  }
}
