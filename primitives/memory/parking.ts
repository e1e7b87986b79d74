import { EAGAIN, ETIMEDOUT, futexWait, futexWaitFor, futexWake, hasOtherCores } from "./linux.ts";
import { sleepersIndex } from "./lobby.ts";
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
 * How often to look at a word before sleeping, at most: about 8 microseconds, where waking a sleeper on another core takes
 * 30. Looking that often is lost time if whoever is to change the word gets no core meanwhile, so each word is looked at for
 * less long after it was in vain, and tried again every so many looks: an odd number, because who looks in vain before it
 * leaves its mark (`Word.changesSoon`) looks again after it, and only the first one of the two spares others the wake.
 */
const LOOKS_MAX = 2000;
const LOOKS_MIN = 10;
const LOOKS_PER_TRIAL = 31;

/**
 * Blocks this thread while the word holds `expected`, until woken or until the deadline on the monotonic clock.
 * `timed-out` and `changed` say that no wake was spent on this thread.
 */
export function park(word: Word, expected: number, deadlineMs: number): WaitOutcome {
  if (changesSoon(word, expected)) return "changed";
  const { region, offset } = word;
  const sleepers = region.byteLength + sleepersIndex(offset) * 4;
  // Counted before the kernel compares the word: who changed it and found nobody counted is seen by that comparison. Somebody
  // who dies asleep stays counted, and costs wakes that wake nobody.
  region.instructions.add(sleepers, 1);
  try {
    return sleep(region.address + offset, expected, deadlineMs);
  } finally {
    region.instructions.add(sleepers, -1);
  }
}

function sleep(address: number, expected: number, deadlineMs: number): WaitOutcome {
  if (deadlineMs === Infinity) {
    return futexWaitFor(address, expected, LOOK_UP_MS) === EAGAIN ? "changed" : "woken";
  }
  const lookUpMs = monotonicNow() + LOOK_UP_MS;
  const untilMs = Math.max(0, Math.min(deadlineMs, lookUpMs));
  const answer = futexWait(address, expected, untilMs * 1e6);
  if (answer === EAGAIN) return "changed";
  return answer === ETIMEDOUT && deadlineMs <= lookUpMs ? "timed-out" : "woken";
}

/** Whether the word changes within the time that falling asleep would cost; looks again and again, and is no step. */
export function changesSoon(word: Word, expected: number): boolean {
  if (!hasOtherCores()) return word.peek() !== expected;
  const habit = word.looking;
  const most = ++habit.waits % LOOKS_PER_TRIAL === 0 ? LOOKS_MAX : habit.looks;
  for (let look = 0; look < most; look++) {
    if (word.peek() === expected) continue;
    if (look > 0) habit.looks = Math.min(LOOKS_MAX, habit.looks + 200);
    return true;
  }
  habit.looks = Math.max(LOOKS_MIN, habit.looks - (habit.looks >> 2));
  return false;
}

/** How long one process looks at one word before it sleeps; see `changesSoon`. */
export class LookingHabit {
  looks = LOOKS_MAX;
  waits = 0;
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
  const { region, offset } = word;
  const asleep = region.instructions.load(region.byteLength + sleepersIndex(offset) * 4) !== 0;
  const woken = asleep ? futexWake(region.address + offset, count) : 0;
  if (woken < count) waitingRoomOf(region).grant(offset, count - woken);
  return woken;
}
