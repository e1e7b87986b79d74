import type { History, Operation } from "../harness/history.ts";
import { NOTHING, Values } from "./values.ts";

/**
 * A history as columns of numbers: what the checkers work on. An operation is an index; its invocation (`call`) and its
 * response (`ret`) are positions on one line of events, each position taken once. At equal ranks of the history the
 * invocations come first, so that equal ranks stay concurrent and `ret[a] < call[b]` says exactly that a precedes b.
 *
 * 36 bytes an operation, and 4 bytes an event where the line of events itself is asked for (`eventsOf`).
 */
export interface Columns {
  /** How many operations there are; they are ordered by `call`. */
  readonly count: number;
  /** How many events there are; positions count from 0. */
  readonly events: number;
  readonly call: Int32Array;
  /** NEVER for an operation that is pending. */
  readonly ret: Int32Array;
  /** Identifier of the operation in the history. */
  readonly id: Int32Array;
  /** Index into `processes`. */
  readonly process: Int32Array;
  /** Index into `names`. */
  readonly name: Int32Array;
  readonly argumentCount: Int32Array;
  /** Code of the argument where there is one, of the array of arguments where there are more. */
  readonly argument: Int32Array;
  /** Code of the result; of the error's text where `threw` says so. */
  readonly result: Int32Array;
  readonly threw: Int32Array;
  readonly processes: readonly string[];
  readonly names: readonly string[];
  readonly values: Values;
}

/** The position of a response that never came. */
export const NEVER = 0x7fffffff;

/** Most operations that one history may have: positions must stay below NEVER. */
const OPERATIONS_MAX = 2 ** 29;

/** Those operations of a history that `keep` chooses, as columns. Linear where ranks are dense, as the recorder's are. */
export function columnsOf(history: History, keep: (operation: Operation) => boolean = () => true): Columns {
  const operations = history.operations.filter(keep);
  const columns = emptyColumns(operations.length, new Values());
  const processes = new Map<string, number>();
  const names = new Map<string, number>();
  const { values } = columns;
  const invoked = new Float64Array(operations.length);
  const returned = new Float64Array(operations.length);
  for (const [index, operation] of operations.entries()) {
    invoked[index] = operation.invoked;
    returned[index] = operation.returned ?? Infinity;
    columns.id[index] = operation.id;
    columns.process[index] = indexIn(processes, operation.process);
    columns.name[index] = indexIn(names, operation.operation);
    columns.argumentCount[index] = operation.args.length;
    columns.argument[index] = argumentCode(values, operation.args);
    columns.result[index] = operation.outcome === "pending" ? NOTHING : values.code(operation.result);
    columns.threw[index] = operation.outcome === "threw" ? 1 : 0;
  }
  return ordered({ ...columns, processes: [...processes.keys()], names: [...names.keys()] }, invoked, returned);
}

function argumentCode(values: Values, args: readonly unknown[]): number {
  if (args.length === 0) return NOTHING;
  return values.code(args.length === 1 ? args[0] : args);
}

/** The arguments of operation `index`, as they were. */
export function argumentsOf(columns: Columns, index: number): readonly unknown[] {
  const count = columns.argumentCount[index];
  if (count === 0) return [];
  const value = columns.values.value(columns.argument[index]);
  return count === 1 ? [value] : (value as readonly unknown[]);
}

/** Operation `index` in the form of a history, its ranks being positions. */
export function operationOf(columns: Columns, index: number): Operation {
  const pending = columns.ret[index] === NEVER;
  return {
    id: columns.id[index],
    process: columns.processes[columns.process[index]],
    operation: columns.names[columns.name[index]],
    object: null,
    args: argumentsOf(columns, index),
    result: pending ? undefined : columns.values.value(columns.result[index]),
    outcome: pending ? "pending" : columns.threw[index] === 1 ? "threw" : "returned",
    invoked: columns.call[index],
    returned: pending ? null : columns.ret[index],
    depth: 0,
  };
}

/** What each position is: the index of the operation invoked there, or the complement (`~`) of the one that returned. */
export function eventsOf({ count, events, call, ret }: Columns): Int32Array {
  const line = new Int32Array(events);
  for (let index = 0; index < count; index += 1) {
    line[call[index]] = index;
    if (ret[index] !== NEVER) line[ret[index]] = ~index;
  }
  return line;
}

/** The history as it was right after position `last`: what returned later is pending, what was invoked later is not there. */
export function prefixOf(columns: Columns, last: number): Columns {
  let count = 0;
  let end = columns.count;
  while (count < end) {
    const middle = (count + end) >>> 1;
    if (columns.call[middle] <= last) count = middle + 1;
    else end = middle;
  }
  const cut = (column: Int32Array): Int32Array => column.subarray(0, count);
  const ret = columns.ret.slice(0, count);
  for (let index = 0; index < count; index += 1) if (ret[index] > last) ret[index] = NEVER;
  return {
    ...columns,
    count,
    events: Math.min(columns.events, last + 1),
    ret,
    call: cut(columns.call),
    id: cut(columns.id),
    process: cut(columns.process),
    name: cut(columns.name),
    argumentCount: cut(columns.argumentCount),
    argument: cut(columns.argument),
    result: cut(columns.result),
    threw: cut(columns.threw),
  };
}

/** The operations of those indices alone (ascending), with positions renumbered; `pending` of them lose their responses. */
export function subsetOf(
  columns: Columns,
  indices: ArrayLike<number>,
  pending: (index: number) => boolean = () => false,
): Columns {
  const part = emptyColumns(indices.length, columns.values);
  const invoked = new Float64Array(indices.length);
  const returned = new Float64Array(indices.length);
  for (let at = 0; at < indices.length; at += 1) {
    const index = indices[at];
    const cut = columns.ret[index] === NEVER || pending(index);
    invoked[at] = columns.call[index]!;
    returned[at] = cut ? Infinity : columns.ret[index];
    part.id[at] = columns.id[index]!;
    part.process[at] = columns.process[index]!;
    part.name[at] = columns.name[index]!;
    part.argumentCount[at] = columns.argumentCount[index]!;
    part.argument[at] = columns.argument[index]!;
    part.result[at] = cut ? NOTHING : columns.result[index];
    part.threw[at] = cut ? 0 : columns.threw[index];
  }
  return ordered({ ...part, processes: columns.processes, names: columns.names }, invoked, returned);
}

export function emptyColumns(count: number, values: Values): Columns {
  if (count > OPERATIONS_MAX) {
    throw new RangeError(
      `A history of ${count} operations is too long. Check it in parts of at most ${OPERATIONS_MAX}.`,
    );
  }
  const column = (): Int32Array => new Int32Array(count);
  return {
    count,
    events: 0,
    call: column(),
    ret: column(),
    id: column(),
    process: column(),
    name: column(),
    argumentCount: column(),
    argument: column(),
    result: column(),
    threw: column(),
    processes: [],
    names: [],
    values,
  };
}

/** Fills `call` and `ret` with positions, from ranks of any scale (Infinity for never), and orders the rows by `call`. */
export function ordered(columns: Columns, invoked: Float64Array, returned: Float64Array): Columns {
  const { count, call, ret } = columns;
  const order = orderOf(invoked, returned);
  for (let position = 0; position < order.length; position += 1) {
    const event = order[position];
    if (event >= 0) call[event] = position;
    else ret[~event] = position;
  }
  let sorted = true;
  for (let index = 0; index < count; index += 1) {
    if (returned[index] === Infinity) ret[index] = NEVER;
    if (index > 0 && call[index] < call[index - 1]) sorted = false;
  }
  const result = { ...columns, events: order.length };
  return sorted ? result : rowsByCall(result);
}

/** All events in the order of time, invocations first among equals: an index, or its complement for a response. */
function orderOf(invoked: Float64Array, returned: Float64Array): Int32Array {
  const count = invoked.length;
  let least = Infinity;
  let most = -Infinity;
  let events = count;
  let whole = true;
  for (let index = 0; index < count; index += 1) {
    least = Math.min(least, invoked[index]);
    most = Math.max(most, invoked[index]);
    whole &&= Number.isInteger(invoked[index]);
    if (returned[index] === Infinity) continue;
    events += 1;
    most = Math.max(most, returned[index]);
    whole &&= Number.isInteger(returned[index]);
  }
  if (count === 0) return new Int32Array(0);
  const ranks = most - least + 1;
  if (whole && ranks <= DENSE_FACTOR * count) return countedOrder(invoked, returned, least, ranks, events);
  const order: number[] = [];
  for (let index = 0; index < count; index += 1) {
    order.push(index);
    if (returned[index] !== Infinity) order.push(~index);
  }
  const rank = (event: number): number => (event >= 0 ? invoked[event] : returned[~event]);
  return Int32Array.from(
    order.sort((a, b) => rank(a) - rank(b) || Number(a < 0) - Number(b < 0) || (a < 0 ? b - a : a - b)),
  );
}

/** Ranks spread over more than this many numbers for each operation are sorted by comparison. */
const DENSE_FACTOR = 8;

/** A counting sort: the recorder's ranks are dense, and a million operations shall not wait for comparisons. */
function countedOrder(
  invoked: Float64Array,
  returned: Float64Array,
  least: number,
  ranks: number,
  events: number,
): Int32Array {
  const starts = new Int32Array(2 * ranks + 1);
  const count = invoked.length;
  for (let index = 0; index < count; index += 1) {
    starts[2 * (invoked[index] - least) + 1] += 1;
    if (returned[index] !== Infinity) starts[2 * (returned[index] - least) + 2] += 1;
  }
  for (let at = 1; at < starts.length; at += 1) starts[at] += starts[at - 1];
  const order = new Int32Array(events);
  for (let index = 0; index < count; index += 1) {
    const bucket = 2 * (invoked[index] - least);
    order[starts[bucket]] = index;
    starts[bucket] += 1;
    if (returned[index] === Infinity) continue;
    const back = 2 * (returned[index] - least) + 1;
    order[starts[back]] = ~index;
    starts[back] += 1;
  }
  return order;
}

function rowsByCall(columns: Columns): Columns {
  const rows = Array.from({ length: columns.count }, (_, index) => index);
  rows.sort((a, b) => columns.call[a] - columns.call[b]);
  const moved = (column: Int32Array): Int32Array => Int32Array.from(rows, (row) => column[row]);
  return {
    ...columns,
    call: moved(columns.call),
    ret: moved(columns.ret),
    id: moved(columns.id),
    process: moved(columns.process),
    name: moved(columns.name),
    argumentCount: moved(columns.argumentCount),
    argument: moved(columns.argument),
    result: moved(columns.result),
    threw: moved(columns.threw),
  };
}

function indexIn(table: Map<string, number>, name: string): number {
  const known = table.get(name);
  if (known !== undefined) return known;
  table.set(name, table.size);
  return table.size - 1;
}
