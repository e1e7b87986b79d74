import { deadlineAfter } from "./memory/clock.ts";
import type { Word } from "./memory/word.ts";
import type { WaitOptions } from "./operation.ts";

/**
 * One try of an operation that may have to wait. It answers DONE, or the value of the word that has to change before
 * another try makes sense.
 */
export type Attempt = () => number;

/** Not an int32, so no value of a word can be mistaken for it. */
export const DONE = Infinity;

/**
 * After a first attempt that met the value `blocking`: sleeps until the word changes and tries again, until an attempt
 * succeeds (true) or `timeoutMs` have passed (false). False means that no wake was spent on this waiter; whoever was woken
 * makes an attempt first, and an attempt that fails leaves its mark for the next waker. So no wake is lost.
 */
export function retrySync(word: Word, blocking: number, attempt: Attempt, options: WaitOptions | undefined): boolean {
  const deadlineMs = deadlineAfter(options?.timeoutMs);
  for (let expected = blocking; expected !== DONE; expected = attempt()) {
    if (word.wait(expected, deadlineMs) === "timed-out") return false;
  }
  return true;
}

export async function retryAsync(
  word: Word,
  blocking: number,
  attempt: Attempt,
  options: WaitOptions | undefined,
): Promise<boolean> {
  const deadlineMs = deadlineAfter(options?.timeoutMs);
  for (let expected = blocking; expected !== DONE; expected = attempt()) {
    if ((await word.waitAsync(expected, deadlineMs, options?.signal)) === "timed-out") return false;
  }
  return true;
}

/** Checks the options before anything is touched; true if the call may not wait at all. */
export function triesOnce(options: WaitOptions | undefined): boolean {
  if (options === undefined) return false;
  options.signal?.throwIfAborted();
  const { timeoutMs } = options;
  if (timeoutMs === undefined) return false;
  if (typeof timeoutMs !== "number" || Number.isNaN(timeoutMs)) deadlineAfter(timeoutMs);
  return timeoutMs <= 0;
}
