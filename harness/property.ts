import type { History } from "./history.ts";

/**
 * What must hold of every run: a pure function of its history. It must not read the clock, the environment or a random
 * number, and must not change the history.
 *
 * @example
 * const nobodyFails: Property = {
 *   name: "nobody-fails",
 *   claim: "every operation returns",
 *   check: (history) => {
 *     const bad = history.operations.filter((operation) => operation.outcome !== "returned");
 *     return bad.length === 0 ? null : { message: `${bad.length} operations did not return`, operations: bad.map((o) => o.id) };
 *   },
 * };
 */
export interface Property {
  /** In lower case with hyphens; it names the property in results, regression files and on the command line. */
  readonly name: string;
  /** What must hold, in one sentence: "at most one process is inside". */
  readonly claim: string;
  check(history: History): Violation | null;
}

export interface Violation {
  /** What broke, in one sentence of the user's terms: "2 tickets sold, 1 in stock". */
  readonly message: string;
  /** A minimal set of operations (their ids) that shows the violation; empty if it is not about operations. */
  readonly operations: readonly number[];
}
