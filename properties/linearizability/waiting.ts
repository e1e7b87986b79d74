import type { Columns } from "../columns.ts";
import type { Model } from "../model.ts";
import { relevantTo } from "./problem.ts";
import { type Budget, CONFIGURATIONS_MAX, KEPT_MAX, type Undecided } from "./verdict.ts";
import { walkOrders } from "./walk.ts";

/**
 * Whether those who wait have to: some order explains every answer and ends in a state in which nothing but a refusal can
 * happen to any operation that waits (the blocking part of the linearizability of partial operations: Herlihy and Wing,
 * 1990, and Scherer and Scott's dual data structures, 2004, whose requests are our phases).
 *
 * @param waiting identifiers of the pending operations that are known to wait for ever; other pending ones are optional
 */
export function waitsRightly(
  history: Columns,
  model: Model<any>,
  waiting: ReadonlySet<number>,
  { configurationsMax = CONFIGURATIONS_MAX, keptMax = KEPT_MAX, expired }: Budget = {},
): boolean | Undecided {
  let responses = 0;
  let left = Infinity;
  let visited = 0;
  let isLate = false;
  // Every configuration that is looked at is kept, so that the lower of the two limits is reached.
  const limits = { waiting, configurationsMax: Math.min(configurationsMax, keptMax) };
  const ended = walkOrders(relevantTo(history, model), model, limits, (at) => {
    const mustWait = (row: number): boolean =>
      model.step(at.state, at.callOf(row)).every(({ refuses }) => refuses === true);
    visited += 1;
    if (visited === 1) responses = at.left;
    if (at.left < left) left = at.left;
    isLate = visited % 1024 === 0 && expired?.() === true;
    return isLate || (at.left === 0 && at.waiters().every(mustWait));
  });
  if (ended !== "limit" && !isLate) return ended === "stopped";
  const limit = isLate
    ? "the time that was given"
    : configurationsMax <= keptMax
      ? `configurationsMax (${configurationsMax})`
      : `keptMax (${keptMax})`;
  const reason = `the search reached ${limit}`;
  return { verdict: "undecided", by: "every order", reason, explained: responses - left, responses };
}
