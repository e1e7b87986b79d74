import { describe, expect, test } from "vitest";
import { fakeRun, reads, stores, type FakeProgram } from "./fixtures/fake-run.ts";
import { SEARCH_STRATEGIES } from "./index.ts";
import { pct } from "./pct.ts";
import { Portfolio } from "./portfolio.ts";
import { pos } from "./pos.ts";
import { profile } from "./profile.ts";
import { PLACES } from "./state-places.ts";
import { surw } from "./surw.ts";

const RUNS = 4000;

describe.each(SEARCH_STRATEGIES)("$name", (strategy) => {
  const program: FakeProgram = [
    [stores(4), reads(8), stores(4)],
    [reads(4), stores(8), reads(4)],
    [stores(8), stores(8)],
  ];

  test("a run depends on its seed and the block's profile alone", () => {
    const state = profiled(program);
    const first = fakeRun(strategy, program, 7, state);
    for (const other of SEARCH_STRATEGIES) fakeRun(other, program, 3, state);
    expect(fakeRun(strategy, program, 7, state)).toEqual(first);
  });

  test("takes every step of every process, in many orders", () => {
    const state = profiled(program);
    const orders = new Set<string>();
    for (let seed = 0; seed < 200; seed++) {
      const order = fakeRun(strategy, program, seed, state);
      expect(order.toSorted()).toEqual([0, 0, 0, 1, 1, 1, 2, 2]);
      orders.add(order.join(""));
    }
    expect(orders.size).toBeGreaterThan(10);
  });

  test("somebody who spins does not keep the others from moving", () => {
    const spinning: FakeProgram = [[{ kind: "read", object: 4, spins: true }], [reads(8), reads(8), stores(4)]];
    const state = profiled(spinning);
    for (let seed = 0; seed < 50; seed++) expect(fakeRun(strategy, spinning, seed, state).length).toBeLessThan(1000);
  });
});

test("PCT finds a bug of depth d in at least 1 / (n · k^(d-1)) of the runs of that depth", () => {
  // The second process has to get between the last two steps of the first: depth 2, 12 steps with a choice at most.
  const program: FakeProgram = [Array.from({ length: 11 }, () => stores(4)), [stores(4)]];
  const state = profiled(program);
  const found = count((seed) => fakeRun(pct, program, seed, state)[10] === 1);
  // One run in ten has depth 2.
  expect(found / RUNS).toBeGreaterThan(1 / 10 / (2 * 12));
});

test("POS takes two racing steps in either order as often, whatever lies before them", () => {
  const program: FakeProgram = [[...Array.from({ length: 6 }, () => stores(8)), stores(4)], [stores(4)]];
  const late = count((seed) => fakeRun(pos, program, seed, profiled(program)).at(-1) === 1);
  // A random walk would come to 1 in 64.
  expect(late / RUNS).toBeGreaterThan(0.1);
});

test("SURW takes each order of the accesses to one object as often", () => {
  const program: FakeProgram = [Array.from({ length: 3 }, () => stores(4)), Array.from({ length: 3 }, () => stores(4))];
  const state = profiled(program);
  const orders = new Map<string, number>();
  for (let seed = 0; seed < RUNS; seed++) {
    const order = fakeRun(surw, program, seed, state).join("");
    orders.set(order, (orders.get(order) ?? 0) + 1);
  }
  expect(orders.size).toBe(20);
  for (const times of orders.values()) expect(Math.abs(times / RUNS - 1 / 20)).toBeLessThan(0.02);
});

test("the portfolio gives more runs to who finds more news", () => {
  const portfolio = new Portfolio(["pct", "pos"], 0);
  const runs = { pct: 0, pos: 0 };
  for (let run = 0; run < 100; run++) {
    const strategy = portfolio.next() as "pct" | "pos";
    runs[strategy]++;
    portfolio.learn(strategy, strategy === "pos");
  }
  expect(runs.pos).toBeGreaterThan(runs.pct * 2);
  expect(runs.pct).toBeGreaterThan(0);
});

function profiled(program: FakeProgram): Float64Array {
  const state = new Float64Array(PLACES.end);
  fakeRun(profile, program, 1, state);
  return state;
}

function count(holds: (seed: number) => boolean): number {
  let times = 0;
  for (let seed = 0; seed < RUNS; seed++) if (holds(seed)) times++;
  return times;
}
