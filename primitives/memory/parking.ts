import { futexWait } from "./linux.ts";
import type { WaitOutcome } from "./probe.ts";
import type { Word } from "./word.ts";

/** How long an awaiting waiter sleeps at first and at most before it looks at its word again, in milliseconds. */
const LOOK_AGAIN_MS_MIN = 1;
const LOOK_AGAIN_MS_MAX = 8;

/** Blocks this thread while the word holds `expected`, until woken or until the deadline on the monotonic clock. */
export function park(word: Word, expected: number, deadlineMs: number): WaitOutcome {
  if (word.peek() !== expected) return "changed";
  const deadlineNs = deadlineMs === Infinity ? -1 : Math.max(0, deadlineMs) * 1e6;
  futexWait(word.region.address + word.offset, expected, deadlineNs);
  return deadlineMs !== Infinity && monotonicNow() >= deadlineMs ? "timed-out" : "woken";
}

/** Waits without blocking the event loop or a thread of libuv's pool. */
export async function parkAsync(
  word: Word,
  expected: number,
  deadlineMs: number,
  signal?: AbortSignal,
): Promise<WaitOutcome> {
  let lookAgainMs = LOOK_AGAIN_MS_MIN;
  for (;;) {
    signal?.throwIfAborted();
    if (word.peek() !== expected) return "changed";
    const leftMs = deadlineMs - monotonicNow();
    if (leftMs <= 0) return "timed-out";
    await new Promise((resolve) => setTimeout(resolve, Math.min(lookAgainMs, leftMs)));
    lookAgainMs = Math.min(lookAgainMs * 2, LOOK_AGAIN_MS_MAX);
  }
}

/** Milliseconds on the machine's monotonic clock, the same for all processes. */
export function monotonicNow(): number {
  return Number(hrtime()) / 1e6;
}

// Taken before any scenario is loaded, so that nobody who replaces process.hrtime changes what a deadline means.
const hrtime = process.hrtime.bigint;
