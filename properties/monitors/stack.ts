import { argumentsOf, type Columns, NEVER } from "../columns.ts";
import { listed, shown } from "../wording.ts";
import { rolesIn, STACK_NAMES } from "../vocabulary.ts";
import { Coverage, Spans } from "./coverage.ts";
import { type Items, itemsOf, valueOf, who } from "./items.ts";
import { type Conflict, type Finding, HOLDS, type Monitor, unknown } from "./monitor.ts";

/**
 * A stack onto which every value is pushed once (after the monitor of "Efficient linearizability monitoring", 2025).
 *
 * A value is inside for sure between the return of its push and the call of its pop. At a moment when no other value is
 * inside for sure, the stack can be empty but for it; so a value whose push and whose pop each have such a moment can be the
 * outermost one, and the history holds exactly if it holds without that value. Values are taken away as long as there is
 * one like that; the history holds exactly if none stays. O(n log n).
 *
 * A pop that never returned may have taken any value that never came out. If the history holds without such help it
 * holds; if it does not hold even if each of these values may be taken from the first such call on, it does not; in
 * between this monitor does not know.
 */
export const stackMonitor: Monitor = { name: "stack monitor", decides: true, check, unitOf: valueOf };

const NONE = -1;

function check(columns: Columns): Finding {
  const roles = rolesIn(columns, STACK_NAMES).map((role) => (role === "push" ? "in" : role === "pop" ? "out" : null));
  const items = itemsOf(columns, roles);
  if ("verdict" in items) return items;
  const conflict = conflictIn(columns, items);
  if (conflict === null) return HOLDS;
  if (items.pending.length === 0 || !items.outFrom.subarray(0, items.count).includes(NEVER)) return conflict;
  const [helper] = items.pending;
  const helped = { ...items, outFrom: items.outFrom.slice(), get: items.get.slice() };
  for (let item = 0; item < items.count; item += 1) {
    if (items.get[item] !== NONE) continue;
    helped.outFrom[item] = Math.max(columns.call[helper], items.inFrom[item]);
  }
  if (conflictIn(columns, helped) !== null) return conflict;
  return unknown("a pop that never returned may have taken any of several values");
}

function conflictIn(columns: Columns, items: Items): Conflict | null {
  const { inFrom, inBy, outFrom, outBy, count } = items;
  // Positions between which the set of values inside for sure does not change are one moment.
  const moment = momentsOf(columns, items);
  const end = moment[columns.events];
  const from = new Int32Array(count);
  const until = new Int32Array(count);
  const kept: number[] = [];
  for (let item = 0; item < count; item += 1) {
    // Push and pop that overlap can take effect side by side, where they disturb nobody.
    if (inBy[item] > outFrom[item]) continue;
    from[item] = moment[inBy[item]]!;
    until[item] = outFrom[item] === NEVER ? end : moment[outFrom[item]];
    kept.push(item);
  }
  const coverage = new Coverage(
    end + 1,
    kept.length,
    (k) => from[kept[k]],
    (k) => until[kept[k]],
  );
  const falsely = falselyEmpty(columns, items, coverage, moment);
  if (falsely !== null) return falsely;

  // Span 2k is the push of the k-th value, 2k + 1 its pop; both ends are included.
  const starts = new Int32Array(2 * kept.length);
  const ends = new Int32Array(2 * kept.length);
  for (const [k, item] of kept.entries()) {
    starts[2 * k] = moment[inFrom[item]]!;
    ends[2 * k] = moment[inBy[item] - 1]!;
    starts[2 * k + 1] = outFrom[item] === NEVER ? end : moment[outFrom[item]];
    ends[2 * k + 1] = outBy[item] === NEVER ? end : moment[outBy[item] - 1];
  }
  const spans = new Spans(starts, ends, end + 1);
  const free = new Uint8Array(2 * kept.length);
  let left = kept.length;
  for (let bare = coverage.nextBare(); bare !== NONE; bare = coverage.nextBare()) {
    for (let operation = spans.take(bare); operation !== NONE; operation = spans.take(bare)) {
      free[operation] = 1;
      if (free[operation ^ 1] === 0) continue;
      coverage.remove(from[kept[operation >> 1]], until[kept[operation >> 1]]);
      left -= 1;
    }
  }
  if (left === 0) return null;
  const stuck = kept.filter((_, k) => free[2 * k] === 0 || free[2 * k + 1] === 0);
  return tangled(columns, items, stuck);
}

/** For each position, the number of the moment right after it; position `events` stands for the time after the end. */
function momentsOf(columns: Columns, items: Items): Int32Array {
  const changes = new Uint8Array(columns.events + 1);
  changes[columns.events] = 1;
  for (let item = 0; item < items.count; item += 1) {
    if (items.inBy[item] > items.outFrom[item]) continue;
    changes[items.inBy[item]] = 1;
    if (items.outFrom[item] !== NEVER) changes[items.outFrom[item]] = 1;
  }
  const moment = new Int32Array(columns.events + 1);
  let now = 0;
  for (let position = 0; position <= columns.events; position += 1) {
    now += changes[position];
    moment[position] = now;
  }
  return moment;
}

function falselyEmpty(columns: Columns, items: Items, coverage: Coverage, moment: Int32Array): Conflict | null {
  let wrong = NONE;
  for (const pop of items.empties) {
    if (coverage.bareWithin(moment[columns.call[pop]], moment[columns.ret[pop] - 1])) continue;
    if (wrong === NONE || columns.ret[pop] < columns.ret[wrong]) wrong = pop;
  }
  if (wrong === NONE) return null;
  const inside = [];
  for (let item = 0; item < items.count; item += 1) {
    if (items.inBy[item] < columns.ret[wrong] && items.outFrom[item] > columns.call[wrong]) inside.push(item);
  }
  const operations = inside.flatMap((item) => [items.put[item], items.get[item]]).filter((index) => index !== NONE);
  return {
    verdict: "violated",
    message: `${who(columns, wrong)} was told that there is nothing, and there was always something inside`,
    operations: [...operations, wrong].sort((a, b) => a - b),
    at: columns.ret[wrong],
  };
}

/** The values that are left, none of which can be the outermost; the caller reduces them to a minimal few. */
function tangled(columns: Columns, items: Items, stuck: readonly number[]): Conflict {
  const values = stuck.slice(0, 3).map((item) => shown(argumentsOf(columns, items.put[item])[0]));
  const more =
    stuck.length > values.length ? `${values.join(", ")} and ${stuck.length - values.length} more` : listed(values);
  const operations = stuck.flatMap((item) => [items.put[item], items.get[item]]).filter((index) => index !== NONE);
  const at = Math.max(...stuck.slice(0, 1000).map((item) => Math.min(items.outBy[item], columns.events - 1)));
  return {
    verdict: "violated",
    message: `${more} did not come out last in, first out`,
    operations: operations.sort((a, b) => a - b),
    at,
  };
}
