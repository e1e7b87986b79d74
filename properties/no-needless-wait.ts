import type { History, Operation } from "../harness/history.ts";
import type { Property, Violation } from "../harness/property.ts";
import { columnsOf } from "./columns.ts";
import { recorded, toldOfDeaths } from "./deaths.ts";
import { objectsOf } from "./fifo.ts";
import { coreOf } from "./linearizability/core.ts";
import { relevantTo } from "./linearizability/problem.ts";
import type { Budget } from "./linearizability/verdict.ts";
import { waitsRightly } from "./linearizability/waiting.ts";
import { witnessOf } from "./linearizability/witness.ts";
import { UndecidedError } from "./linearizability.ts";
import type { Model } from "./model.ts";
import { counted, listed, spoken } from "./wording.ts";

/**
 * Nobody waits for ever for what the model would grant: some order explains every answer and leaves the object in a state in
 * which all those that still wait have to. It finds lost wake-ups and deadlocks inside an object. An operation whose name
 * begins with "try" or ends with "Nowait" may never wait. Operations of processes that died may have happened or not, and wait for
 * nothing; where the model says what a death does, those who wait have heard of it.
 *
 * A scenario in which waiting for ever can be right says `mayEndBlocked: true`.
 *
 * @throws {UndecidedError} from `check`, if the search reached a limit of the budget: it is no pass.
 *
 * @example
 * noNeedlessWait({ object: "orders", model: queueModel() }).check(history)?.message;
 * // "consumer 1 waits in get() for ever, with p1's put(1) → null done"
 */
export function noNeedlessWait(options: {
  readonly model: Model<any>;
  readonly object?: string;
  readonly budget?: Budget;
}): Property {
  const { model, budget } = options;
  const wrong = (history: History): Found | null => {
    const blocked = new Set(history.processes.filter(({ end }) => end === "blocked").map(({ process }) => process));
    if (blocked.size === 0) return null;
    for (const object of objectsOf(history.operations, options.object)) {
      const operations = history.operations.filter((operation) => operation.object === object);
      const { history: own, model: told } = toldOfDeaths({ ...history, operations }, model);
      const waiting = own.operations.filter(({ process, outcome }) => outcome === "pending" && blocked.has(process));
      if (waiting.length === 0) continue;
      const violation = needless(own, waiting, told, budget);
      if (violation !== null) return { violation, own, model: told, waiting };
    }
    return null;
  };
  return {
    name: "no-needless-wait",
    claim: `nobody waits for ever for what a ${model.name} would grant`,
    perObject: true,
    check(history) {
      const found = wrong(history);
      if (found === null) return null;
      return { ...found.violation, operations: recorded(found.violation.operations) };
    },
    witness(history) {
      const found = wrong(history);
      if (found === null) return null;
      return witnessOf(columnsOf(found.own), found.model, found.violation.operations, idsOf(found.waiting));
    },
  };
}

interface Found {
  readonly violation: Violation;
  /** The history of the object, with deaths. */
  readonly own: History;
  readonly model: Model<any>;
  readonly waiting: readonly Operation[];
}

/** Most configurations for each check of the reduction to few operations; where it is reached, more of them are named. */
const CORE_CONFIGURATIONS_MAX = 20_000;

const MAY_NOT_WAIT = /^try|nowait$/i;

function needless(
  history: History,
  waiting: readonly Operation[],
  model: Model<any>,
  budget: Budget | undefined,
): Violation | null {
  const hung = waiting.find(({ operation }) => MAY_NOT_WAIT.test(operation));
  if (hung !== undefined) {
    return { message: `${hung.process} waits for ever in ${called(hung)}, which may not wait`, operations: [hung.id] };
  }
  const columns = relevantTo(columnsOf(history), model);
  const known = new Set(columns.id);
  const own = waiting.filter(({ id }) => known.has(id));
  const rightly = waitsRightly(columns, model, idsOf(own), budget);
  if (typeof rightly !== "boolean") throw new UndecidedError(rightly.reason, rightly.explained, rightly.responses);
  if (rightly) return null;
  // Who is not needed may as well have died: what it did is then optional, and it waits for nothing.
  const core = coreOf(
    history.operations.filter(
      ({ id, outcome }) => known.has(id) && (outcome !== "pending" || own.some((o) => o.id === id)),
    ),
    (kept) => {
      const certain = idsOf(kept);
      const weakened = history.operations.map((operation) =>
        certain.has(operation.id) ? operation : { ...operation, outcome: "pending" as const, returned: null },
      );
      const still = own.filter(({ id }) => certain.has(id));
      const limits = { ...budget, configurationsMax: CORE_CONFIGURATIONS_MAX };
      return waitsRightly(columnsOf({ ...history, operations: weakened }), model, idsOf(still), limits) === false;
    },
  );
  return { message: sentence(core), operations: [...idsOf(core)].sort((a, b) => a - b) };
}

function sentence(core: readonly Operation[]): string {
  const waiters = core.filter(({ outcome }) => outcome === "pending");
  const others = core.filter(({ outcome }) => outcome !== "pending").map(spoken);
  if (waiters.length === 0) return `no order explains ${listed(others)}`;
  const who = listed(waiters.map((waiter) => `${waiter.process} in ${called(waiter)}`));
  const verb = waiters.length === 1 ? "waits" : "wait";
  const beside =
    others.length === 0
      ? ""
      : others.length <= 4
        ? ` after ${listed(others)}`
        : ` after ${counted(others.length, "other operation")}`;
  return `${who} ${verb} for ever and need${waiters.length === 1 ? "s" : ""} not${beside}`;
}

function called({ operation, args }: Operation): string {
  return `${operation}(${args.map((arg) => JSON.stringify(arg)).join(", ")})`;
}

function idsOf(operations: readonly Operation[]): Set<number> {
  return new Set(operations.map(({ id }) => id));
}
