import type { Operation } from "../../harness/history.ts";
import { allHistories } from "../all-histories.ts";
import { type Columns, columnsOf, operationOf, prefixOf } from "../columns.ts";
import { checkConsistency } from "../linearizability.ts";
import { disturbed, drawFrom, randomHistory } from "../random-history.ts";
import { checkLinearizable, decideLinearizable } from "./check.ts";
import { acrossQuiet, everyOrderCheck, inProgram } from "./every-order.ts";
import { frontierCheck } from "./frontier.ts";
import { wingGongLoweCheck } from "./wing-gong-lowe.ts";
import type { Kind } from "./workloads.ts";

/**
 * Holds the checkers against each other: the frontier checker, the monitor of the model, and what chooses between them, against the
 * oracle (Wing, Gong, Lowe) and the definition itself (every order). Two published specialised monitors were wrong on
 * planted violations; nothing but this says that ours are not.
 */
export interface CrossCheck {
  /** Histories that were looked at. */
  readonly histories: number;
  /** How many of them the definition rejects. */
  readonly violated: number;
  /** How many the monitor leaves to the frontier checker. */
  readonly leftToTheFrontier: number;
  /** Most operations of a violation that was explained. */
  readonly largestCore: number;
}

/** All histories of up to `longest` operations by 3 clients. @throws {Disagreement} two checkers do not say the same */
export function crossCheckAll(kind: Kind, longest: number): CrossCheck {
  const tally = newTally();
  const whoMatters = kind.model.perProcess === true;
  for (let count = 1; count <= longest; count += 1) {
    for (const operations of allHistories(count, 3, kind.letters, whoMatters)) enter(tally, kind, operations);
  }
  return tally;
}

/**
 * Random histories, right and wrong, with operations that never returned and answers that say "empty", each with the
 * explanation of what is wrong, and with the two weaker consistencies. @throws {Disagreement}
 */
export function crossCheckRandom(kind: Kind, seeds: { readonly from: number; readonly count: number }): CrossCheck {
  const tally = newTally();
  for (let seed = seeds.from; seed < seeds.from + seeds.count; seed += 1) {
    const operations = randomOf(kind, seed);
    const columns = enter(tally, kind, operations);
    if (columns !== null) tally.largestCore = Math.max(tally.largestCore, explained(kind, columns, operations));
    checkWeaker(kind, operations);
  }
  return tally;
}

/** Two checkers do not say the same of a history, which the message holds. */
export class Disagreement extends Error {
  constructor(what: string, operations: readonly Operation[]) {
    super(`${what}:\n${operations.map((operation) => JSON.stringify(operation)).join("\n")}`);
    this.name = "Disagreement";
  }
}

type Tally = { -readonly [Field in keyof CrossCheck]: number };

function newTally(): Tally {
  return { histories: 0, violated: 0, leftToTheFrontier: 0, largestCore: 0 };
}

/** The columns, if the history is wrong. */
function enter(tally: Tally, kind: Kind, operations: readonly Operation[]): Columns | null {
  const { model } = kind;
  const columns = columnsOf(historyOf(operations));
  const oracle = wingGongLoweCheck(columns, model) === true;
  const truth = isShort(kind, operations) ? everyOrderCheck(columns, model) : oracle;
  const hold = (who: string, verdict: string): void => {
    if ((verdict === "holds") !== truth) throw new Disagreement(`${who} says ${verdict}`, operations);
  };
  hold("the oracle", oracle ? "holds" : "violated");
  hold("the frontier", frontierCheck(columns, model).verdict);
  // Without a monitor and without parts there is nothing to choose.
  if (model.monitor !== undefined || model.partition !== undefined)
    hold("the choice of checkers", decideLinearizable(columns, model));
  tally.histories += 1;
  if (!truth) tally.violated += 1;
  if (model.monitor !== undefined) {
    const { verdict } = model.monitor.check(columns);
    if (verdict === "unknown" || (verdict === "holds" && !model.monitor.decides)) tally.leftToTheFrontier += 1;
    else hold("the monitor", verdict);
  }
  return truth ? null : columns;
}

/**
 * A violation names the earliest response after which no order is left, and operations of which none can be left out: the
 * oracle rejects them by themselves. Returns how many they are.
 */
function explained(kind: Kind, columns: Columns, operations: readonly Operation[]): number {
  const { model } = kind;
  const verdict = checkLinearizable(columns, model);
  if (verdict.verdict !== "violated") throw new Disagreement(`the explanation says ${verdict.verdict}`, operations);
  const at = columns.ret[columns.id.indexOf(verdict.at)];
  const prefix = prefixOf(columns, at);
  if (wingGongLoweCheck(prefix, model) !== false)
    throw new Disagreement(`${verdict.at} is not the response that leaves no order`, operations);
  if (wingGongLoweCheck(prefixOf(columns, at - 1), model) !== true)
    throw new Disagreement(`${verdict.at} is not the earliest response that leaves no order`, operations);
  const rows = verdict.operations.map((id) => prefix.id.indexOf(id));
  if (rows.includes(-1)) throw new Disagreement("the explanation lists an operation of later", operations);
  const alone = rows.map((row) => operationOf(prefix, row));
  if (wingGongLoweCheck(columnsOf(historyOf(alone)), model) !== false)
    throw new Disagreement(
      `${verdict.operations.join(", ")} have an order by themselves (${verdict.message})`,
      operations,
    );
  return rows.length;
}

/** Every order of more events than this takes too long; an operation of two phases has two. */
const EVENTS_MAX = 8;

function isShort({ model }: Kind, operations: readonly Operation[]): boolean {
  const events = operations.reduce((sum, { operation }) => sum + (model.phases?.[operation]?.length ?? 1), 0);
  return events <= EVENTS_MAX;
}

function checkWeaker(kind: Kind, operations: readonly Operation[]): void {
  if (!isShort(kind, operations)) return;
  const columns = columnsOf(historyOf(operations));
  for (const [consistency, precedes] of [
    ["sequential", inProgram],
    ["quiescent", acrossQuiet],
  ] as const) {
    const { verdict } = checkConsistency(columns, kind.model, consistency);
    if ((verdict === "holds") !== everyOrderCheck(columns, kind.model, precedes))
      throw new Disagreement(`${consistency} consistency is said to be ${verdict}`, operations);
  }
}

function randomOf(kind: Kind, seed: number): Operation[] {
  const draw = drawFrom(seed);
  const { model, call } = kind;
  const clients = kind.clients ?? 2 + draw(3);
  const right = randomHistory({ model, operations: 3 + draw(6), clients, call, crashOneIn: draw(2) * 4 }, draw);
  if (draw(4) === 0) return right;
  const wrong = disturbed(right, draw, kind.answers);
  return draw(8) === 0 ? disturbed(wrong, draw, kind.answers) : wrong;
}

function historyOf(operations: readonly Operation[]) {
  return { input: null, operations, processes: [], final: null };
}
