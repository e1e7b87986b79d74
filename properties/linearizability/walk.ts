import { type Columns, NEVER } from "../columns.ts";
import type { Call, Model } from "../model.ts";
import { canonical } from "../values.ts";
import { callOf, inPhases } from "./problem.ts";
import { explains } from "./transitions.ts";

/** How far an order has come: one operation after the other, as the model allows it and time does. Valid while it is visited. */
export interface Walk {
  readonly state: unknown;
  /** How many answers are still to be explained. */
  readonly left: number;
  /** Identifiers of the operations so far, each with the state after it; one of several phases is there from its last on. */
  readonly order: readonly (readonly [id: number, state: unknown])[];
  /** Rows of the answered operations that may come next in time. */
  next(): readonly number[];
  /** Rows of the operations that wait. */
  waiters(): readonly number[];
  callOf(row: number): Call;
  idOf(row: number): number;
}

/**
 * Walks through every order in which the operations can have taken effect, in depth, with Lowe's memory of what has been tried,
 * and shows each place to `visit`, which ends the walk by `true`. It is for histories that people look at.
 *
 * @param waiting identifiers of the pending operations that are known to wait for ever: they do not come to their end
 */
export function walkOrders(
  history: Columns,
  model: Model<any>,
  { waiting, configurationsMax }: { readonly waiting: ReadonlySet<number>; readonly configurationsMax: number },
  visit: (walk: Walk) => boolean,
): "stopped" | "walked" | "limit" {
  const columns = inPhases(history, model);
  const { count, call, ret, id } = columns;
  const calls = Array.from({ length: count }, (_, row) => callOf(columns, row, model));
  const waits = Array.from({ length: count }, (_, row) => ret[row] === NEVER && waiting.has(id[row]));
  // The phases of one operation are neighbours: they happen in their order, and who waits has not come to its last.
  const continues = (row: number): boolean => row > 0 && id[row] === id[row - 1];
  const isLast = (row: number): boolean => row + 1 === count || id[row] !== id[row + 1];
  const done = new Uint8Array(count);
  const tried = new Set<string>();
  const order: (readonly [number, unknown])[] = [];
  let left = ret.reduce((sum, position) => sum + Number(position !== NEVER), 0);

  const isNext = (row: number): boolean => done[row] === 0 && !(continues(row) && done[row - 1] === 0);
  const candidates = (): number[] => {
    let horizon = NEVER;
    for (let row = 0; row < count; row += 1) if (done[row] === 0) horizon = Math.min(horizon, ret[row]);
    const rows: number[] = [];
    for (let row = 0; row < count && call[row] < horizon; row += 1) {
      if (isNext(row) && !(waits[row] && isLast(row))) rows.push(row);
    }
    return rows;
  };
  const walk = {
    state: model.init as unknown,
    left,
    order,
    next: () => candidates().filter((row) => ret[row] !== NEVER),
    waiters: () => [...waits.keys()].filter((row) => waits[row] && isNext(row)),
    callOf: (row: number) => calls[row].call,
    idOf: (row: number) => id[row],
  };

  const search = (state: unknown): boolean => {
    walk.state = state;
    walk.left = left;
    if (visit(walk)) return true;
    for (const row of candidates()) {
      const certain = ret[row] !== NEVER ? 1 : 0;
      for (const step of model.step(state, calls[row].call)) {
        if (!explains(step, calls[row].answer)) continue;
        done[row] = 1;
        left -= certain;
        if (isLast(row)) order.push([id[row], step.state]);
        const key = `${done.join("")} ${model.hash === undefined ? canonical(step.state) : model.hash(step.state)}`;
        if (!tried.has(key)) {
          tried.add(key);
          if (tried.size > configurationsMax) throw new LimitReached();
          if (search(step.state)) return true;
        }
        if (isLast(row)) order.pop();
        done[row] = 0;
        left += certain;
      }
    }
    return false;
  };

  try {
    return search(model.init) ? "stopped" : "walked";
  } catch (error) {
    if (error instanceof LimitReached) return "limit";
    throw error;
  }
}

class LimitReached extends Error {}
