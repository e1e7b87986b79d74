import { monotonicNow } from "./parking.ts";
import { probe } from "./probe.ts";

/** Milliseconds on the clock of deadlines: the monotonic clock, or virtual time under control. */
export function now(): number {
  return probe !== null ? probe.now() : monotonicNow();
}

/** The deadline of a call that may take `timeoutMs`: undefined waits for ever, negative is 0. */
export function deadlineAfter(timeoutMs: number | undefined): number {
  if (timeoutMs === undefined || timeoutMs === Infinity) return Infinity;
  if (typeof timeoutMs !== "number" || Number.isNaN(timeoutMs)) {
    throw new TypeError(`timeoutMs is a number of milliseconds, not ${String(timeoutMs)}`);
  }
  return now() + Math.max(0, timeoutMs);
}

export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  if (probe !== null) return probe.sleep(ms, signal);
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", aborted);
      resolve();
    }, ms);
    function aborted(): void {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    }
    signal?.addEventListener("abort", aborted, { once: true });
  });
}

export function sleepSync(ms: number): void {
  if (probe !== null) return probe.sleepSync(ms);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
