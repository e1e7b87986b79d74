import type { Fault, FaultKind } from "../fault.ts";
import type { InputSpace } from "../input-space.ts";
import type { Judgement } from "../judge.ts";
import type { Measure } from "../measure.ts";
import type { Generated } from "../arbitrary.ts";

/** What shrinking works on: it can execute runs of a scenario and see what came of them, and nothing else. */
export interface Subject {
  /** Makes `input` the one of the attempts that follow; null if the scenario cannot do anything with it. */
  prepare(input: unknown): Promise<{ readonly processes: number } | null>;
  attempt(plan: Plan): Promise<Attempt>;
  /**
   * Executes every interleaving of the prepared input, each once up to what is equivalent, until one fails.
   *
   * @param visit told of each run; false ends the search
   * @returns `holds` if all were executed, `undecided` if something stood in the way, `impossible` if something always will
   */
  prove?(visit: (run: ProofRun) => boolean, plan: ProofPlan): Promise<"holds" | "fails" | "undecided" | "impossible">;
  /** Where in the run that has just been attempted a fault of this kind could have struck. */
  faultPlaces(kind: FaultKind): readonly FaultPlace[];
  /** Inputs that are smaller than `input`, in the order in which fast-check would try them. */
  smallerInputs(input: Generated<unknown>): Generated<unknown>[];
  /** Inputs that the scenario generates, all different. */
  sampleInputs(count: number): Generated<unknown>[];
  /** All inputs of the scenario, by their size. */
  readonly space?: InputSpace | undefined;
  /** So many runs may be spent. */
  readonly runsMax?: number;
  /** True if shrinking is to end with what it has. */
  readonly stopping: boolean;
}

/** What holds for all runs of a proof. */
export interface ProofPlan extends Pick<Plan, "draws" | "faults" | "calls"> {
  /** Groups of processes that make no difference if they change places: of runs that differ in nothing else one is enough. */
  readonly alike?: readonly (readonly number[])[];
}

export interface ProofRun {
  readonly steps: number;
  /** Somebody waited in it for a limited time. */
  readonly timed: boolean;
}

export interface Plan {
  /** Strands, one for each step; after them the run goes on without preemption. */
  readonly guide: readonly number[];
  readonly draws: readonly (readonly unknown[])[];
  /** What befalls the processes; without it nothing does. */
  readonly faults?: readonly Fault[];
  /** Its steps are to say at which place they are, see `AttemptStep`. */
  readonly places?: boolean;
  /** So many operations, none of them in a loop, may look at the same word in vain. */
  readonly calls?: number;
}

export interface Attempt {
  /** Null if the property that is being shrunk for holds. */
  readonly judgement: Judgement | null;
  readonly measure: Measure;
  readonly steps: readonly AttemptStep[];
  readonly draws: readonly (readonly unknown[])[];
  /** The faults that struck. */
  readonly faults: readonly Fault[];
  /** For each of them, its entry in the trace. */
  readonly struckAt?: readonly number[];
  /** Somebody waited in it for a limited time. */
  readonly timed?: boolean;
  /** Places that were told of earlier runs are not to be relied on: more is known now of what they depend on. */
  readonly anew?: boolean;
}

export interface AttemptStep {
  readonly strand: number;
  readonly candidates: readonly number[];
  readonly preempts: boolean;
  /**
   * Where asked for: the same number in all runs that have come to the same state by the steps before this one, as they differ
   * in the order of independent steps alone.
   */
  readonly place?: number;
  /** Its entry in the trace. */
  readonly entry?: number;
}

export interface FaultPlace extends Pick<Fault, "strand" | "fingerprint" | "occurrence"> {
  /** The step's entry in the trace; of a process that sleeps, that of the step which put it to sleep. */
  readonly step: number;
  readonly asleep: boolean;
}
