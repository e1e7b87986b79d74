import type { Coverage } from "./coverage.ts";
import type { FaultKind } from "./fault.ts";
import type { Operation, ProcessEnd } from "./history.ts";
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
  readonly smallerRunsChecked: number;
  /** `npx forkcheck replay TOKEN` shows this run again. */
  readonly token: string;
  readonly explanation: readonly string[];
  readonly trace: readonly TraceEntry[];
  readonly history: readonly Operation[];
  readonly ends: readonly ProcessEnd[];
  /** In which run it was found (from 1), and how long that and the shrinking took. */
  readonly foundInRun: number;
  readonly foundMs: number;
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
