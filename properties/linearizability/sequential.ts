import { type Columns, NEVER } from "../columns.ts";
import type { Model } from "../model.ts";
import { inPhases, relevantTo } from "./problem.ts";
import { classesOf, NONE, Transitions } from "./transitions.ts";
import { type Budget, CONFIGURATIONS_MAX, KEPT_MAX, type Undecided } from "./verdict.ts";

/**
 * Sequential consistency (Lamport, 1979): some order that the model allows keeps the operations of each process in the order in
 * which that process called them; when they happened does not matter. A depth-first search over how far each process has
 * come, with a memory of what was tried; operations that only look are taken as soon as they fit. It has to look at the
 * whole object: unlike linearizability it does not hold of a product if it holds of its parts.
 *
 * `optional`: operations whose answer is not to be explained, and which may as well not have happened.
 */
export function sequentialCheck<State>(
  history: Columns,
  model: Model<State>,
  budget: Budget = {},
  optional: ReadonlySet<number> = new Set(),
): { readonly verdict: "holds" } | { readonly verdict: "violated" } | Undecided {
  const columns = inPhases(relevantTo(history, model), model);
  const weak = pendingOf(columns, optional);
  const classes = classesOf(weak, model);
  const transitions = new Transitions(model, classes.list);
  const lines: number[][] = Array.from(columns.processes, () => []);
  for (let index = 0; index < columns.count; index += 1) lines[columns.process[index]].push(index);
  const { configurationsMax = CONFIGURATIONS_MAX, keptMax = KEPT_MAX, expired } = budget;
  const tried = new Set<string>();
  const stack: { state: number; at: number[] }[] = [];
  let explored = 0;
  let farthest = 0;
  const enter = (state: number, from: readonly number[]): void => {
    const at = [...from];
    for (let moved = true; moved;) {
      moved = false;
      for (const [line, operations] of lines.entries()) {
        const index = operations[at[line]];
        if (index === undefined || !classes.list[classes.of[index]].observer) continue;
        if (weak.ret[index] !== NEVER && transitions.next(state, classes.of[index]) === NONE) continue;
        at[line] += 1;
        moved = true;
      }
    }
    const key = `${state} ${at.join(" ")}`;
    if (tried.has(key)) return;
    tried.add(key);
    stack.push({ state, at });
  };
  enter(
    0,
    lines.map(() => 0),
  );
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    explored += 1;
    const { state, at } = top;
    farthest = Math.max(
      farthest,
      at.reduce((sum, done) => sum + done, 0),
    );
    if (lines.every((operations, line) => at[line] >= operations.length)) return { verdict: "holds" };
    const limit =
      explored > configurationsMax
        ? `configurationsMax (${configurationsMax})`
        : tried.size > keptMax
          ? `keptMax (${keptMax})`
          : explored % 1024 === 0 && expired?.() === true
            ? "the time that was given"
            : null;
    if (limit !== null) {
      return {
        verdict: "undecided",
        by: "sequential",
        reason: `the search reached ${limit}`,
        explained: farthest,
        responses: columns.count,
      };
    }
    for (const [line, operations] of lines.entries()) {
      const index = operations[at[line]];
      if (index === undefined) continue;
      const next = at.map((done, other) => (other === line ? done + 1 : done));
      if (weak.ret[index] === NEVER) enter(state, next);
      const to = transitions.next(state, classes.of[index]);
      if (to === NONE) continue;
      for (const one of to >= 0 ? [to] : transitions.several(to)) enter(one, next);
    }
  }
  return { verdict: "violated" };
}

function pendingOf(columns: Columns, optional: ReadonlySet<number>): Columns {
  if (optional.size === 0) return columns;
  const ret = columns.ret.slice();
  for (let index = 0; index < columns.count; index += 1) if (optional.has(columns.id[index])) ret[index] = NEVER;
  return { ...columns, ret };
}
