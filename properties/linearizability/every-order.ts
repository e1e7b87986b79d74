import { type Columns, NEVER } from "../columns.ts";
import type { Model } from "../model.ts";
import { callOf, inPhases, relevantTo } from "./problem.ts";
import { explains } from "./transitions.ts";

/**
 * The definition of linearizability, word for word: some choice of the pending operations, and some order of these and the
 * ones that returned, respects who returned before whom was invoked and is one that the model allows. It tries them all, which
 * is for tests of at most 8 operations.
 */
export function everyOrderCheck(history: Columns, model: Model<any>): boolean {
  const columns = inPhases(relevantTo(history, model), model);
  const { count, call, ret } = columns;
  const calls = Array.from({ length: count }, (_, index) => callOf(columns, index, model));
  const returned = calls.flatMap((_, index) => (ret[index] === NEVER ? [] : [index]));
  const pending = calls.flatMap((_, index) => (ret[index] === NEVER ? [index] : []));
  for (let choice = 0; choice < 1 << pending.length; choice += 1) {
    const chosen = [...returned, ...pending.filter((_, bit) => ((choice >> bit) & 1) === 1)];
    for (const order of permutations(chosen)) {
      const respects = order.every((a, at) => order.slice(at + 1).every((b) => !(ret[b] < call[a])));
      if (respects && allowed(order)) return true;
    }
  }
  return false;

  function allowed(order: readonly number[]): boolean {
    let states: unknown[] = [model.init];
    for (const index of order) {
      const { call: asked, answer } = calls[index];
      states = states.flatMap((state) =>
        model.step(state, asked).flatMap((step) => (explains(step, answer) ? [step.state] : [])),
      );
    }
    return states.length > 0;
  }
}

function* permutations(items: readonly number[]): Generator<number[]> {
  if (items.length === 0) yield [];
  for (const [at, item] of items.entries()) {
    for (const rest of permutations(items.filter((_, other) => other !== at))) yield [item, ...rest];
  }
}
