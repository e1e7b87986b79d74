import { type Columns, eventsOf, NEVER, ordered } from "../columns.ts";

/**
 * The history as quiescent consistency sees it: operations are in order only if there was a moment between them when none was
 * open. All operations of one busy period become concurrent, so that a history is quiescently consistent exactly
 * if what this returns is linearizable. An operation that never returned keeps its period open to the end.
 */
export function busyPeriodsOf(columns: Columns): Columns {
  const period = new Float64Array(columns.count);
  let open = 0;
  let now = 0;
  for (const event of eventsOf(columns)) {
    if (event >= 0) {
      period[event] = now;
      open += 1;
    } else {
      open -= 1;
      if (open === 0) now += 1;
    }
  }
  const invoked = period.map((number) => 2 * number);
  const returned = period.map((number, index) => (columns.ret[index] === NEVER ? Infinity : 2 * number + 1));
  return ordered({ ...columns, call: columns.call.slice(), ret: columns.ret.slice() }, invoked, returned);
}
