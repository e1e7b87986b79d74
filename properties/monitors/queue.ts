import { argumentsOf, type Columns, NEVER } from "../columns.ts";
import { shown } from "../wording.ts";
import { QUEUE_NAMES, rolesIn } from "../vocabulary.ts";
import { coveringChain } from "./cover.ts";
import { type Items, itemsOf, who } from "./items.ts";
import { type Conflict, type Finding, HOLDS, type Monitor, unknown } from "./monitor.ts";

/**
 * A queue to which every value is put once: the four patterns of Henzinger, Sezgin and Vafeiadis ("Aspect-oriented
 * linearizability proofs", 2013). A history is wrong exactly if a value comes out that was not put, comes out twice, overtakes
 * another (or the other is lost), or "empty" is answered while something was inside all the time. Pairs are enough for
 * the order, because who was put before whom is an interval order, and such orders have no cycle without one of length 2.
 *
 * A get that never returned may have taken any value that never came out, at any time after its call. Giving the values, in
 * the order of their puts, to these gets, in the order of their calls, is the best there is: to swap two of them only
 * makes the time longer for which something was inside.
 */
export function queueMonitor(capacity: number): Monitor {
  return { name: "queue monitor", decides: true, check: (columns) => check(columns, capacity, false) };
}

/** The weaker queue, whose order binds only the values of one producer, and which may say "empty" at any time. */
export const producerQueueMonitor: Monitor = {
  name: "producer queue monitor",
  decides: true,
  check: (columns) => check(columns, Infinity, true),
};

const NONE = -1;

/** Whether any value overtook another; nothing else is looked at. */
export function overtakingIn(columns: Columns, byProducer: boolean): Finding {
  const items = itemsOf(columns, inOrOut(columns));
  // What is wrong with one value alone is not a matter of order.
  if ("verdict" in items) return items.verdict === "unknown" ? items : HOLDS;
  if (byProducer) assignByDeadline(columns, items);
  else assignInOrder(columns, items);
  return overtaking(columns, items, byProducer) ?? HOLDS;
}

function inOrOut(columns: Columns): ("in" | "out" | null)[] {
  return rolesIn(columns, QUEUE_NAMES).map((role) => (role === "put" ? "in" : role === "get" ? "out" : null));
}

function check(columns: Columns, capacity: number, byProducer: boolean): Finding {
  const items = itemsOf(columns, inOrOut(columns));
  if ("verdict" in items) return items;
  if (byProducer) assignByDeadline(columns, items);
  else assignInOrder(columns, items);
  const conflict = overtaking(columns, items, byProducer) ?? (byProducer ? null : falselyEmpty(columns, items));
  if (conflict !== null) return conflict;
  return capacity === Infinity ? HOLDS : overfull(columns, items, capacity);
}

/** The values that never came out, by the end of their puts. */
function missing(columns: Columns, items: Items): number[] {
  const at = new Int32Array(columns.events).fill(NONE);
  for (let item = 0; item < items.count; item += 1) if (items.get[item] === NONE) at[items.inBy[item]] = item;
  return Array.from(at.filter((item) => item !== NONE));
}

function assignInOrder(columns: Columns, items: Items): void {
  if (items.pending.length === 0) return;
  const left = missing(columns, items);
  for (const [k, get] of items.pending.entries()) if (k < left.length) assign(columns, items, left[k], get);
}

/**
 * Between producers anything goes, so a value is urgent only if a later one of the same producer came out: earliest deadline
 * first.
 */
function assignByDeadline(columns: Columns, items: Items): void {
  if (items.pending.length === 0) return;
  const byStart = new Int32Array(columns.events).fill(NONE);
  for (let item = 0; item < items.count; item += 1) byStart[items.inFrom[item]] = item;
  const byEnd = new Int32Array(columns.events).fill(NONE);
  for (const item of missing(columns, items)) byEnd[items.inBy[item]] = item;
  const soonest = new Int32Array(columns.processes.length).fill(NEVER);
  const urgent: { item: number; deadline: number }[] = [];
  for (let position = columns.events - 1; position >= 0; position -= 1) {
    const later = byStart[position];
    if (later !== NONE) {
      const producer = columns.process[items.put[later]];
      soonest[producer] = Math.min(soonest[producer], items.outBy[later]);
    }
    const item = byEnd[position];
    if (item === NONE) continue;
    const deadline = soonest[columns.process[items.put[item]]];
    if (deadline !== NEVER) urgent.push({ item, deadline });
  }
  urgent.sort((a, b) => a.deadline - b.deadline);
  let next = 0;
  for (const { item, deadline } of urgent) {
    const get = items.pending[next];
    if (get === undefined) return;
    if (columns.call[get] >= deadline) continue;
    assign(columns, items, item, get);
    next += 1;
  }
}

function assign(columns: Columns, items: Items, item: number, get: number): void {
  items.get[item] = get;
  items.outFrom[item] = Math.max(columns.call[get], items.inFrom[item]);
}

/** Some b that was put in after a and came out before a; a may still be inside. */
function overtaking(columns: Columns, items: Items, byProducer: boolean): Conflict | null {
  const { inFrom, inBy, outFrom, outBy } = items;
  const starts = new Int32Array(columns.events).fill(NONE);
  const ends = new Int32Array(columns.events).fill(NONE);
  for (let item = 0; item < items.count; item += 1) {
    starts[inFrom[item]] = item;
    ends[inBy[item]] = item;
  }
  // Of all values that are in for sure, the one that came out last; for each producer, if the order binds only those.
  const last = new Int32Array(byProducer ? columns.processes.length : 1).fill(NONE);
  const line = (item: number): number => (byProducer ? columns.process[items.put[item]] : 0);
  let worst = NONE;
  let overtaken = NONE;
  for (let position = 0; position < columns.events; position += 1) {
    const entering = ends[position];
    if (entering !== NONE) {
      const at = line(entering);
      if (last[at] === NONE || outFrom[entering] > outFrom[last[at]]) last[at] = entering;
    }
    const item = starts[position];
    if (item === NONE) continue;
    const before = last[line(item)];
    if (before === NONE || outBy[item] >= outFrom[before]) continue;
    if (worst === NONE || outBy[item] < outBy[worst]) [worst, overtaken] = [item, before];
  }
  if (worst === NONE) return null;
  const value = (item: number): string => shown(argumentsOf(columns, items.put[item])[0]);
  const [a, b] = [overtaken, worst];
  const message =
    items.get[a] === NONE
      ? `${value(b)} came out, and ${value(a)}, which had gone in before it, was still inside`
      : `${value(b)} overtook ${value(a)}: it went in later and came out earlier`;
  const operations = [items.put[a], items.put[b], items.get[b], items.get[a]].filter((index) => index !== NONE);
  return { verdict: "violated", message, operations, at: outBy[b] };
}

/** "Empty" was answered, and at every moment of that get some value was inside for sure. */
function falselyEmpty(columns: Columns, items: Items): Conflict | null {
  if (items.empties.length === 0) return null;
  const { inBy, outFrom } = items;
  const change = new Int32Array(columns.events + 1);
  for (let item = 0; item < items.count; item += 1) {
    if (inBy[item] >= outFrom[item]) continue;
    change[inBy[item]] += 1;
    if (outFrom[item] !== NEVER) change[outFrom[item]] -= 1;
  }
  const bareBefore = new Int32Array(columns.events + 1);
  let inside = 0;
  for (let gap = 0; gap < columns.events; gap += 1) {
    inside += change[gap];
    bareBefore[gap + 1] = bareBefore[gap] + (inside === 0 ? 1 : 0);
  }
  let wrong = NONE;
  for (const get of items.empties) {
    const bare = bareBefore[columns.ret[get]] - bareBefore[columns.call[get]];
    if (bare === 0 && (wrong === NONE || columns.ret[get] < columns.ret[wrong])) wrong = get;
  }
  if (wrong === NONE) return null;
  const first = columns.call[wrong];
  const last = columns.ret[wrong] - 1;
  const chain = coveringChain(
    items.count,
    (item) => inBy[item],
    (item) => outFrom[item],
    first,
    last,
  );
  const operations = chain.flatMap((item) => [items.put[item], items.get[item]]).filter((index) => index !== NONE);
  const values = chain.map((item) => shown(argumentsOf(columns, items.put[item])[0]));
  const inWords =
    values.length === 1
      ? `${values[0]} was inside all the time`
      : `there was always something inside (${values.join(", then ")})`;
  return {
    verdict: "violated",
    message: `${who(columns, wrong)} was told that there is nothing, and ${inWords}`,
    operations: [...operations, wrong].sort((a, b) => a - b),
    at: columns.ret[wrong],
  };
}

/** More values inside for sure than there is room for. */
function overfull(columns: Columns, items: Items, capacity: number): Finding {
  const { inBy, outFrom } = items;
  const ends = new Int32Array(columns.events).fill(NONE);
  const leaves = new Int32Array(columns.events).fill(NONE);
  for (let item = 0; item < items.count; item += 1) {
    if (inBy[item] >= outFrom[item]) continue;
    ends[inBy[item]] = item;
    if (outFrom[item] !== NEVER) leaves[outFrom[item]] = item;
  }
  const inside = new Set<number>();
  for (let position = 0; position < columns.events; position += 1) {
    if (leaves[position] !== NONE) inside.delete(leaves[position]);
    if (ends[position] === NONE) continue;
    inside.add(ends[position]);
    if (inside.size <= capacity) continue;
    const operations = [...inside]
      .flatMap((item) => [items.put[item], items.get[item]])
      .filter((index) => index !== NONE);
    const message = `${inside.size} values were inside at once, and there is room for ${capacity}`;
    return { verdict: "violated", message, operations: operations.sort((a, b) => a - b), at: position };
  }
  // That no moment is overfull by itself is not enough: who came out when may force who went in first.
  return items.count <= capacity ? HOLDS : unknown("the queue can have been full");
}
