import type { History } from "../harness/history.ts";
import type { Property } from "../harness/property.ts";
import { type Columns, columnsOf, prefixOf, subsetOf } from "./columns.ts";
import { recorded, toldOfDeaths } from "./deaths.ts";
import { objectsOf } from "./fifo.ts";
import { checkLinearizable } from "./linearizability/check.ts";
import { coreOf } from "./linearizability/core.ts";
import { earliestWrong } from "./linearizability/earliest.ts";
import { callOf, relevantTo } from "./linearizability/problem.ts";
import { busyPeriodsOf } from "./linearizability/quiescent.ts";
import { sequentialCheck } from "./linearizability/sequential.ts";
import type { Budget, Verdict, Violated } from "./linearizability/verdict.ts";
import { witnessOf } from "./linearizability/witness.ts";
import type { Model } from "./model.ts";
import { counted } from "./wording.ts";

/** How much of the order in which things happened an explanation must keep. */
export type Consistency = "linearizable" | "sequential" | "quiescent";

/**
 * Every object of the history behaves as the model says, however its operations overlapped.
 *
 * - `linearizable` (the default): an order explains all answers, in which nothing comes before what had returned before.
 * - `sequential`: an order that keeps only the order of each process's own operations.
 * - `quiescent`: an order that keeps only what happened on either side of a moment when no operation was open.
 *
 * The death of a process is told to a model that says what it does (`mortal`), as something that takes effect at some time after it.
 *
 * @throws {UndecidedError} from `check`, if the search reached a limit of the budget: it is no pass.
 * @throws {UnknownOperationError} from `check`, if the history has an operation that the model does not know.
 *
 * @example
 * linearizability({ object: "orders", model: queueModel() });
 */
export function linearizability(options: {
  readonly model: Model<any>;
  readonly object?: string;
  readonly consistency?: Consistency;
  readonly budget?: Budget;
}): Property {
  const { model, consistency = "linearizable", budget } = options;
  const adverb = {
    linearizable: "linearizable",
    sequential: "sequentially consistent",
    quiescent: "quiescently consistent",
  };
  const wrong = (history: History): Wrong | null => {
    for (const object of objectsOf(history.operations, options.object)) {
      const operations = history.operations.filter((operation) => operation.object === object);
      const told = toldOfDeaths({ ...history, operations }, model);
      const columns = columnsOf(told.history);
      const verdict = checkConsistency(columns, told.model, consistency, budget);
      if (verdict.verdict === "undecided")
        throw new UndecidedError(verdict.reason, verdict.explained, verdict.responses);
      if (verdict.verdict === "violated") return { columns, model: told.model, verdict };
    }
    return null;
  };
  return {
    name: consistency === "linearizable" ? "linearizable" : `${consistency}-consistency`,
    claim: `some order explains every answer of a ${model.name} (${adverb[consistency]})`,
    perObject: true,
    check(history) {
      const found = wrong(history);
      return found === null ? null : { message: found.verdict.message, operations: recorded(found.verdict.operations) };
    },
    witness(history) {
      const found = wrong(history);
      // The other two allow orders that go back in time: a line through the operations would not show why they are none.
      if (found === null || consistency !== "linearizable") return null;
      const { columns, model: told, verdict } = found;
      return witnessOf(partOf(columns, told, verdict.part), told, verdict.operations);
    },
  };
}

interface Wrong {
  readonly columns: Columns;
  /** The model that it was held against: it knows of deaths where there were any. */
  readonly model: Model<any>;
  readonly verdict: Violated;
}

/** The operations of one part of an object that is a product of parts; all of them, where it is none. */
function partOf(columns: Columns, model: Model<any>, part: string | number | undefined): Columns {
  if (part === undefined) return columns;
  const relevant = relevantTo(columns, model);
  const rows = [...relevant.id.keys()].filter((row) => model.partition!(callOf(relevant, row, model).call) === part);
  return subsetOf(relevant, rows);
}

/** The verdict of one object's history for one of the three consistencies. */
export function checkConsistency(
  columns: Columns,
  model: Model<any>,
  consistency: Consistency,
  budget: Budget = {},
): Verdict {
  if (consistency === "linearizable") return checkLinearizable(columns, model, budget);
  if (consistency === "quiescent") return checkLinearizable(busyPeriodsOf(relevantTo(columns, model)), model, budget);
  return checkSequential(relevantTo(columns, model), model, budget);
}

/** The search for an order reached a limit: the history may hold or not. */
export class UndecidedError extends Error {
  constructor(reason: string, explained: number, responses: number) {
    super(
      `Whether an order explains the history is undecided: ${reason}, after ${explained} of ${counted(responses, "response")}. Raise that limit, or make the history easier: fewer clients at once, or a different value in every write.`,
    );
    this.name = "UndecidedError";
  }
}

function checkSequential(columns: Columns, model: Model<any>, budget: Budget): Verdict {
  const result = sequentialCheck(columns, model, budget);
  if (result.verdict === "holds") return { verdict: "holds", by: "sequential" };
  if (result.verdict === "undecided") return result;
  const at = earliestWrong(
    columns,
    columns.events - 1,
    (part) => sequentialCheck(part, model, budget).verdict === "violated",
  );
  const prefix = prefixOf(columns, at);
  const ids = [...prefix.id];
  // An answer that is not asked for, of an operation that need not have happened, never makes a history wrong.
  const core = coreOf(ids, (kept) => {
    const certain = new Set(kept);
    const optional = new Set(ids.filter((id) => !certain.has(id)));
    return sequentialCheck(prefix, model, budget, optional).verdict === "violated";
  });
  return {
    verdict: "violated",
    by: "sequential",
    message: `no order that keeps each process's own explains these ${counted(core.length, "answer")}`,
    operations: core.sort((a, b) => a - b),
    at: prefix.id[prefix.ret.indexOf(at)],
  };
}
