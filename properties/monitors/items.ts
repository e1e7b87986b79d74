import { argumentsOf, type Columns, NEVER } from "../columns.ts";
import { NOTHING } from "../values.ts";
import { shown } from "../wording.ts";
import { Numbering } from "./distinct.ts";
import { type Conflict, type Finding, unknown } from "./monitor.ts";

/**
 * A container's history, value by value, where every value is put in once: the ground of the monitors for queues, stacks and
 * priority queues. What is known of each value: its put and get, and the bounds of when it went in and came out, all as columns.
 */
export interface Items {
  readonly count: number;
  readonly put: Int32Array;
  readonly get: Int32Array;
  /** Went in after `inFrom` and before `inBy`, came out after `outFrom` and before `outBy`. */
  readonly inFrom: Int32Array;
  readonly inBy: Int32Array;
  readonly outFrom: Int32Array;
  readonly outBy: Int32Array;
  /** Gets that never returned, and gets that were answered "empty", by their calls. */
  readonly pending: readonly number[];
  readonly empties: readonly number[];
}

const NONE = -1;

/** Reads the columns as puts and gets of distinct values, or finds what is wrong with one value alone. */
export function itemsOf(columns: Columns, roles: readonly ("in" | "out" | null)[]): Items | Finding {
  const { count, call, ret, name, argument, result, threw, values } = columns;
  const numbering = new Numbering(columns);
  const absent = values.code(null);
  const refusal = values.code(false);
  const put = new Int32Array(count).fill(NONE);
  const get = new Int32Array(count).fill(NONE);
  const pending: number[] = [];
  const empties: number[] = [];
  let twice: Conflict | null = null;
  for (let index = 0; index < count; index += 1) {
    const role = roles[name[index]];
    if (role === null) return unknown(`"${columns.names[name[index]]}" is more than putting in and taking out`);
    if (role === "in") {
      if (ret[index] !== NEVER && (threw[index] === 1 || result[index] === refusal))
        return unknown("a put was refused");
      if (argument[index] === NOTHING || argument[index] === absent) return unknown("nothing was put in as a value");
      const item = numbering.of(
        columns.argumentCount[index] === 1 ? argument[index] : values.code(argumentsOf(columns, index)[0]),
      );
      if (put[item] !== NONE) return unknown(`the value ${shown(argumentsOf(columns, index)[0])} was put in twice`);
      put[item] = index;
    } else if (ret[index] === NEVER) pending.push(index);
    else if (threw[index] === 1 || result[index] === NOTHING || result[index] === absent) empties.push(index);
    else {
      const item = numbering.of(result[index]);
      if (get[item] !== NONE && (twice === null || ret[index] < twice.at)) {
        const at = Math.max(ret[index], ret[get[item]]);
        twice = { verdict: "violated", message: "", operations: [put[item], get[item], index], at };
      }
      if (get[item] === NONE || ret[index] < ret[get[item]]) get[item] = index;
    }
  }
  if (twice !== null) return cameOutTwice(columns, twice, put, numbering.of(result[twice.operations[2]]));
  const size = numbering.size;
  const inFrom = new Int32Array(size);
  const inBy = new Int32Array(size);
  const outFrom = new Int32Array(size);
  const outBy = new Int32Array(size);
  let kept = 0;
  for (let item = 0; item < size; item += 1) {
    const into = put[item];
    const out = get[item];
    if (into === NONE) return notPut(columns, out);
    // A put that never returned and whose value nobody saw may as well not have happened.
    if (ret[into] === NEVER && out === NONE) continue;
    if (out !== NONE && ret[out] < call[into]) return tooEarly(columns, into, out);
    put[kept] = into;
    get[kept] = out;
    inFrom[kept] = call[into]!;
    outBy[kept] = out === NONE ? NEVER : ret[out];
    inBy[kept] = Math.min(ret[into], outBy[kept]);
    outFrom[kept] = out === NONE ? NEVER : Math.max(call[out], call[into]);
    kept += 1;
  }
  return { count: kept, put, get, inFrom, inBy, outFrom, outBy, pending, empties };
}

function cameOutTwice(columns: Columns, twice: Conflict, put: Int32Array, item: number): Conflict {
  const [, one, other] = twice.operations as [number, number, number];
  const value = shown(columns.values.value(columns.result[one]));
  const operations = [put[item], one, other].filter((index) => index !== NONE);
  return {
    ...twice,
    message: `${value} came out twice, to ${who(columns, one)} and to ${who(columns, other)}`,
    operations,
  };
}

function notPut(columns: Columns, out: number): Conflict {
  const message = `${who(columns, out)} got ${shown(columns.values.value(columns.result[out]))}, which nobody put in`;
  return { verdict: "violated", message, operations: [out], at: columns.ret[out] };
}

function tooEarly(columns: Columns, into: number, out: number): Conflict {
  const value = shown(columns.values.value(columns.result[out]));
  const message = `${who(columns, out)} got ${value} before ${who(columns, into)} began to put it in`;
  return { verdict: "violated", message, operations: [into, out], at: columns.ret[out] };
}

/** The process of an operation. */
export function who(columns: Columns, index: number): string {
  return columns.processes[columns.process[index]];
}

/** The unit of a put or a get: its value. A get that was answered "empty", or not at all, is a unit of its own. */
export function valueOf(columns: Columns, index: number): number {
  const code = columns.argumentCount[index] > 0 ? columns.argument[index] : columns.result[index];
  return columns.ret[index] === NEVER && columns.argumentCount[index] === 0 ? NOTHING : code;
}
