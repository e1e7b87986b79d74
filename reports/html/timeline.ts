import type { Operation } from "../../harness/history.ts";
import type { Witness } from "../../harness/property.ts";

/** An operation as a bar on the line of events. Positions are counted in events, from 0. */
export interface Bar {
  readonly operation: Operation;
  readonly from: number;
  readonly to: number;
  readonly blamed: boolean;
  /** Where it takes effect in the order of the witness; null if the order ends before it. */
  readonly point: number | null;
  /** Its place in that order, from 1, and the state after it. */
  readonly rank: number | null;
  readonly state: string | null;
}

export interface Timeline {
  readonly processes: readonly string[];
  readonly bars: readonly Bar[];
  /** How many events there are: invocations and responses of the operations shown. */
  readonly length: number;
}

/**
 * Puts the operations onto one line of events, each event one place wide, however many steps lie between. With a witness
 * only what the witness speaks of is shown, else the outermost operations.
 */
export function placeOperations(history: readonly Operation[], witness: Witness | null): Timeline {
  const told = new Set(witness?.operations);
  const shown = history.filter((operation) => (witness === null ? operation.depth === 0 : told.has(operation.id)));
  const events = shown.flatMap(({ invoked, returned }) => (returned === null ? [invoked] : [invoked, returned]));
  const places = new Map([...new Set(events)].sort((a, b) => a - b).map((event, index) => [event, index]));
  const end = places.size;
  const points = placePoints(shown, witness, places, end);
  const bars = shown.map((operation): Bar => {
    const rank = witness === null ? -1 : witness.order.indexOf(operation.id);
    return {
      operation,
      from: places.get(operation.invoked)!,
      to: operation.returned === null ? end : places.get(operation.returned)!,
      blamed: witness !== null && witness.blamed.includes(operation.id),
      point: points.get(operation.id) ?? null,
      rank: rank < 0 ? null : rank + 1,
      state: rank < 0 ? null : (witness!.states[rank] ?? null),
    };
  });
  return { processes: [...new Set(shown.map(({ process }) => process))], bars, length: end };
}

/** Each point as early as its operation and the point before it allow, a little apart so that they can be told apart. */
function placePoints(
  shown: readonly Operation[],
  witness: Witness | null,
  places: ReadonlyMap<number, number>,
  end: number,
): ReadonlyMap<number, number> {
  const points = new Map<number, number>();
  if (witness === null) return points;
  const byId = new Map(shown.map((operation) => [operation.id, operation]));
  let last = -1;
  for (const id of witness.order) {
    const operation = byId.get(id);
    if (operation === undefined) continue;
    const from = places.get(operation.invoked)!;
    const to = operation.returned === null ? end : places.get(operation.returned)!;
    last = Math.min(Math.max(last + pointGap, from + pointGap), Math.max(to, last));
    points.set(id, last);
  }
  return points;
}

/** Of the width of one event. */
const pointGap = 0.25;
