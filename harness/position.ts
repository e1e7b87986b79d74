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
