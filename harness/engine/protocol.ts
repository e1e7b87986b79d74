import type { FaultBudget } from "../fault.ts";
import type { BehaviourCounts } from "../coverage.ts";
import type { PartlyControlled } from "../partly-controlled.ts";
import type { Counterexample, SurvivedFaults } from "../result.ts";
import type { Judgement } from "../judge.ts";
import type { PlayedRun } from "../position.ts";
import type { Shard } from "../options.ts";
import type { Bound } from "../bound.ts";

/** What the pool tells a conductor. */
export type ToConductor =
  | { readonly type: "check"; readonly request: CheckRequest }
  /** How does a run go that begins with these choices? */
  | { readonly type: "play"; readonly request: PlayRequest }
  /** A failure in a block after this one is of no interest any more. */
  | { readonly type: "limit"; readonly block: number }
  /** Make the smallest of the failure that this lane found. */
  | { readonly type: "shrink" }
  | { readonly type: "stop" }
  | { readonly type: "workers"; readonly count: number }
  | { readonly type: "lost"; readonly worker: number; readonly reason: string };

/** What a conductor tells the pool. */
export type FromConductor =
  | { readonly type: "ready" }
  | { readonly type: "alive" }
  | { readonly type: "ensure"; readonly count: number }
  | { readonly type: "kill"; readonly worker: number }
  | { readonly type: "progress"; readonly tally: Tally }
  /** The scenario is loaded, and this is how it is called. */
  | { readonly type: "loaded"; readonly name: string }
  /** The search of this lane is over. */
  | {
      readonly type: "searched";
      readonly tally: Tally;
      readonly found: Found | null;
      readonly trouble: Trouble | null;
      readonly behaviours?: BehaviourCounts;
    }
  | { readonly type: "played"; readonly run: PlayedRun }
  | {
      readonly type: "shrunk";
      readonly counterexample: Omit<Counterexample, "foundInRun" | "foundMs" | "shrinkRuns" | "shrinkMs">;
      readonly judgement: Judgement;
      readonly shrinkRuns: number;
      readonly shrinkMs: number;
    }
  | { readonly type: "trouble"; readonly trouble: Trouble };

/** Which of a module's scenarios is meant. */
export interface ScenarioReference {
  readonly moduleUrl: string;
  readonly ordinal: number;
  /** How it is called; null if only its module can tell, by the name that it exports it under. */
  readonly name: string | null;
}

export interface PlayRequest extends ScenarioReference {
  readonly input: unknown;
  readonly guide: readonly number[];
  readonly stepsMax: number;
  /** With the line of the user's code that took each step. */
  readonly sources: boolean;
}

export interface CheckRequest extends ScenarioReference {
  /** The module may be loaded before its turn: it is not one of those before which Node has to be under control. */
  readonly preload: boolean;
  readonly search: SearchOptions;
  /** This lane takes every `lanes`-th block, beginning with block `lane`: lanes of other shards are counted. */
  readonly lane: number;
  readonly lanes: number;
}

export interface SearchOptions {
  readonly runs: number;
  readonly seed: number;
  /** Names of the strategies to rotate through. */
  readonly strategies: readonly string[];
  readonly mode: "controlled" | "free";
  /** Consider this property alone. */
  readonly property?: string;
  readonly stepsMax: number;
  /** End when the bound on the chance of a new behaviour is at most this; 0: do not look. */
  readonly risk?: number;
  /** Enumerate every interleaving within the bound, instead of sampling. */
  readonly exhaustive?: Bound;
  /** Inputs that come before the scenario's own examples. */
  readonly examples: readonly unknown[];
  /** Takes these in turn, instead of generating inputs. */
  readonly inputs?: readonly unknown[];
  /** An exhaustive search takes every `count`-th input, beginning with the `index`-th. */
  readonly shard: Shard;
  /** How many faults of which kind a run may have. */
  readonly faults: FaultBudget;
  /** An exhaustive search tries them also in one and the same run, and not only one at a time. */
  readonly faultsTogether?: boolean;
  /** Do not make the failure smaller. */
  readonly endOnFailure?: boolean;
  /** Each of so many runs that held is done again. */
  readonly distrustEvery: number;
  /** Do this run again so many times, and nothing else; if it fails, report it as it is or as small as it gets. */
  readonly replay?: { readonly token: string; readonly shrink: boolean; readonly times: number };
}

export interface Tally {
  readonly runs: number;
  readonly schedulingPoints: number;
  readonly choices: number;
  readonly switches: number;
  /** That struck. */
  readonly faults: number;
  readonly notes: readonly string[];
  /** What was executed is all there is, for the inputs that the notes name. */
  readonly exhaustive?: boolean;
  /** What of faults a proof has tried. */
  readonly survived?: readonly SurvivedFaults[];
  /** Of what no schedule orders; nothing is used where all is under control. */
  readonly partly: PartlyControlled;
}

export interface Found {
  readonly block: number;
  /** Number of the run over all lanes, from 1. */
  readonly run: number;
  readonly strategy: string;
  readonly judgement: Judgement;
  readonly foundMs: number;
}

/** The harness could not do its work; it says nothing about the scenario. */
export interface Trouble {
  readonly kind: "scenario" | "nondeterministic" | "undecided" | "worker" | "token" | "token-input" | "no-concurrency";
  readonly message: string;
}
