import type { Operation } from "../harness/history.ts";

/** One operation of an exhaustive enumeration: what is called, and what it answers. */
export interface Letter {
  readonly operation: string;
  readonly args: readonly unknown[];
  readonly result: unknown;
}

/**
 * All histories of `count` operations by at most `clients` clients, up to what cannot matter: the order of neighbouring
 * invocations, or of neighbouring responses, and the names of the clients. `choices` lists what the operation in each place may be,
 * given the ones before it; each operation that is among the last may also be pending.
 *
 * @param whoMatters false if it cannot matter which client called what: each order of intervals then has its clients once
 */
export function* allHistories(
  count: number,
  clients: number,
  choices: (before: readonly Letter[]) => readonly Letter[],
  whoMatters = true,
): Generator<Operation[]> {
  for (const shape of shapesOf(count)) {
    for (const callers of callersOf(shape, clients)) {
      for (const symbols of words(count, choices)) yield* withPending(shape, symbols, callers);
      if (!whoMatters) break;
    }
  }
}

interface Interval {
  readonly start: number;
  readonly end: number;
}

/**
 * The interval orders of `count` elements, each once: intervals between levels such that every level is the start of one
 * and the end of one (Greenough, 1976). There are 1, 2, 5, 15, 53, 217, ... of them (the Fishburn numbers).
 */
export function shapesOf(count: number): Interval[][] {
  const shapes: Interval[][] = [];
  for (let levels = 1; levels <= count; levels += 1) {
    const pairs: Interval[] = [];
    for (let start = 0; start < levels; start += 1)
      for (let end = start; end < levels; end += 1) pairs.push({ start, end });
    const choose = (from: number, chosen: Interval[]): void => {
      if (chosen.length === count) {
        const starts = new Set(chosen.map(({ start }) => start));
        const ends = new Set(chosen.map(({ end }) => end));
        if (starts.size === levels && ends.size === levels) shapes.push(chosen);
        return;
      }
      for (let at = from; at < pairs.length; at += 1) choose(at, [...chosen, pairs[at]]);
    };
    choose(0, []);
  }
  return shapes;
}

/**
 * Every way to give the operations to clients, of whom each has one operation open at a time; a client gets its name when it
 * first calls, so that ways which differ in the names alone come once.
 */
function* callersOf(shape: readonly Interval[], clients: number): Generator<readonly number[]> {
  const callers: number[] = [];
  const until: number[] = [];
  function* give(at: number): Generator<readonly number[]> {
    if (at === shape.length) {
      yield [...callers];
      return;
    }
    const { start, end } = shape[at];
    for (let client = 0; client < Math.min(clients, until.length + 1); client += 1) {
      const before = until[client];
      if (before !== undefined && before >= start) continue;
      callers.push(client);
      until[client] = end;
      yield* give(at + 1);
      callers.pop();
      if (before === undefined) until.pop();
      else until[client] = before;
    }
  }
  yield* give(0);
}

function* words(
  count: number,
  choices: (before: readonly Letter[]) => readonly Letter[],
  before: readonly Letter[] = [],
): Generator<readonly Letter[]> {
  if (before.length === count) {
    yield before;
    return;
  }
  for (const symbol of choices(before)) yield* words(count, choices, [...before, symbol]);
}

function* withPending(
  shape: readonly Interval[],
  symbols: readonly Letter[],
  callers: readonly number[],
): Generator<Operation[]> {
  const last = Math.max(...shape.map(({ end }) => end));
  const open = shape.flatMap(({ end }, at) => (end === last ? [at] : []));
  for (let choice = 0; choice < 1 << open.length; choice += 1) {
    const pending = new Set(open.filter((_, bit) => ((choice >> bit) & 1) === 1));
    yield symbols.map(({ operation, args, result }, at) => ({
      id: at,
      process: `c${callers[at]}`,
      operation,
      object: null,
      args,
      result: pending.has(at) ? undefined : result,
      outcome: pending.has(at) ? "pending" : "returned",
      invoked: 2 * shape[at].start,
      returned: pending.has(at) ? null : 2 * shape[at].end + 1,
      depth: 0,
    }));
  }
}
