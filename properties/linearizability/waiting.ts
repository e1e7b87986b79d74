import type { Columns } from "../columns.ts";
import type { Model } from "../model.ts";
import { relevantTo } from "./problem.ts";
import { CONFIGURATIONS_MAX } from "./verdict.ts";
import { walkOrders } from "./walk.ts";

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
  const ended = walkOrders(relevantTo(history, model), model, { waiting, configurationsMax }, (at) => {
    const mustWait = (row: number): boolean =>
      model.step(at.state, at.callOf(row)).every(({ refuses }) => refuses === true);
    return at.left === 0 && at.waiters().every(mustWait);
  });
  return ended === "limit" ? null : ended === "stopped";
}
