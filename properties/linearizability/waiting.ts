import { type Columns, NEVER } from "../columns.ts";
import type { Model } from "../model.ts";
import { canonical } from "../values.ts";
import { callOf, inPhases, relevantTo } from "./problem.ts";
import { explains } from "./transitions.ts";
import { CONFIGURATIONS_MAX } from "./verdict.ts";

/**
 * Whether those who wait have to: some order explains every answer and ends in a state in which nothing but a refusal can
 * happen to any operation that waits (the blocking part of the linearizability of partial operations: Herlihy and Wing,
 * 1990, and Scherer and Scott's dual data structures, 2004, whose requests are our phases). Null where
 * `configurationsMax` was reached.
 *
 * @param waiting identifiers of the pending operations that are known to wait for ever; other pending ones are optional
 */
export function waitsRightly(
  history: Columns,
  model: Model<any>,
  waiting: ReadonlySet<number>,
  configurationsMax = CONFIGURATIONS_MAX,
): boolean | null {
  const columns = inPhases(relevantTo(history, model), model);
  const { count, call, ret, id } = columns;
  const calls = Array.from({ length: count }, (_, row) => callOf(columns, row, model));
  const waits = Array.from({ length: count }, (_, row) => ret[row] === NEVER && waiting.has(id[row]));
  // The phases of one operation are neighbours: they happen in their order, and who waits has not come to its last.
  const continues = (row: number): boolean => row > 0 && id[row] === id[row - 1];
  const isLast = (row: number): boolean => row + 1 === count || id[row] !== id[row + 1];
  const done = new Uint8Array(count);
  const tried = new Set<string>();
  let left = ret.reduce((sum, position) => sum + Number(position !== NEVER), 0);

  const mustWait = (state: unknown): boolean =>
    waits.every((is, row) => {
      const isNext = is && done[row] === 0 && !(continues(row) && done[row - 1] === 0);
      return !isNext || model.step(state, calls[row].call).every(({ refuses }) => refuses === true);
    });

  const search = (state: unknown): boolean => {
    if (left === 0 && mustWait(state)) return true;
    let horizon = NEVER;
    for (let row = 0; row < count; row += 1) if (done[row] === 0) horizon = Math.min(horizon, ret[row]);
    for (let row = 0; row < count && call[row] < horizon; row += 1) {
      if (done[row] === 1 || (continues(row) && done[row - 1] === 0) || (waits[row] && isLast(row))) continue;
      const certain = ret[row] !== NEVER ? 1 : 0;
      for (const step of model.step(state, calls[row].call)) {
        if (!explains(step, calls[row].answer)) continue;
        done[row] = 1;
        left -= certain;
        const key = `${done.join("")} ${model.hash === undefined ? canonical(step.state) : model.hash(step.state)}`;
        if (!tried.has(key)) {
          tried.add(key);
          if (tried.size > configurationsMax) throw new LimitReached();
          if (search(step.state)) return true;
        }
        done[row] = 0;
        left += certain;
      }
    }
    return false;
  };

  try {
    return search(model.init);
  } catch (error) {
    if (error instanceof LimitReached) return null;
    throw error;
  }
}

class LimitReached extends Error {}
