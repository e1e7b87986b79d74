import { type Columns, NEVER, operationOf, prefixOf, subsetOf } from "../columns.ts";
import type { Model } from "../model.ts";
import type { Conflict, Monitor } from "../monitors/monitor.ts";
import { counted, listed, spoken } from "../wording.ts";
import { coreOf } from "./core.ts";
import { earliestWrong } from "./earliest.ts";
import { frontierCheck } from "./frontier.ts";
import { callOf, relevantTo } from "./problem.ts";
import type { Budget, Verdict, Violated } from "./verdict.ts";

/**
 * Whether the operations can be put in an order that the model allows and in which nothing comes before what had returned
 * before it was invoked (linearizability: Herlihy and Wing, 1990). It picks the checker: the model's monitor where it
 * covers the history, else the frontier checker, part by part where the model is a product of parts.
 *
 * A violation names the earliest response after which no explanation exists, and a minimal set of operations that has
 * none on its own. `undecided` means that a limit of the budget was reached.
 *
 * @example
 * const verdict = checkLinearizable(columnsOf(history), registerModel(0));
 * if (verdict.verdict === "violated") console.log(verdict.message, verdict.operations);
 */
export function checkLinearizable(history: Columns, model: Model<any>, budget: Budget = {}): Verdict {
  const columns = relevantTo(history, model);
  const decided = byMonitor(columns, model, budget);
  if (decided !== null) return decided;
  if (model.partition === undefined) return byFrontier(columns, model, budget);
  return byParts(columns, model, budget);
}

/** Most configurations that the frontier checker may look at where a monitor does not know a prefix of the history. */
const PREFIX_CONFIGURATIONS_MAX = 20_000;
/** Most configurations for each step of the reduction of a violation to a minimal set of operations. */
const CORE_CONFIGURATIONS_MAX = 20_000;
/** A violation of more operations than this is reduced further. */
const SMALL = 4;

function byMonitor(columns: Columns, model: Model<any>, budget: Budget): Verdict | null {
  const { monitor } = model;
  if (monitor === undefined || !monitor.decides) return null;
  const finding = monitor.check(columns);
  if (finding.verdict === "unknown") return null;
  if (finding.verdict === "holds") return { verdict: "holds", by: monitor.name };
  const limited = { ...budget, configurationsMax: PREFIX_CONFIGURATIONS_MAX };
  const at = earliestWrong(columns, finding.at, (prefix) => {
    const there = monitor.check(prefix);
    if (there.verdict === "unknown") return frontierCheck(prefix, model, limited).verdict === "violated";
    return there.verdict === "violated";
  });
  const prefix = prefixOf(columns, at);
  const shortest = monitor.check(prefix);
  if (shortest.verdict === "violated") {
    const small = reduced(prefix, shortest, monitor);
    const alone = monitor.check(
      subsetOf(
        prefix,
        [...small.operations].sort((a, b) => a - b),
      ),
    );
    if (alone.verdict === "violated") return reported(prefix, at, monitor.name, small);
  }
  return reported(prefix, at, monitor.name, shortestOf(prefix, at, model, budget));
}

/** A finding with many operations, with as few of their units as show it. */
function reduced(prefix: Columns, conflict: Conflict, monitor: Monitor): Conflict {
  const { unitOf } = monitor;
  if (unitOf === undefined || conflict.operations.length <= SMALL) return conflict;
  const units = new Map<number, number[]>();
  for (const [place, index] of conflict.operations.entries()) {
    // What belongs to no unit is one of its own; -1 - place is no code of a value that could be in the way.
    const unit = unitOf(prefix, index);
    const key = unit === 0 ? -1e9 - place : unit;
    units.set(key, [...(units.get(key) ?? []), index]);
  }
  const core = coreOf(
    [...units.values()],
    (chosen) => monitor.check(subsetOf(prefix, ascending(chosen))).verdict === "violated",
  );
  const indices = ascending(core);
  const finding = monitor.check(subsetOf(prefix, indices));
  if (finding.verdict !== "violated") return conflict;
  return { ...finding, operations: indices };
}

function ascending(units: readonly (readonly number[])[]): number[] {
  return units.flat().sort((a, b) => a - b);
}

function byFrontier(columns: Columns, model: Model<any>, budget: Budget): Verdict {
  const result = frontierCheck(columns, model, budget);
  if (result.verdict === "holds") return { verdict: "holds", by: "frontier" };
  if (result.verdict === "undecided") return result;
  // The search knew how the operations that were open then would be answered. Without that there may have been an
  // explanation still, so the response that left none can be a later one.
  const guess = columns.ret[columns.id.indexOf(result.id)]!;
  const at = earliestWrong(columns, guess, (prefix) => frontierCheck(prefix, model, budget).verdict === "violated");
  const prefix = prefixOf(columns, at);
  const finding = model.monitor?.check(prefix);
  if (finding?.verdict === "violated") return reported(prefix, at, "frontier", finding);
  return reported(prefix, at, "frontier", shortestOf(prefix, at, model, budget));
}

/**
 * Operations are made pending, one block after the other, as long as the rest still has no explanation. To make one
 * pending never makes a history wrong, whatever the model, since a pending operation may have happened just as it did; so
 * what is left is wrong by itself, and not for want of what was left out.
 */
function shortestOf(prefix: Columns, at: number, model: Model<any>, budget: Budget): Conflict {
  const returned: number[] = [];
  for (let index = 0; index < prefix.count; index += 1) if (prefix.ret[index] !== NEVER) returned.push(index);
  const all = Array.from({ length: prefix.count }, (_, index) => index);
  const limited = { ...budget, configurationsMax: CORE_CONFIGURATIONS_MAX };
  const core = coreOf(returned, (kept) => {
    const certain = new Set(kept);
    const weakened = subsetOf(
      prefix,
      all.filter((index) => certain.has(index) || !looksOnly(index)),
      (index) => !certain.has(index),
    );
    return frontierCheck(weakened, model, limited).verdict === "violated";
  });
  const last = prefix.ret.indexOf(at);
  return { verdict: "violated", message: sentence(prefix, core, last), operations: core, at };

  /** An observer that is pending says nothing at all. */
  function looksOnly(index: number): boolean {
    return model.observes?.(callOf(prefix, index, model).call, { outcome: "pending", result: undefined }) === true;
  }
}

function sentence(columns: Columns, core: readonly number[], last: number): string {
  const said = spoken(operationOf(columns, last));
  const others = core.filter((index) => index !== last).map((index) => spoken(operationOf(columns, index)));
  if (others.length === 0) return `${said} has no explanation, whatever else happened`;
  if (others.length <= SMALL) return `${said} has no explanation beside ${listed(others)}`;
  return `${said} has no explanation beside the ${counted(others.length, "other operation")} that show it`;
}

function byParts(columns: Columns, model: Model<any>, budget: Budget): Verdict {
  const parts = new Map<string | number, number[]>();
  for (let index = 0; index < columns.count; index += 1) {
    const key = model.partition!(callOf(columns, index, model).call);
    const part = parts.get(key);
    if (part === undefined) parts.set(key, [index]);
    else part.push(index);
  }
  let undecided: Verdict | null = null;
  let earliest: { verdict: Violated; position: number } | null = null;
  for (const [part, indices] of parts) {
    const rows = subsetOf(columns, indices);
    const verdict = byMonitor(rows, model, budget) ?? byFrontier(rows, model, budget);
    if (verdict.verdict === "undecided") undecided ??= { ...verdict, reason: `${verdict.reason} in part ${part}` };
    if (verdict.verdict !== "violated") continue;
    const position = columns.ret[columns.id.indexOf(verdict.at)]!;
    if (earliest === null || position < earliest.position) earliest = { verdict: { ...verdict, part }, position };
  }
  return earliest?.verdict ?? undecided ?? { verdict: "holds", by: "frontier, part by part" };
}

function reported(prefix: Columns, at: number, by: string, { message, operations }: Conflict): Violated {
  return {
    verdict: "violated",
    by,
    message,
    operations: operations.map((index) => prefix.id[index]!).sort((a, b) => a - b),
    at: prefix.id[prefix.ret.indexOf(at)]!,
  };
}
