import { deadlineAfter } from "./memory/clock.ts";
import type { Word } from "./memory/word.ts";
import type { WaitOptions } from "./operation.ts";

/**
 * One try. It answers DONE, or the value of the word that has to change before another try makes sense. `retrying` is
 * false the first time: whoever was asleep has to assume that others still are.
 */
export type Attempt = (retrying: boolean) => number;

/** Not an int32, so no value of a word can be mistaken for it. */
export const DONE = Infinity;

const UNKNOWN = -1;

/** Attempts until one succeeds (true) or `timeoutMs` have passed (false), asleep in between. */
export function attemptSync(word: Word, attempt: Attempt, options: WaitOptions | undefined): boolean {
  let deadlineMs = UNKNOWN; // the clock is not read by whoever need not wait
  for (let retrying = false; ; retrying = true) {
    const blocking = attempt(retrying);
    if (blocking === DONE) return true;
    if (deadlineMs === UNKNOWN) deadlineMs = deadlineAfter(options?.timeoutMs);
    if (word.wait(blocking, deadlineMs) === "timed-out") return false;
  }
}

export async function attemptAsync(word: Word, attempt: Attempt, options: WaitOptions | undefined): Promise<boolean> {
  let deadlineMs = UNKNOWN; // the clock is not read by whoever need not wait
  for (let retrying = false; ; retrying = true) {
    const blocking = attempt(retrying);
    if (blocking === DONE) return true;
    if (deadlineMs === UNKNOWN) deadlineMs = deadlineAfter(options?.timeoutMs);
    if ((await word.waitAsync(blocking, deadlineMs, options?.signal)) === "timed-out") return false;
  }
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
