/** What a test's time depends on; a vitest task has it. */
export interface TimedTest {
  /** The test's time-out in milliseconds; 0 or Infinity if it has none. */
  readonly timeout: number;
  readonly result?: { readonly startTime?: number | undefined; readonly retryCount?: number | undefined } | undefined;
}

/** How much time an assertion has, in milliseconds from now; Infinity if the test has no time-out. */
export interface TestTime {
  /** A search stops after this. */
  readonly searchMs: number;
  /** By now the assertion must have ended, even if the search has not. */
  readonly endMs: number;
}

/**
 * Divides what is left of a test's time-out at `nowMs`: a part is kept back to end the processes and to print a report.
 *
 * @example
 * timeFor({ timeout: 5000, result: { startTime: 1000 } }, 1200); // { searchMs: 3800, endMs: 4300 }
 */
export function timeFor({ timeout, result }: TimedTest, nowMs: number): TestTime {
  if (!(timeout > 0) || timeout === Infinity) return { searchMs: Infinity, endMs: Infinity };
  // A retried test has its whole time again, and nothing tells when the retry began. Nor does a clock that a test has set.
  const startedMs = (result?.retryCount ?? 0) > 0 ? nowMs : (result?.startTime ?? nowMs);
  const left = timeout - Math.max(0, nowMs - startedMs);
  const closing = Math.max(CLOSING_MS_MIN, timeout * CLOSING_SHARE);
  const atLeastOne = (ms: number): number => Math.max(1, Math.floor(ms));
  return { searchMs: atLeastOne(left - closing), endMs: atLeastOne(left - closing / 2) };
}

/** The part of a test's time that is kept back, and how much of it at least. */
const CLOSING_SHARE = 0.2;
const CLOSING_MS_MIN = 500;
