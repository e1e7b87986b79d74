import type { Operation, ProcessEnd } from "./history.ts";
import type { TraceEntry } from "./trace.ts";

/** Where a run stands after some choices: what has happened, and who may move next. Plain data. */
export interface Position {
  /** Who took each step so far, those without a choice included: the choices that lead here again. */
  readonly guide: readonly number[];
  readonly trace: readonly TraceEntry[];
  /** Operations that have begun; those that have not ended are pending. */
  readonly history: readonly Operation[];
  readonly ends: readonly ProcessEnd[];
  /** At least two; none if the run is over. */
  readonly choices: readonly NextStep[];
  /** Of a run that is over: what it violates; null if nothing. */
  readonly violation: { readonly property: string; readonly message: string } | null;
  /** Of a run that is over: the token that replays it. */
  readonly token: string;
}

/** A run from its beginning to its end: it shows each position that it passes, and what could have been chosen there. */
export interface PlayedRun extends Pick<Position, "trace" | "history" | "ends" | "violation" | "token"> {
  /** One for each step, in order. */
  readonly moments: readonly Moment[];
}

/** Where a run stood before one of its steps. */
export interface Moment {
  /** Who took the step. */
  readonly strand: number;
  /** Its number in the trace. */
  readonly entry: number;
  /** All steps that could have been taken; where nothing was to choose, just the one. */
  readonly choices: readonly PlayedStep[];
}

export interface PlayedStep extends NextStep {
  /** Two steps of runs of one program share it if they do the same for the same reasons; "" where that is not known. */
  readonly name: string;
  /** The same of where the run stands behind the step, whatever order led there. */
  readonly state: string;
}

/** The position behind so many steps, and behind all that follow from them without a choice. */
export function positionIn(run: PlayedRun, taken: number): Position {
  const { moments, trace, history, ends, violation, token } = run;
  const at = moments.findIndex(({ choices }, index) => index >= taken && choices.length > 1);
  const guide = moments.slice(0, at < 0 ? moments.length : at).map(({ strand }) => strand);
  if (at < 0) return { guide, trace, history, ends, choices: [], violation, token };
  const next = moments[at].entry;
  return {
    guide,
    trace: trace.slice(0, next - 1),
    history: history
      .filter(({ invoked }) => invoked < next)
      .map((operation) =>
        operation.returned === null || operation.returned < next
          ? operation
          : { ...operation, outcome: "pending", result: undefined, returned: null },
      ),
    ends: ends.map((end) => ({ ...end, end: "finished", reason: "" })),
    choices: moments[at].choices.map(({ strand, process, label, preempts }) => ({ strand, process, label, preempts })),
    violation: null,
    token: "",
  };
}

/** A step that may be taken next. */
export interface NextStep {
  /** What to add to the guide in order to take it. */
  readonly strand: number;
  readonly process: string;
  /** What it will do, in words: "write stock". */
  readonly label: string;
  /** Another process could go on and would be made to wait. */
  readonly preempts: boolean;
}
