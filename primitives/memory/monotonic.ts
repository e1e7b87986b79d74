/** Milliseconds on the machine's monotonic clock, the same for all processes. */
export function monotonicNow(): number {
  return Number(hrtime()) / 1e6;
}

// Taken before any scenario is loaded, so that nobody who replaces process.hrtime changes what a deadline means.
const hrtime = process.hrtime.bigint;
