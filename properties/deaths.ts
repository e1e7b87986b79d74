import type { History, Operation } from "../harness/history.ts";
import type { Model } from "./model.ts";
import { DEATH } from "./models/mortal.ts";

/**
 * A history of one object with the death of each process that used it, as an operation of that process, and the model that
 * knows what a death does; both as they are where nobody died, or where the model does not say. Deaths have identifiers below 0.
 */
export function toldOfDeaths(
  history: History,
  model: Model<any>,
): { readonly history: History; readonly model: Model<any> } {
  const { operations, processes } = history;
  const dead = processes.filter(
    ({ end, process }) => end === "killed" && operations.some((o) => o.process === process),
  );
  if (model.mortal === undefined || dead.length === 0) return { history, model };
  const over = 1 + operations.reduce((most, { invoked, returned }) => Math.max(most, returned ?? invoked), 0);
  const deaths = dead.map(({ process, at }, index): Operation => {
    const invoked = at ?? lastMoveOf(process, operations);
    return {
      id: -1 - index,
      process,
      operation: DEATH,
      object: operations[0].object,
      args: [],
      result: undefined,
      outcome: "returned",
      invoked,
      returned: Math.max(over, invoked + 1),
      depth: 0,
    };
  });
  const all = [...operations, ...deaths].sort((a, b) => a.invoked - b.invoked || a.id - b.id);
  return { history: { ...history, operations: all }, model: model.mortal };
}

/** Only operations that were recorded: a death has no place in a report's list of them. */
export function recorded(ids: readonly number[]): readonly number[] {
  return ids.filter((id) => id >= 0);
}

/** The death came at some moment after it. */
function lastMoveOf(process: string, operations: readonly Operation[]): number {
  return operations.reduce((last, o) => (o.process === process ? Math.max(last, o.returned ?? o.invoked) : last), 0);
}
