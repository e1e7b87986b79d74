import { describe, expect, test } from "vitest";
import type { History, Operation } from "../harness/history.ts";
import { exactlyOnce, noInvention, noLoss } from "./index.ts";
import { queueModel } from "./models/index.ts";
import { type Draw, drawFrom, randomHistory } from "./random-history.ts";

/**
 * Histories of producers and consumers of whom some die in the middle of a call, with values put in twice, taken twice, taken out
 * of nothing and lost: what the properties say of them is held against the definition, which tries every choice of what the
 * unfinished calls did.
 */
const HISTORIES = 4_000;

describe("for every choice of what the dead did", () => {
  const cases = [
    ["exactly-once", exactlyOnce(), { values: true, time: false, all: false }],
    ["no-loss", noLoss({ left: (final: number[]) => final }), { values: false, time: false, all: true }],
    ["no-invention", noInvention(), { values: false, time: true, all: false }],
  ] as const;
  test.each(cases)("%s is violated only if it is whatever they did", (_, property, what) => {
    const seen = { holds: 0, violated: 0 };
    for (let seed = 1; seed <= HISTORIES; seed += 1) {
      const history = randomTransfers(drawFrom(seed));
      const violation = property.check(history);
      const truth = someChoiceHolds(history, what);
      expect({ seed, holds: violation === null }).toEqual({ seed, holds: truth });
      seen[truth ? "holds" : "violated"] += 1;
      if (violation === null) continue;
      // The operations that it names are wrong by themselves.
      const named = history.operations.filter(({ id }) => violation.operations.includes(id));
      expect({ seed, alone: property.check({ ...history, operations: named }) === null }).toEqual({
        seed,
        alone: false,
      });
    }
    expect(Math.min(seen.holds, seen.violated)).toBeGreaterThan(HISTORIES / 20);
  });
});

interface What {
  /** Nothing comes out more often than it went in, of what went in at all. */
  readonly values: boolean;
  /** What came out was being put in before: each time by another put, as far as there are puts enough. */
  readonly time: boolean;
  /** Whatever went in for sure came out or is left. */
  readonly all: boolean;
}

function someChoiceHolds({ operations, final }: History, what: What): boolean {
  const puts = operations.filter(({ operation }) => operation === "put");
  const out = operations.filter(({ result, operation }) => operation === "get" && typeof result === "number");
  const silent = operations.filter(({ operation, outcome }) => operation === "get" && outcome === "pending");
  const values = [...new Set([...puts.map(({ args }) => args[0]), ...out.map(({ result }) => result)])] as number[];
  const count = (list: readonly unknown[], value: number): number => list.filter((one) => one === value).length;
  const took = out.map(({ result }) => result);
  if (what.time) return values.every((value) => eachHasItsPut(value, puts, out));
  // What each unfinished get took: nothing, or one of the values.
  const takes = (more: readonly unknown[], at: number): boolean => {
    if (at < silent.length)
      return [undefined, ...values].some((value) => takes(value === undefined ? more : [...more, value], at + 1));
    return values.every((value) => {
      const into = puts.filter(({ args }) => args[0] === value);
      const certain = into.filter(({ outcome }) => outcome === "returned").length;
      // An unfinished put may have put its value in, so that it counts for what came out, and not for what is missing.
      if (what.values) return into.length === 0 || count([...took, ...more], value) <= into.length;
      return count([...took, ...more, ...(final as number[])], value) >= certain;
    });
  };
  return takes([], 0);
}

function eachHasItsPut(value: number, puts: readonly Operation[], out: readonly Operation[]): boolean {
  const into = puts.filter(({ args }) => args[0] === value);
  const gets = out.filter(({ result }) => result === value).sort((a, b) => a.returned! - b.returned!);
  if (into.length === 0) return gets.length === 0;
  const give = (at: number, left: readonly Operation[]): boolean =>
    at === Math.min(gets.length, into.length) ||
    left.some(
      (put) =>
        put.invoked < gets[at].returned! &&
        give(
          at + 1,
          left.filter((other) => other !== put),
        ),
    );
  return give(0, into);
}

function randomTransfers(draw: Draw): History {
  const call = (_: Draw, serial: number): { operation: string; args: readonly unknown[] } =>
    draw(2) === 0 ? { operation: "get", args: [] } : { operation: "put", args: [draw(4) === 0 ? 1 : serial] };
  const shape = { operations: 4 + draw(4), clients: 2 + draw(3), crashOneIn: draw(2) * 3 };
  const right = randomHistory({ model: queueModel(), call, ...shape }, draw);
  const gets = right.filter(({ operation, outcome }) => operation === "get" && outcome === "returned");
  const spoilt = gets.length === 0 ? undefined : gets[draw(gets.length)];
  const operations = right.map((one): Operation =>
    one === spoilt && draw(2) === 0 ? { ...one, result: [0, 1, 2, 3, null][draw(5)] } : one,
  );
  const out = operations.filter(({ operation }) => operation === "get").map(({ result }) => result);
  const inside = operations.filter(({ operation }) => operation === "put").map(({ args }) => args[0] as number);
  for (const value of out) if (inside.includes(value as number)) inside.splice(inside.indexOf(value as number), 1);
  // What is left, of which now and then one is missing.
  if (draw(3) === 0) inside.pop();
  return { input: null, operations, processes: [], final: inside };
}
