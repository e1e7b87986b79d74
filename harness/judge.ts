import { basename } from "node:path";
import type { DataRace } from "./data-race.ts";
import type { History } from "./history.ts";
import type { RunOutcome } from "./engine/run-outcome.ts";
import { circleOf, holdersOf, loopOf, starvationOf, type Held, type Liveness, type Wait } from "./liveness.ts";
import type { Property, Violation } from "./property.ts";
import type { Scenario } from "./scenario.ts";
import type { TraceEntry } from "./trace.ts";

/** A property that a run violated. */
export interface Judgement {
  readonly property: string;
  readonly message: string;
  /** Ids of the operations that show it. */
  readonly operations: readonly number[];
  /** Where the run came to no end: why. */
  readonly liveness?: Liveness;
  /** The entry of the trace after which it is clear; the run may be cut off there. */
  readonly clearAt?: number;
  /** What happens from this entry up to there happens over and over, if it is what it looks like. */
  readonly repeatsFrom?: number;
}

/** What every run must satisfy besides the scenario's own properties. */
export const BUILT_IN_PROPERTIES = {
  "no-deadlock": "nobody waits for ever",
  "no-livelock": "nobody takes the same steps over and over for ever",
  "no-starvation": "nobody is overtaken for ever",
  "no-uncaught-error": "no role ends in an error",
  "no-early-exit": "no role leaves its process",
  "no-process-death": "no process dies",
  "no-endless-run": "every process comes to its end",
  "no-data-race": "plain bytes that one process writes are touched by no other without synchronisation",
} as const;

/** What a scenario claims of its runs. */
type Claims = Pick<Scenario, "properties" | "mayEndBlocked">;

/** What a run left, read only where it is needed. */
export interface RunRecord {
  readonly history: () => History;
  readonly trace: () => readonly TraceEntry[];
  readonly waits: () => readonly Wait[];
}

/**
 * The first property that the run violates, those of the harness before those of the scenario; null if all hold.
 *
 * @param only consider this property alone
 */
export function judge(outcome: RunOutcome, run: RunRecord, scenario: Claims, only?: string): Judgement | null {
  for (const judgement of violations(outcome, run, scenario)) {
    if (only === undefined || judgement.property === only) return judgement;
  }
  return null;
}

function* violations(
  outcome: RunOutcome,
  run: RunRecord,
  { properties, mayEndBlocked = false }: Claims,
): Generator<Judgement> {
  const whole = run.history();
  if (outcome.ending !== "finished" || outcome.threw) yield* builtInViolations(outcome, whole, run, mayEndBlocked);
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

/** How much of the order of operations may decide what holds of a run; each takes in those before it. */
export type OrderInView = "none" | "per object" | "across objects" | "in steps";

/** @param only this property alone is judged. Those that every scenario has see how a run ends, and no order. */
export function orderInView({ properties }: Pick<Scenario, "properties">, only?: string): OrderInView {
  const judged = properties.filter(({ name }) => only === undefined || name === only);
  if (judged.some(({ countsSteps }) => countsSteps === true)) return "in steps";
  if (judged.some(({ perObject }) => perObject !== true)) return "across objects";
  return judged.length > 0 ? "per object" : "none";
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
  /** It reached a limit of its own, as the search for an order does: the run may hold or not. Else it is broken. */
  readonly isUndecided: boolean;
  constructor(name: string, cause: unknown) {
    super(`the property ${name} threw ${cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)}`, {
      cause,
    });
    this.isUndecided = cause instanceof Error && cause.name === "UndecidedError";
  }
}

function* builtInViolations(
  outcome: RunOutcome,
  history: History,
  run: RunRecord,
  mayEndBlocked: boolean,
): Generator<Judgement> {
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
      yield* endlessViolations(outcome, history, run);
      return;
    case "text-limit":
      yield builtIn(
        "no-endless-run",
        "the run recorded more than a lane has room for (limits: textBytesMax, operationsMax)",
      );
      return;
    default:
  }
  for (const { process, end, reason, startedBy, thread } of history.processes) {
    // An error that ends a thread is told to who has started it, as an event.
    if (end === "threw" && thread === undefined) yield builtIn("no-uncaught-error", `${process} failed: ${reason}`);
    // Who is started by the program may well end that way: its parent hears of it.
    if (end === "exited" && startedBy === undefined)
      yield builtIn("no-early-exit", `${process} left by process.exit(${reason})`);
  }
  if (outcome.ending === "deadlock" && !mayEndBlocked) {
    const circle = circleOf(history, run.waits());
    const liveness = circle.length === 0 ? {} : { liveness: { kind: "deadlock" as const, circle } };
    yield { ...builtIn("no-deadlock", `nobody can move${deadlockMessage(history, circle)}`), ...liveness };
  }
}

/** The limit was reached: because of a circle, a loop or somebody who is overtaken without end, or only because it is long. */
function* endlessViolations(outcome: RunOutcome, history: History, run: RunRecord): Generator<Judgement> {
  const waits = run.waits();
  const circle = circleOf(history, waits);
  if (circle.length > 0) {
    const since = waits.filter(({ process }) => circle.some((held) => held.process === process));
    yield {
      ...builtIn("no-deadlock", `some can never move again${deadlockMessage(history, circle)}`),
      liveness: { kind: "deadlock", circle },
      clearAt: Math.max(...since.map((wait) => wait.since)),
    };
    return;
  }
  const trace = run.trace();
  const starvation = starvationOf(history, trace);
  if (starvation !== null) {
    const { waiting, overtaken, by, clearAt, repeatsFrom } = starvation;
    const what = [waiting.operation, waiting.object ?? ""].join(" ").trim();
    yield {
      ...builtIn(
        "no-starvation",
        `starvation: ${waiting.process} has been waiting since it called ${what} (step ${waiting.invoked}), while ${by.join(" and ")} got through ${overtaken} times`,
      ),
      operations: [waiting.id],
      liveness: { kind: "starvation", circle: [], victim: waiting.process },
      clearAt,
      repeatsFrom,
    };
    yield onlyLong(outcome.steps);
    return;
  }
  const loop = loopOf(trace, history.processes);
  if (loop !== null) {
    const { processes, from, to } = loop;
    const who = `${processes.join(" and ")} ${processes.length === 1 ? "takes" : "take"}`;
    yield {
      ...builtIn("no-livelock", `livelock: ${who} the same steps over and over (one round: steps ${from} to ${to})`),
      liveness: { kind: "livelock", circle: [], loop },
      clearAt: loop.clearAt,
      repeatsFrom: loop.from,
    };
    yield onlyLong(outcome.steps);
    return;
  }
  yield builtIn(
    "no-endless-run",
    `the run did not end within ${outcome.steps} steps (limit: stepsMax), and it is no circle of waiting, no loop of the same steps and no starvation that was seen: it may be only long`,
  );
}

/** Of a run that looked as if it had no end, and has one: mostly by a counter that no step shows. */
export function onlyLong(steps: number): Judgement {
  return builtIn(
    "no-endless-run",
    `the run did not end within ${steps} steps (limit: stepsMax). Up to there the same happened over and over, but not for ever: it is only long. Give it more steps, or the program fewer tries`,
  );
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

/** Names who waits for what, and who has it as far as is known: those in the circle first. */
function deadlockMessage(history: History, circle: readonly Held[]): string {
  const inCircle = circle.map(({ process }) => process);
  const blocked = history.processes.filter(({ end }) => end === "blocked");
  const others = blocked.filter(({ process }) => !inCircle.includes(process));
  const parts = [
    ...circle.map((held) => waitSaid(history, held.process, `waits for ${held.object}`, [held.holder])),
    ...others.map(({ process, reason }) => waitSaid(history, process, reason, null)),
  ];
  return `${circle.length > 1 ? ", in a circle" : ""}: ${parts.join("; ")}`;
}

function waitSaid(history: History, process: string, reason: string, known: readonly string[] | null): string {
  const pending = history.operations.findLast(
    (operation) => operation.process === process && operation.outcome === "pending" && operation.object !== null,
  );
  const holders = known ?? (pending?.object == null ? [] : (holdersOf(history, pending.object) ?? []));
  const during = pending === undefined ? "" : ` in ${pending.operation}`;
  if (holders.length === 0) return `${process} ${reason}${during}`;
  if (holders.includes(process)) return `${process} ${reason}${during}, which it holds itself`;
  const gone = history.processes.find((other) => other.process === holders[0])?.end;
  const ended = gone === "finished" ? ", who has ended" : gone === "killed" ? ", who is dead" : "";
  const held = pending === undefined ? "has" : holders.length === 1 ? "holds" : "hold";
  return `${process} ${reason}${during}, which ${holders.join(" and ")} ${held}${ended}`;
}

function builtIn(property: keyof typeof BUILT_IN_PROPERTIES, message: string): Judgement {
  return { property, message, operations: [] };
}
