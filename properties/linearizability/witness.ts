import type { Witness } from "../../harness/property.ts";
import { type Columns, NEVER, operationOf } from "../columns.ts";
import type { Model } from "../model.ts";
import { recorded } from "../deaths.ts";
import { canonical } from "../values.ts";
import { counted, cut, listed, spoken } from "../wording.ts";
import { relevantTo } from "./problem.ts";
import { walkOrders } from "./walk.ts";

/** Most operations of a history of which a picture is made: nobody finds anything in a larger one. */
const WITNESS_OPERATIONS_MAX = 300;
/** Most configurations that are looked at for it; beyond that the longest order so far is shown. */
const WITNESS_CONFIGURATIONS_MAX = 20_000;
/** More operations than this are counted, not named. */
const NAMED_MAX = 3;

/**
 * How far a wrong history can be explained: the longest order of its operations that the model and time allow, and where it
 * stops. Null where the history is longer than anybody looks at.
 *
 * @param blamed identifiers of a minimal set of operations that no order explains
 * @param waiting identifiers of those that wait for ever
 */
export function witnessOf(
  history: Columns,
  model: Model<any>,
  blamed: readonly number[],
  waiting: ReadonlySet<number> = new Set(),
): Witness | null {
  const columns = relevantTo(history, model);
  if (columns.count > WITNESS_OPERATIONS_MAX) return null;
  let best: Best = { left: Infinity, order: [], state: model.init, stuck: [] };
  const limits = { waiting, configurationsMax: WITNESS_CONFIGURATIONS_MAX };
  const ended = walkOrders(columns, model, limits, (walk) => {
    if (walk.left >= best.left) return false;
    const { left, state } = walk;
    const granted = (row: number): boolean =>
      model.step(state, walk.callOf(row)).some(({ refuses }) => refuses !== true);
    const rows = left === 0 ? walk.waiters().filter(granted) : walk.next();
    best = { left, order: [...walk.order], state, stuck: rows.map((row) => walk.idOf(row)) };
    return left === 0;
  });
  // A death is no operation that a picture could show.
  const order = best.order.filter(([id]) => id >= 0);
  return {
    operations: recorded([...columns.id]),
    order: order.map(([id]) => id),
    states: order.map(([, state]) => inWords(model, state)),
    blamed: recorded(blamed),
    sentence: sentence(columns, model, best, ended !== "limit"),
  };
}

interface Best {
  readonly left: number;
  readonly order: readonly (readonly [id: number, state: unknown])[];
  readonly state: unknown;
  /** Identifiers of the answered operations that may come next in time; where all are explained, of those that wait in vain. */
  readonly stuck: readonly number[];
}

function sentence(columns: Columns, model: Model<any>, { left, order, state, stuck }: Best, longest: boolean): string {
  const rows = [...columns.id.keys()];
  const answered = rows.filter((row) => columns.ret[row] !== NEVER && columns.id[row] >= 0);
  const answers = answered.length;
  const placed = new Set(order.map(([id]) => id));
  const explained = answered.filter((row) => placed.has(columns.id[row])).length;
  const at = order.length === 0 ? `begins at ${inWords(model, state)}` : `ends at ${inWords(model, state)}`;
  const own = rows.filter((row) => stuck.includes(columns.id[row])).map((row) => spoken(operationOf(columns, row)));
  const named = own.length <= NAMED_MAX ? listed(own) : counted(own.length, "operation");
  const where = own.length === 0 ? at : `${at}, where ${named}`;
  if (left === 0) {
    const all = answers === 1 ? "the only answer" : `all ${answers} answers`;
    return `An order explains ${all} and ${where}${own.length === 0 ? "" : " need not wait"}.`;
  }
  const which = longest ? `The longest order that a ${model.name} allows` : "The longest of the orders that were tried";
  return `${which} explains ${explained} of ${counted(answers, "answer")} and ${where} cannot come next.`;
}

/** A state as a person would write it down. */
function inWords<State>(model: Model<State>, state: State): string {
  return cut(model.show === undefined ? String(canonical(state)) : model.show(state));
}
