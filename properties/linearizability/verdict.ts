/** What a checker says of a history. `undecided` is never a pass. */
export type Verdict = Holds | Violated | Undecided;

export interface Holds {
  readonly verdict: "holds";
  /** Which checker decided: "queue monitor", "frontier". */
  readonly by: string;
}

export interface Violated {
  readonly verdict: "violated";
  readonly by: string;
  /** Why no order of the operations explains the answers, in one sentence. */
  readonly message: string;
  /** Identifiers of a minimal set of operations that no order explains, ascending. */
  readonly operations: readonly number[];
  /** Identifier of the operation whose response is the earliest after which no explanation exists. */
  readonly at: number;
  /** The key of the part that is wrong, where the model is a product of parts. */
  readonly part?: string | number;
}

export interface Undecided {
  readonly verdict: "undecided";
  readonly by: string;
  /** Which limit was reached. */
  readonly reason: string;
  /** How many of the responses had been explained by then. */
  readonly explained: number;
  /** How many responses there are. */
  readonly responses: number;
}

/** Limits of a search. What they count does not depend on the machine, so that the same history has the same verdict. */
export interface Budget {
  /** Most configurations (a state and a set of pending operations that have taken effect) that are looked at. Default: 20 million. */
  readonly configurationsMax?: number;
  /** Most configurations that are kept at one time; each takes about 16 bytes and 4 for every 32 clients. Default: 2 million. */
  readonly keptMax?: number;
  /** Asked now and then; true ends the search. The only place where a clock may come in, and it comes from outside. */
  readonly expired?: () => boolean;
}

export const CONFIGURATIONS_MAX = 20_000_000;
export const KEPT_MAX = 2_000_000;
