import type { Columns } from "../columns.ts";

/**
 * A checker for one kind of object, near-linear in the length of the history where the general search is exponential in
 * the number of clients.
 */
export interface Monitor {
  /** What it is called in verdicts: "queue monitor". */
  readonly name: string;
  /**
   * False if it finds violations and can never show that there is none: it then only explains what the frontier checker
   * has found.
   */
  readonly decides: boolean;
  check(columns: Columns): Finding;
  /**
   * What an operation belongs to, as a code: all operations of one unit may be left out of a history that holds, together, and it
   * still holds. A finding with many operations is reduced along these units.
   */
  unitOf?(columns: Columns, operation: number): number;
}

/**
 * What a monitor found. `unknown`: the history has something that this monitor does not cover (an operation that it does
 * not know, one value written twice); the frontier checker has to decide.
 */
export type Finding =
  | { readonly verdict: "holds" }
  | { readonly verdict: "unknown"; readonly reason: string }
  | Conflict;

export interface Conflict {
  readonly verdict: "violated";
  /** Why no order of the operations explains the answers, in one sentence. */
  readonly message: string;
  /** Indices of the operations that show it. */
  readonly operations: readonly number[];
  /** A position by which the violation is there for sure, or close to it; it only guides the search for the earliest. */
  readonly at: number;
}

export const HOLDS: Finding = { verdict: "holds" };

export function unknown(reason: string): Finding {
  return { verdict: "unknown", reason };
}
