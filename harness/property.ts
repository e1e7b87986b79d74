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
  /** It reads `history.times`. Runs that differ in nothing but their times are then judged one by one, which takes longer. */
  readonly looksAtTime?: true;
  /**
   * It looks at the operations of each object by themselves (locality: Herlihy and Wing, TOPLAS 1990, section 3), or at no order at
   * all. A proof then leaves out runs that differ only in the order of operations on different objects.
   */
  readonly perObject?: boolean;
  /** It counts the steps between operations, and does not only look which came first. A proof then executes every schedule. */
  readonly countsSteps?: boolean;
  /** An error whose name is "UndecidedError" says that the history is beyond a limit: the check ends in trouble, and not as a pass. */
  check(history: History): Violation | null;
  /**
   * How far a history that `check` refused can be explained, for a picture of it; null if this one cannot be drawn. Only
   * properties that look for an order of the operations have it. It is asked once, of the smallest failure.
   */
  witness?(history: History): Witness | null;
}

export interface Violation {
  /** What broke, in one sentence of the user's terms: "2 tickets sold, 1 in stock". */
  readonly message: string;
  /** A minimal set of operations (their ids) that shows the violation; empty if it is not about operations. */
  readonly operations: readonly number[];
}

/** How far a history can be explained that no order of its operations explains whole. */
export interface Witness {
  /** Identifiers of all operations that were looked at. */
  readonly operations: readonly number[];
  /** Identifiers of operations in the longest order that the model allows. */
  readonly order: readonly number[];
  /** The model's state after each of them, in words. */
  readonly states: readonly string[];
  /** Identifiers of a minimal set of operations that no order explains. */
  readonly blamed: readonly number[];
  /** How far the order comes, and why it does not go on: "The longest order that a queue allows explains 2 of 3 answers ...". */
  readonly sentence: string;
}
