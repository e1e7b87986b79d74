import { basename } from "node:path";
import type { DataRace } from "./data-race.ts";
import type { History } from "./history.ts";
import type { RunOutcome } from "./engine/lane.ts";
import type { Property, Violation } from "./property.ts";
import type { Scenario } from "./scenario.ts";
import type { TraceEntry } from "./trace.ts";

/** A property that a run violated. */
export interface Judgement {
  readonly property: string;
  readonly message: string;
  /** Ids of the operations that show it. */
  readonly operations: readonly number[];
}

/** What every run must satisfy besides the scenario's own properties. */
export const BUILT_IN_PROPERTIES = {
  "no-deadlock": "nobody waits for ever",
  "no-uncaught-error": "no role ends in an error",
  "no-early-exit": "no role leaves its process",
  "no-process-death": "no process dies",
  "no-endless-run": "every process comes to its end",
  "no-data-race": "plain bytes that one process writes are touched by no other without synchronisation",
} as const;

/** What a scenario claims of its runs. */
type Claims = Pick<Scenario, "properties" | "mayEndBlocked">;

/**
 * The first property that the run violates, those of the harness before those of the scenario; null if all hold.
 *
 * @param only consider this property alone
 */
export function judge(outcome: RunOutcome, history: () => History, scenario: Claims, only?: string): Judgement | null {
  for (const judgement of violations(outcome, history, scenario)) {
    if (only === undefined || judgement.property === only) return judgement;
  }
  return null;
}

function* violations(
  outcome: RunOutcome,
  history: () => History,
  { properties, mayEndBlocked = false }: Claims,
): Generator<Judgement> {
  const whole = history();
  if (outcome.ending !== "finished" || outcome.threw) yield* builtInViolations(outcome, whole, mayEndBlocked);
  if (outcome.ending !== "finished" && outcome.ending !== "deadlock") return;
  for (const property of properties) {
    const violation = checked(property, whole);
    if (violation !== null) yield { property: property.name, ...violation };
  }
}

/** Whether what holds of a run may depend on its times. */
export function looksAtTime({ properties }: Pick<Scenario, "properties">): boolean {
  return properties.some((property) => property.looksAtTime === true);
}

function checked(property: Property, history: History): Violation | null {
  try {
    return property.check(history);
  } catch (error) {
    throw new PropertyError(property.name, error);
  }
}

/** A property could not decide: it was given a history that it cannot read, or it ran out of its budget. */
export class PropertyError extends Error {
  constructor(name: string, cause: unknown) {
    super(`the property ${name} threw ${cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)}`, {
      cause,
    });
  }
}

function* builtInViolations(outcome: RunOutcome, history: History, mayEndBlocked: boolean): Generator<Judgement> {
  const who = outcome.loss === null ? "" : (history.processes[outcome.loss.process]?.process ?? "a process");
  switch (outcome.ending) {
    case "died":
      yield builtIn("no-process-death", `${who} died in the middle of the run (${outcome.loss?.reason})`);
      return;
    case "stuck":
      yield builtIn(
        "no-endless-run",
        `${who} reached no scheduling point within the time limit (watchdogMs): it is in an endless loop, or waits for something outside`,
      );
      return;
    case "step-limit":
      yield builtIn("no-endless-run", `the run did not end within ${outcome.steps} steps (limit: stepsMax)`);
      return;
    case "text-limit":
      yield builtIn(
        "no-endless-run",
        "the run recorded more than a lane has room for (limits: textBytesMax, operationsMax)",
      );
      return;
    default:
  }
  for (const { process, end, reason } of history.processes) {
    if (end === "threw") yield builtIn("no-uncaught-error", `${process} failed: ${reason}`);
    if (end === "exited") yield builtIn("no-early-exit", `${process} left by process.exit(${reason})`);
  }
  if (outcome.ending === "deadlock" && !mayEndBlocked) yield builtIn("no-deadlock", deadlockMessage(history));
}

/** What a data race is told as: both places, and the bytes. */
export function dataRaceJudgement({ first, second }: DataRace, trace: readonly TraceEntry[]): Judgement {
  const [one, other] = [trace[first - 1], trace[second - 1]];
  return builtIn(
    "no-data-race",
    `${said(one)} and ${said(other)} touch the same bytes, and nothing puts the one before the other: take a lock around both, or hand the bytes over by a message`,
  );
}

function said({ process, label, step, source }: TraceEntry): string {
  return `${process} '${label}' (${source === null ? "" : `${basename(source)}, `}step ${step})`;
}

/** Names who waits for what, and who has it as far as the history says. */
function deadlockMessage(history: History): string {
  const waiting = history.processes.filter(({ end }) => end === "blocked");
  const parts = waiting.map(({ process, reason }) => {
    const pending = history.operations.findLast(
      (operation) => operation.process === process && operation.outcome === "pending" && operation.object !== null,
    );
    const holder = pending?.object == null ? null : holderOf(history, pending.object);
    const during = pending === undefined ? "" : ` in ${pending.operation}`;
    const held = holder === null ? "" : `, which ${holder === process ? "it holds itself" : `${holder} holds`}`;
    return `${process} ${reason}${during}${held}`;
  });
  return `nobody can move: ${parts.join("; ")}`;
}

/** The process that acquired the object last and has not released it. */
function holderOf(history: History, object: string): string | null {
  let holder: string | null = null;
  let since = -1;
  for (const operation of history.operations) {
    if (operation.object !== object || operation.outcome !== "returned") continue;
    if (
      /acquire|hold/i.test(operation.operation) &&
      operation.result !== false &&
      (operation.returned as number) > since
    ) {
      holder = operation.process;
      since = operation.returned as number;
    }
  }
  const released = history.operations.some(
    (operation) =>
      operation.object === object &&
      operation.operation === "release" &&
      operation.process === holder &&
      operation.invoked > since,
  );
  return released ? null : holder;
}

function builtIn(property: keyof typeof BUILT_IN_PROPERTIES, message: string): Judgement {
  return { property, message, operations: [] };
}
