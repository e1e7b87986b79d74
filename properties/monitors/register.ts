import { type Columns, NEVER } from "../columns.ts";
import { shown } from "../wording.ts";
import { argumentsOf } from "../columns.ts";
import { REGISTER_NAMES, rolesIn } from "../vocabulary.ts";
import { type Conflict, type Finding, HOLDS, type Monitor, unknown } from "./monitor.ts";
import { Numbering } from "./distinct.ts";
import { NOTHING } from "../values.ts";

/**
 * A register whose writes all write different values: the zones of Gibbons and Korach ("Testing shared memories", 1997).
 * A value's cluster is its write and its reads; f is its first return, s its last call. If f < s, the register certainly has
 * the value from f to s (a forward zone), else it has it at one moment between s and f at least (a backward zone). It
 * holds exactly if no two forward zones overlap and no backward zone lies inside a forward one. Linear.
 */
export function registerMonitor(init: unknown): Monitor {
  return { name: "register monitor", decides: true, check: (columns) => check(columns, init) };
}

interface Clusters {
  readonly write: Int32Array;
  /** Operation that returned first, and operation that was called last. */
  readonly first: Int32Array;
  readonly final: Int32Array;
}

/** The operation that wrote the initial value: it was over before anything began. */
const BEFORE = -2;
const NONE = -1;

function check(columns: Columns, init: unknown): Finding {
  const { count, call, ret, name, argument, result, threw, values } = columns;
  const roles = rolesIn(columns, REGISTER_NAMES);
  const absent = values.code(null);
  const coded = (code: number): number => (code === NOTHING ? absent : code);
  const numbering = new Numbering(columns);
  const initial = numbering.of(coded(values.code(init)));
  const clusters: Clusters = { write: column(count), first: column(count), final: column(count) };
  clusters.write[initial] = clusters.first[initial] = clusters.final[initial] = BEFORE;
  const calledAt = (index: number): number => (index === BEFORE ? -1 : call[index]);
  const returnedAt = (index: number): number => (index === BEFORE ? -1 : ret[index]);
  const enter = (cluster: number, index: number): void => {
    const { first, final } = clusters;
    if (first[cluster] === NONE || returnedAt(index) < returnedAt(first[cluster])) first[cluster] = index;
    if (final[cluster] === NONE || calledAt(index) > calledAt(final[cluster])) final[cluster] = index;
  };
  for (let index = 0; index < count; index += 1) {
    if (threw[index] === 1) return unknown("an operation of a register that threw");
    const role = roles[name[index]];
    if (role === "write") {
      const cluster = numbering.of(coded(argument[index]));
      if (clusters.write[cluster] !== NONE) {
        return unknown(`the value ${shown(argumentsOf(columns, index)[0])} is written twice`);
      }
      clusters.write[cluster] = index;
      enter(cluster, index);
    } else if (role !== "read")
      return unknown(`"${columns.names[name[index]]}" is more than a register's read and write`);
    else if (ret[index] !== NEVER) enter(numbering.of(coded(result[index])), index);
  }
  return conflictIn(columns, clusters, numbering.size, calledAt, returnedAt) ?? HOLDS;
}

function column(count: number): Int32Array {
  return new Int32Array(count + 1).fill(NONE);
}

function conflictIn(
  columns: Columns,
  clusters: Clusters,
  size: number,
  calledAt: (index: number) => number,
  returnedAt: (index: number) => number,
): Conflict | null {
  const { write, first, final } = clusters;
  const zoneAt = new Int32Array(columns.events).fill(NONE);
  let forward = NONE;
  let end = -1;
  for (let cluster = 0; cluster < size; cluster += 1) {
    const writer = write[cluster];
    if (writer === NONE) return neverWritten(columns, first[cluster]);
    const f = returnedAt(first[cluster]);
    if (f < calledAt(writer)) return fromTheFuture(columns, writer, first[cluster]);
    const s = calledAt(final[cluster]);
    if (writer === BEFORE) {
      // The initial value is certainly there from the start until the last call that reads it.
      if (s >= 0) [forward, end] = [cluster, s];
    } else if (f !== NEVER) zoneAt[Math.min(f, s)] = cluster;
  }
  for (const cluster of zoneAt) {
    if (cluster === NONE) continue;
    const f = returnedAt(first[cluster]);
    const s = calledAt(final[cluster]);
    const clash = f < s ? f < end : f < end && forward !== NONE;
    if (clash) return twoAtOnce(columns, clusters, forward, cluster, f < s);
    if (f < s) [forward, end] = [cluster, s];
  }
  return null;
}

function neverWritten(columns: Columns, read: number): Conflict {
  const value = shown(columns.values.value(columns.result[read]));
  const message = `${whoseRead(columns, read)} returned ${value}, which nobody wrote`;
  return { verdict: "violated", message, operations: [read], at: columns.ret[read] };
}

function fromTheFuture(columns: Columns, write: number, read: number): Conflict {
  const value = shown(columns.values.value(columns.result[read]));
  const message = `${whoseRead(columns, read)} returned ${value} before ${columns.processes[columns.process[write]]} called the write of it`;
  return { verdict: "violated", message, operations: [write, read], at: columns.ret[read] };
}

function twoAtOnce(columns: Columns, clusters: Clusters, one: number, other: number, both: boolean): Conflict {
  const { write, first, final } = clusters;
  const all = [one, other].flatMap((cluster) => [write[cluster], first[cluster], final[cluster]]);
  const operations = [...new Set(all)].filter((index) => index >= 0).sort((a, b) => a - b);
  const value = (cluster: number): string => {
    const writer = write[cluster];
    return writer === BEFORE ? "its initial value" : shown(argumentsOf(columns, writer)[0]);
  };
  const reader = final[one];
  const message = both
    ? `the register had ${value(one)} and ${value(other)} at once: each was read after the other`
    : `${whoseRead(columns, reader)} returned ${value(one)}, which ${value(other)} had replaced for good`;
  const at = Math.max(
    ...operations.map((index) => (columns.ret[index] === NEVER ? columns.call[index] : columns.ret[index])),
  );
  return { verdict: "violated", message, operations, at };
}

function whoseRead(columns: Columns, read: number): string {
  return `${columns.processes[columns.process[read]]}'s ${columns.names[columns.name[read]]}`;
}
