import { argumentsOf, type Columns, NEVER } from "../columns.ts";
import { PRIORITY_QUEUE_NAMES, rolesIn } from "../vocabulary.ts";
import { listed, shown } from "../wording.ts";
import { type Items, itemsOf, valueOf, who } from "./items.ts";
import { type Conflict, type Finding, HOLDS, type Monitor, unknown } from "./monitor.ts";

/**
 * A priority queue that gives the least number first, into which every number is put once. Taken from the least upwards, each
 * number does best to go in as late and to come out as early as it can; it can come out where no smaller one is inside
 * for sure, given that these did the same. It holds exactly if each number finds such a moment (by induction: a larger
 * number is never in a smaller one's way). "Empty" needs a moment when nothing is inside for sure. O(n log n).
 *
 * For takes that never returned the same holds as for a stack's pops: see there.
 */
export const priorityQueueMonitor: Monitor = { name: "priority queue monitor", decides: true, check, unitOf: valueOf };

const NONE = -1;

function check(columns: Columns): Finding {
  const roles = rolesIn(columns, PRIORITY_QUEUE_NAMES).map((role) =>
    role === "insert" ? "in" : role === "take" ? "out" : null,
  );
  const items = itemsOf(columns, roles);
  if ("verdict" in items) return items;
  const numbers = new Float64Array(items.count);
  for (let item = 0; item < items.count; item += 1) {
    const [value] = argumentsOf(columns, items.put[item]);
    if (typeof value !== "number" || Number.isNaN(value)) return unknown("something else than numbers was put in");
    numbers[item] = value;
  }
  const order = [...numbers.keys()].sort((a, b) => numbers[a] - numbers[b]);
  const conflict = conflictIn(columns, items, order);
  if (conflict === null) return HOLDS;
  if (items.pending.length === 0 || !items.outFrom.subarray(0, items.count).includes(NEVER)) return conflict;
  const helped = { ...items, outFrom: items.outFrom.slice() };
  for (let item = 0; item < items.count; item += 1) {
    if (items.get[item] !== NONE) continue;
    helped.outFrom[item] = Math.max(columns.call[items.pending[0]], items.inFrom[item]);
  }
  if (conflictIn(columns, helped, order) !== null) return conflict;
  return unknown("a take that never returned may have taken any of several values");
}

function conflictIn(columns: Columns, items: Items, order: readonly number[]): Conflict | null {
  const { inBy, outFrom, outBy, put, get } = items;
  const gaps = columns.events;
  // For each gap, the next one that is not covered (itself, if it is not); covering is joining with the next.
  const bare = Int32Array.from({ length: gaps + 1 }, (_, gap) => gap);
  const nextBare = (from: number): number => {
    let gap = from;
    while (bare[gap] !== gap) {
      bare[gap] = bare[bare[gap]]!;
      gap = bare[gap]!;
    }
    return gap;
  };
  for (const [place, item] of order.entries()) {
    let out = gaps;
    if (outFrom[item] !== NEVER) {
      out = nextBare(outFrom[item]);
      if (out >= Math.min(outBy[item], gaps + 1)) {
        const smaller = around(columns, items, order.slice(0, place), outFrom[item], outBy[item] - 1);
        const value = shown(argumentsOf(columns, put[item])[0]);
        const inside = smaller.slice(0, 3).map((other) => shown(argumentsOf(columns, put[other])[0]));
        const operations = [...smaller, item]
          .flatMap((other) => [put[other], get[other]])
          .filter((index) => index !== NONE);
        return {
          verdict: "violated",
          message: `${who(columns, get[item])} got ${value} while something smaller (${listed(inside)}) was always inside`,
          operations: operations.sort((a, b) => a - b),
          at: outBy[item],
        };
      }
    }
    for (let gap = nextBare(inBy[item]); gap < out; gap = nextBare(gap)) bare[gap] = gap + 1;
  }
  for (const take of items.empties) {
    if (nextBare(columns.call[take]) < columns.ret[take]) continue;
    const inside = around(columns, items, order, columns.call[take], columns.ret[take] - 1);
    const operations = inside.flatMap((item) => [put[item], get[item]]).filter((index) => index !== NONE);
    return {
      verdict: "violated",
      message: `${who(columns, take)} was told that there is nothing, and there was always something inside`,
      operations: [...operations, take].sort((a, b) => a - b),
      at: columns.ret[take],
    };
  }
  return null;
}

/** The values that can have to do with what is inside from one gap to another: those not out before it nor in after it. */
function around(columns: Columns, items: Items, some: readonly number[], first: number, last: number): number[] {
  let from = first;
  let chosen: number[] = [];
  // A smaller value can hold up a small one, which then stays longer: look further back until nothing new is found.
  for (;;) {
    const next = some.filter((item) => items.inBy[item] <= last && Math.min(items.outBy[item], columns.events) > from);
    const earliest = Math.min(from, ...next.map((item) => items.inBy[item]));
    if (next.length === chosen.length) return next;
    chosen = next;
    from = earliest;
  }
}
