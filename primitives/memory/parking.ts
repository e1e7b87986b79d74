import { EAGAIN, ETIMEDOUT, futexWait, futexWake, hasOtherCores } from "./linux.ts";
import { monotonicNow } from "./monotonic.ts";
import type { WaitOutcome } from "./probe.ts";
import { waitingRoomOf } from "./waiting-room.ts";
import type { Word } from "./word.ts";

export { monotonicNow } from "./monotonic.ts";

/**
 * A blocked thread looks up this often, in milliseconds, because whoever should wake it may have died. Callers then see a
 * wake for no reason, look again, and notice the death.
 */
const LOOK_UP_MS = 50;

/**
 * How often to look at the word before sleeping, at most: about 5 microseconds, where waking a sleeper on another core takes
 * 30. Looking that often is lost time if whoever is to change the word gets no core meanwhile, so it is done less after it
 * was in vain, and tried again every so many waits.
 */
const LOOKS_MAX = 1000;
const LOOKS_MIN = 10;
const WAITS_PER_TRIAL = 32;
let looks = LOOKS_MAX;
let waits = 0;

/**
 * Blocks this thread while the word holds `expected`, until woken or until the deadline on the monotonic clock.
 * `timed-out` and `changed` say that no wake was spent on this thread.
 */
export function park(word: Word, expected: number, deadlineMs: number): WaitOutcome {
  if (changesSoon(word, expected)) return "changed";
  const lookUpMs = monotonicNow() + LOOK_UP_MS;
  const untilMs = Math.max(0, Math.min(deadlineMs, lookUpMs));
  const answer = futexWait(word.region.address + word.offset, expected, untilMs * 1e6);
  if (answer === EAGAIN) return "changed";
  return answer === ETIMEDOUT && deadlineMs <= lookUpMs ? "timed-out" : "woken";
}

function changesSoon(word: Word, expected: number): boolean {
  if (!hasOtherCores()) return word.peek() !== expected;
  const most = ++waits % WAITS_PER_TRIAL === 0 ? LOOKS_MAX : looks;
  for (let look = 0; look < most; look++) {
    if (word.peek() === expected) continue;
    if (look > 0) looks = Math.min(LOOKS_MAX, looks + 200);
    return true;
  }
  looks = Math.max(LOOKS_MIN, looks - (looks >> 2));
  return false;
}

/** As `park`, without blocking the event loop or a thread of libuv's pool. */
export function parkAsync(
  word: Word,
  expected: number,
  deadlineMs: number,
  signal?: AbortSignal,
): Promise<WaitOutcome> {
  return waitingRoomOf(word.region).wait(word, expected, deadlineMs, signal);
}

/** Wakes at most `count` who are parked on the word, blocked ones first; returns how many of those there were. */
export function unpark(word: Word, count: number): number {
  const woken = futexWake(word.region.address + word.offset, count);
  if (woken < count) waitingRoomOf(word.region).grant(word.offset, count - woken);
  return woken;
}
