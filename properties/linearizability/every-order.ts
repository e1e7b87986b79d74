import { type Columns, NEVER } from "../columns.ts";
import type { Model } from "../model.ts";
import { callOf, inPhases, relevantTo } from "./problem.ts";
import { explains } from "./transitions.ts";

/**
 * The definition, word for word: some choice of the pending operations, and some order of these and of all that returned, has
 * nothing in front of what has to precede it, and is one that the model allows. It tries them all and remembers nothing,
 * which is for tests of at most 8 operations.
 *
 * @param precedes which of two operations comes first for sure; default: in time, which makes it linearizability
 */
export function everyOrderCheck(history: Columns, model: Model<any>, precedes: Precedence = inTime): boolean {
  const columns = inPhases(relevantTo(history, model), model);
  const rows = Array.from({ length: columns.count }, (_, row) => row);
  const calls = rows.map((row) => callOf(columns, row, model));
  const returned = rows.map((row) => columns.ret[row] !== NEVER);
  const placed = new Set<number>();

  const extend = (states: readonly unknown[]): boolean => {
    if (states.length === 0) return false;
    if (rows.every((row) => placed.has(row) || !returned[row])) return true;
    return rows.some((row) => {
      if (placed.has(row)) return false;
      if (rows.some((other) => returned[other] && !placed.has(other) && precedes(columns, other, row))) return false;
      const { call, answer } = calls[row];
      placed.add(row);
      const explained = extend(
        states.flatMap((state) =>
          model.step(state, call).flatMap((step) => (explains(step, answer) ? [step.state] : [])),
        ),
      );
      placed.delete(row);
      return explained;
    });
  };
  return extend([model.init]);
}

/** Whether row `a` of the columns has to come before row `b`. */
export type Precedence = (columns: Columns, a: number, b: number) => boolean;

/** Linearizability: what had returned before the other was invoked. */
function inTime({ call, ret }: Columns, a: number, b: number): boolean {
  return ret[a] < call[b];
}

/** Sequential consistency: what the same process had called before. */
export function inProgram({ call, process }: Columns, a: number, b: number): boolean {
  return process[a] === process[b] && call[a] < call[b];
}

/** Quiescent consistency: what lies on the other side of a moment at which no operation was open. */
export function acrossQuiet({ count, call, ret }: Columns, a: number, b: number): boolean {
  // A quiet moment between the two lies right after some response, if it lies anywhere.
  for (let row = 0; row < count; row += 1) {
    const moment = ret[row];
    if (moment < ret[a] || moment >= call[b]) continue;
    let quiet = true;
    for (let other = 0; other < count; other += 1) quiet &&= call[other] > moment || ret[other] <= moment;
    if (quiet) return true;
  }
  return false;
}
