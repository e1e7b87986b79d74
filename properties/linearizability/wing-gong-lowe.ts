import { type Columns, NEVER } from "../columns.ts";
import type { Model } from "../model.ts";
import { canonical } from "../values.ts";
import { callOf, inPhases, relevantTo } from "./problem.ts";
import { explains } from "./transitions.ts";

/**
 * The search of Wing and Gong ("Testing and verifying concurrent objects", 1993) with Lowe's memory of what has been tried.
 * It knows no reduction at all, which makes it the oracle that the other checkers are held against; on long histories it
 * is hopeless. Null where `configurationsMax` was reached.
 */
export function wingGongLoweCheck(history: Columns, model: Model<any>, configurationsMax = 1_000_000): boolean | null {
  const columns = inPhases(relevantTo(history, model), model);
  const { count, call, ret } = columns;
  const calls = Array.from({ length: count }, (_, index) => callOf(columns, index, model));
  const done = new Uint8Array(count);
  let remaining = 0;
  for (let index = 0; index < count; index += 1) if (ret[index] !== NEVER) remaining += 1;
  const tried = new Set<string>();
  let configurations = 0;

  const search = (state: unknown, first: number, left: number): boolean => {
    if (left === 0) return true;
    // Whatever was invoked before the first response that is still to come may be next.
    let horizon = NEVER;
    for (let index = first; index < count && call[index] < horizon; index += 1) {
      if (done[index] === 0 && ret[index] < horizon) horizon = ret[index]!;
    }
    for (let index = first; index < count && call[index] < horizon; index += 1) {
      if (done[index] === 1) continue;
      const { call: asked, answer } = calls[index];
      for (const step of model.step(state, asked)) {
        if (!explains(step, answer)) continue;
        done[index] = 1;
        configurations += 1;
        if (configurations > configurationsMax) throw new LimitReached();
        const start = done[first] === 1 ? firstOpen(done, first) : first;
        const key = `${start} ${doneAfter(done, start, count)} ${canonical(step.state)}`;
        if (!tried.has(key)) {
          tried.add(key);
          if (search(step.state, start, ret[index] === NEVER ? left : left - 1)) return true;
        }
        done[index] = 0;
      }
    }
    return false;
  };

  try {
    return search(model.init, 0, remaining);
  } catch (error) {
    if (error instanceof LimitReached) return null;
    throw error;
  }
}

class LimitReached extends Error {}

function firstOpen(done: Uint8Array, from: number): number {
  let index = from;
  while (index < done.length && done[index] === 1) index += 1;
  return index;
}

/** Which operations beyond the first open one are done, written down up to the last of them. */
function doneAfter(done: Uint8Array, start: number, count: number): string {
  let text = "";
  let pending = "";
  for (let index = start; index < count; index += 1) {
    pending += done[index] === 1 ? "1" : "0";
    if (done[index] === 1) {
      text += pending;
      pending = "";
    }
  }
  return text;
}
