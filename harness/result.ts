import type { Coverage } from "./coverage.ts";
import type { FaultKind } from "./fault.ts";
import type { Operation, ProcessEnd } from "./history.ts";
import type { Witness } from "./property.ts";
import type { Liveness } from "./liveness.ts";
import type { PartlyControlled } from "./partly-controlled.ts";
import type { TraceEntry } from "./trace.ts";

/** What checking one scenario came to: plain data, the same in code, in `--json` and in a report. */
export interface Result {
  readonly scenario: string;
  /**
   * `pass`: every run held. `fail`: a property was violated. `error`: the harness could not do its work, or a run was not
   * deterministic; it says nothing about the scenario.
   */
  readonly verdict: "pass" | "fail" | "error";
  /** The violated property, of a `fail`; the name of what went wrong, of an `error`. */
  readonly property?: string;
  /** What broke, in one sentence; of an `error`, in three parts. */
  readonly message?: string;
  /** The strategy that found the failure, or all that were used, joined by "+". */
  readonly strategy: string;
  /** Runs executed in search of a failure; those of shrinking are not counted. */
  readonly runs: number;
  /** Steps at which the scheduler was asked, over all runs. */
  readonly schedulingPoints: number;
  /** Of these, the ones where more than one step was enabled. */
  readonly choices: number;
  /** Context switches between processes, over all runs. */
  readonly switches: number;
  readonly elapsedMs: number;
  /** True if the verdict is a proof for the stated inputs, not a sample. */
  readonly exhaustive: boolean;
  /** Faults that struck, over all runs. */
  readonly faults: number;
  readonly seed: number;
  /** Things that a reader should know and that change no verdict: a worker was replaced, free mode did not reproduce. */
  readonly notes: readonly string[];
  readonly counterexample?: Counterexample;
  /** How much of what can happen was seen; not there after a replay or a proof. */
  readonly coverage?: Coverage;
  /** What a proof has tried of faults, one entry for each kind; not there where it has tried none. */
  readonly survived?: readonly SurvivedFaults[];
  /** There where the runs were only partly under control: then a failure is one that came again in each of several replays. */
  readonly partlyControlled?: PartlyControlled;
}

/** One kind of fault, tried at each step of each process, in every interleaving, one fault in a run. */
export interface SurvivedFaults {
  readonly kind: FaultKind;
  /** Of the inputs that the proof names, without faults. */
  readonly interleavings: number;
  readonly steps: readonly {
    readonly process: string;
    /** What the process was about to do: "write stock", or where it sleeps: "wait lock, asleep". */
    readonly before: string;
    /** How long a pause lasts, or how far the wall clock jumps; 0 for the others. */
    readonly ms: number;
    /** Interleavings with the fault at this step. */
    readonly runs: number;
  }[];
}

export interface Counterexample {
  readonly input: unknown;
  /** How many processes took part. */
  readonly processes: number;
  /** Outermost operations in the history. */
  readonly operations: number;
  readonly preemptions: number;
  readonly switches: number;
  /** Steps that the scheduler granted. */
  readonly steps: number;
  readonly faults: number;
  /** What they were, in the order in which they struck. */
  readonly faultList: readonly FaultInWords[];
  /** True if everything with fewer processes, operations or preemptions was searched, and held. */
  readonly minimal: boolean;
  /** If not, everything of it with at most so many preemptions was; not there where not even that is so. */
  readonly minimalWithin?: number;
  readonly smallerRunsChecked: number;
  /** `npx forkcheck replay TOKEN` shows this run again. */
  readonly token: string;
  readonly explanation: readonly string[];
  /** Every switch between processes, in order, and whether the failure needs it; empty where that was not looked into. */
  readonly switchRoles: readonly SwitchRole[];
  /** Of a run that comes to no end: whether that is a deadlock, a lost wake-up, a livelock or starvation, and who is in it. */
  readonly liveness?: Liveness;
  /** The nearest run that holds; not there where no single reversed race leads to one, or the run is too long to look. */
  readonly nearestPassing?: NearestPassing;
  /** How far an order explains the history; only of a property that looks for such an order. */
  readonly witness?: Witness;
  readonly trace: readonly TraceEntry[];
  readonly history: readonly Operation[];
  readonly ends: readonly ProcessEnd[];
  /** In which run it was found (from 1), and how long that and the shrinking took; this also in runs, with those that say why. */
  readonly foundInRun: number;
  readonly foundMs: number;
  readonly shrinkRuns: number;
  readonly shrinkMs: number;
  /** Which mode found it: under control, or free with real delays and then replayed under control. */
  readonly mode: "controlled" | "free";
}

/** A fault, for people and other tools; the token has it as it is replayed. */
export interface FaultInWords {
  readonly kind: FaultKind;
  readonly process: string;
  /** What the process was about to do: "write stock". */
  readonly before: string;
  /** Position in the trace. */
  readonly step: number;
  /** How long a pause lasts, or how far the wall clock jumps; 0 for the others. */
  readonly ms: number;
}

/** A switch between processes in a failing run. */
export interface SwitchRole {
  /** The entry of the trace that came by the switch, from 1. */
  readonly step: number;
  /** Names of the process that moved before, and of the one that moved from there on. */
  readonly from: string;
  readonly to: string;
  /**
   * `needed`: with another choice at this place, and the rest as it was, the property holds. `free`: it is violated all the
   * same. `forced`: nobody else could have moved.
   */
  readonly role: "needed" | "free" | "forced";
}

/**
 * The run nearest to a failing one in which all properties hold: the same input and the same drawn values, and one race the
 * other way round (or the few that it takes, where one alone decides nothing). Nearest means the fewest steps that only one
 * of the two runs has, and the fewest pairs of dependent steps that come the other way round. Print the two side by side to
 * see why the one fails.
 */
export interface NearestPassing {
  /** The race that decides: turned round last. */
  readonly race: ReversedRace;
  /** How many races were turned round to get here; mostly 1. */
  readonly reversedRaces: number;
  /** `npx forkcheck replay TOKEN` shows this run. */
  readonly token: string;
  readonly preemptions: number;
  readonly switches: number;
  readonly steps: number;
  readonly trace: readonly TraceEntry[];
  readonly history: readonly Operation[];
  readonly ends: readonly ProcessEnd[];
}

/** Two dependent steps of different processes that come in one order where it fails, in the other where it holds. */
export interface ReversedRace {
  /** Entries of the failing trace, from 1, in its order; null for a step that the run ended without. */
  readonly failing: readonly [first: number | null, second: number | null];
  /** The same two in the passing trace, in its order: what came second there comes first here. */
  readonly passing: readonly [first: number | null, second: number | null];
  /** One sentence, with the lines of the source: "Where it fails, buyer 1 'read stock' (ticket-rush.ts:31) comes before ...". */
  readonly sentence: string;
}
