import { RequestError } from "../harness/request-error.ts";
import type { Result } from "../harness/result.ts";

/** Exit statuses of the command line. */
export const STATUS = {
  holds: 0,
  violated: 1,
  badRequest: 2,
  couldNotWork: 3,
} as const;

/**
 * The status that sums up several results: a violation counts more than trouble, for it is a finding.
 *
 * @param unwritten what of them could not be written down
 */
export function statusOf(results: readonly Result[], unwritten: readonly Error[] = []): number {
  if (results.some(({ verdict }) => verdict === "fail")) return STATUS.violated;
  return Math.max(
    statusOfErrors(results),
    ...unwritten.map((error) => (error instanceof RequestError ? STATUS.badRequest : STATUS.couldNotWork)),
  );
}

function statusOfErrors(results: readonly Result[]): number {
  const errors = results.filter(({ verdict }) => verdict === "error");
  if (errors.length === 0) return STATUS.holds;
  return errors.every(({ property }) => property !== undefined && REQUESTS.has(property))
    ? STATUS.badRequest
    : STATUS.couldNotWork;
}

/** Kinds of trouble that the user's request or scenario is the reason for. */
const REQUESTS = new Set(["scenario", "token", "token-input", "no-concurrency"]);
