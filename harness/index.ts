/** The harness: scenarios, checking them, and the values that come of it. */
export { check, Checker } from "./check.ts";
export type { Fault, FaultBudget, FaultKind } from "./fault.ts";
export { Play } from "./play.ts";
export type { NextStep, Position } from "./position.ts";
export type { History, Operation, ProcessEnd } from "./history.ts";
export type { CheckOptions, Progress } from "./options.ts";
export type { Property, Violation, Witness } from "./property.ts";
export { RequestError } from "./request-error.ts";
export type { Counterexample, FaultInWords, NearestPassing, Result, ReversedRace, SwitchRole } from "./result.ts";
export type { RunValue, Schedule, Segment } from "./run-value.ts";
export {
  scenario,
  times,
  type Access,
  type FileAtStart,
  type FilesAtStart,
  type FolderView,
  type Role,
  type RoleContext,
  type Scenario,
  type ScenarioOptions,
} from "./scenario.ts";
export type { Choice, Strategy } from "./strategies/strategy.ts";
export { decodeToken, encodeToken } from "./token.ts";
export type { EventKind, FaultEventKind, StepKind, TraceEntry, TraceKind } from "./trace.ts";
