import { type Columns, NEVER, operationOf, prefixOf, subsetOf } from "../columns.ts";
import type { Model } from "../model.ts";
import type { Conflict, Monitor } from "../monitors/monitor.ts";
import { counted, listed, spoken } from "../wording.ts";
import { coreOf } from "./core.ts";
import { earliestWrong } from "./earliest.ts";
import { frontierCheck } from "./frontier.ts";
import { callOf, relevantTo } from "./problem.ts";
import type { Budget, Holds, Undecided, Verdict, Violated } from "./verdict.ts";

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
  const decision = decided(relevantTo(history, model), model, budget);
  return decision.verdict === "violated" ? decision.explain() : decision;
}

/** The verdict alone, without the earliest response and the minimal set of operations, which take most of the time. */
export function decideLinearizable(history: Columns, model: Model<any>, budget: Budget = {}): Verdict["verdict"] {
  return decided(relevantTo(history, model), model, budget).verdict;
}

/** A verdict whose explanation, if it needs one, is still to be worked out. */
type Decision =
  | Holds
  | Undecided
  | { readonly verdict: "violated"; readonly earliest: () => number; readonly explain: () => Violated };

function decided(columns: Columns, model: Model<any>, budget: Budget): Decision {
  const decision = byMonitor(columns, model, budget);
  if (decision !== null) return decision;
  return model.partition === undefined ? byFrontier(columns, model, budget) : byParts(columns, model, budget);
}

/** Most configurations that the frontier checker may look at where a monitor does not know a prefix of the history. */
const PREFIX_CONFIGURATIONS_MAX = 20_000;
/** Most configurations for each check of the reduction of a violation to a minimal set of operations, and for all of them. */
const CORE_CONFIGURATIONS_MAX = 2_000;
const CORE_SPENT_MAX = 40_000;
/** What a check costs beside its configurations and operations, in the same unit. */
const CORE_CHECK_COST = 20;
/** A violation of more operations than this is reduced further. */
const SMALL = 4;

function byMonitor(columns: Columns, model: Model<any>, budget: Budget): Decision | null {
  const { monitor } = model;
  if (monitor === undefined || !monitor.decides) return null;
  const finding = monitor.check(columns);
  if (finding.verdict === "unknown") return null;
  if (finding.verdict === "holds") return { verdict: "holds", by: monitor.name };
  const limited = { ...budget, configurationsMax: PREFIX_CONFIGURATIONS_MAX };
  // The last probe that was wrong is nearly always the one at the earliest position; it need not be repeated.
  let known: { events: number; finding: Conflict } | null = null;
  const earliest = once(() =>
    earliestWrong(columns, guessOf(columns, finding, monitor), (prefix) => {
      const there = monitor.check(prefix);
      if (there.verdict === "violated") known = { events: prefix.events, finding: there };
      // A longer prefix has more responses than configurations may be looked at, so that the search could only give up.
      const searchable = prefix.count <= PREFIX_CONFIGURATIONS_MAX;
      if (there.verdict === "unknown")
        return searchable && frontierCheck(prefix, model, limited).verdict === "violated";
      return there.verdict === "violated";
    }),
  );
  return {
    verdict: "violated",
    earliest,
    explain: () => {
      const at = earliest();
      return explained(columns, at, model, budget, monitor.name, known?.events === at + 1 ? known.finding : null);
    },
  };
}

function byFrontier(columns: Columns, model: Model<any>, budget: Budget): Decision {
  const result = frontierCheck(columns, model, budget);
  if (result.verdict === "holds") return { verdict: "holds", by: "frontier" };
  if (result.verdict === "undecided") return result;
  // The search knew how the operations that were open then would be answered. Without that there may have been an
  // explanation still, so the response that left none can be a later one.
  const guess = columns.ret[columns.id.indexOf(result.id)];
  const earliest = once(() =>
    earliestWrong(columns, guess, (prefix) => frontierCheck(prefix, model, budget).verdict === "violated"),
  );
  return { verdict: "violated", earliest, explain: () => explained(columns, earliest(), model, budget, "frontier") };
}

function byParts(columns: Columns, model: Model<any>, budget: Budget): Decision {
  const parts = new Map<string | number, number[]>();
  for (let index = 0; index < columns.count; index += 1) {
    const key = model.partition!(callOf(columns, index, model).call);
    const part = parts.get(key);
    if (part === undefined) parts.set(key, [index]);
    else part.push(index);
  }
  let undecided: Undecided | null = null;
  const wrong: { part: string | number; rows: Columns; decision: Decision & { verdict: "violated" } }[] = [];
  for (const [part, indices] of parts) {
    const rows = subsetOf(columns, indices);
    const decision = byMonitor(rows, model, budget) ?? byFrontier(rows, model, budget);
    if (decision.verdict === "undecided") undecided ??= { ...decision, reason: `${decision.reason} in part ${part}` };
    if (decision.verdict === "violated") wrong.push({ part, rows, decision });
  }
  if (wrong.length === 0) return undecided ?? { verdict: "holds", by: "frontier, part by part" };
  const positions = once(() =>
    wrong.map(({ rows, decision }) => columns.ret[columns.id.indexOf(rows.id[rows.ret.indexOf(decision.earliest())])]),
  );
  const earliest = (): number => Math.min(...positions());
  const explain = (): Violated => {
    const { part, decision } = wrong[positions().indexOf(earliest())];
    return { ...decision.explain(), part };
  };
  return { verdict: "violated", earliest, explain };
}

/** Why the history up to `at` has no explanation: by the monitor if it can tell, else by leaving out what is not needed. */
function explained(
  columns: Columns,
  at: number,
  model: Model<any>,
  budget: Budget,
  by: string,
  known: Conflict | null = null,
): Violated {
  const prefix = prefixOf(columns, at);
  const { monitor } = model;
  const finding = known ?? monitor?.check(prefix);
  if (monitor !== undefined && finding?.verdict === "violated") {
    const small = reduced(prefix, finding, monitor);
    const alone = subsetOf(
      prefix,
      [...small.operations].sort((a, b) => a - b),
    );
    const stands = monitor.decides ? monitor.check(alone) : frontierCheck(alone, model, budget);
    if (stands.verdict === "violated") return reported(prefix, at, by, small);
  }
  return reported(prefix, at, by, shortestOf(prefix, at, model, budget));
}

function once<Value>(work: () => Value): () => Value {
  let known: { value: Value } | null = null;
  return () => (known ??= { value: work() }).value;
}

/** About where a finding is there for sure: when all that is needed to show it has returned. */
function guessOf(columns: Columns, finding: Conflict, monitor: Monitor): number {
  if (finding.operations.length <= SMALL) return finding.at;
  const responses = reduced(columns, finding, monitor).operations.map((index) => columns.ret[index]);
  return Math.max(...responses.filter((position) => position !== NEVER), 0);
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

/**
 * Operations are made pending, one block after the other, as long as the rest still has no explanation. To make one
 * pending never makes a history wrong, whatever the model, since a pending operation may have happened just as it did; so
 * what is left is wrong by itself, and not for want of what was left out. Those that only look go first: without an answer
 * they say nothing, while a pending change makes the search harder. The work is limited; what is left is then not minimal.
 */
function shortestOf(prefix: Columns, at: number, model: Model<any>, budget: Budget): Conflict {
  const all = Array.from({ length: prefix.count }, (_, index) => index);
  const returned = all.filter((index) => prefix.ret[index] !== NEVER);
  const looking = new Set(all.filter((index) => looksOnly(prefix, index, model)));
  let spent = 0;
  const shows = (kept: readonly number[]): boolean => {
    if (spent > CORE_SPENT_MAX) return false;
    const certain = new Set(kept);
    const some = all.filter((index) => certain.has(index) || !looking.has(index));
    const weakened = subsetOf(prefix, some, (index) => !certain.has(index));
    const limited = { ...budget, configurationsMax: CORE_CONFIGURATIONS_MAX };
    const result = frontierCheck(weakened, model, limited);
    spent +=
      CORE_CHECK_COST + some.length + (result.verdict === "undecided" ? CORE_CONFIGURATIONS_MAX : result.explored);
    return result.verdict === "violated";
  };
  const changes = returned.filter((index) => !looking.has(index));
  const looks = coreOf(
    returned.filter((index) => looking.has(index)),
    (part) => shows([...part, ...changes]),
  );
  const core = coreOf([...looks, ...changes], shows).sort((a, b) => a - b);
  const last = prefix.ret.indexOf(at);
  return { verdict: "violated", message: sentence(prefix, core, last), operations: core, at };
}

/** Whether an operation would say nothing at all if it were pending. */
function looksOnly(columns: Columns, index: number, model: Model<any>): boolean {
  return model.observes?.(callOf(columns, index, model).call, { outcome: "pending", result: undefined }) === true;
}

function sentence(columns: Columns, core: readonly number[], last: number): string {
  const said = spoken(operationOf(columns, last));
  const others = core.filter((index) => index !== last).map((index) => spoken(operationOf(columns, index)));
  if (others.length === 0) return `${said} has no explanation, whatever else happened`;
  if (others.length <= SMALL) return `${said} has no explanation beside ${listed(others)}`;
  return `${said} has no explanation beside the ${counted(others.length, "other operation")} that show it`;
}

function reported(prefix: Columns, at: number, by: string, { message, operations }: Conflict): Violated {
  return {
    verdict: "violated",
    by,
    message,
    operations: operations.map((index) => prefix.id[index]).sort((a, b) => a - b),
    at: prefix.id[prefix.ret.indexOf(at)],
  };
}
