import type { ExecutedStep } from "./execution.ts";
import { HappensBefore } from "./happens-before.ts";
import { Model, type ModelProgram } from "./model.ts";

/** Every interleaving of a model, one by one: which partial orders and which ends there are. Null if they are too many. */
export function bruteForce(program: ModelProgram, words: readonly number[], runsMax: number): BruteForce | null {
  const orders = new Set<string>();
  const ends = new Set<string>();
  const path: number[] = [];
  for (let runs = 0; ; runs++) {
    if (runs >= runsMax) return null;
    const choices: number[][] = [];
    const model = new Model(program, words);
    for (let enabled = model.enabled(); enabled.length > 0; enabled = model.enabled()) {
      const depth = choices.push(enabled) - 1;
      path[depth] ??= 0;
      model.take(enabled[path[depth]]);
    }
    path.length = choices.length;
    orders.add(orderText(model));
    ends.add(endText(model));
    while (path.length > 0 && path[path.length - 1] + 1 >= choices[path.length - 1].length) path.pop();
    if (path.length === 0) return { orders, ends };
    path[path.length - 1]++;
  }
}

export interface BruteForce {
  readonly orders: ReadonlySet<string>;
  readonly ends: ReadonlySet<string>;
}

export function orderText({ steps }: { readonly steps: readonly ExecutedStep[] }): string {
  const order = new HappensBefore();
  for (const step of steps) order.add(step);
  return order.text();
}

/** What the words hold, and who has taken how many steps. */
function endText(model: Model): string {
  const taken = new Map<number, number>();
  for (const { strand } of model.steps) taken.set(strand, (taken.get(strand) ?? 0) + 1);
  return JSON.stringify([model.words, [...taken].sort()]);
}
