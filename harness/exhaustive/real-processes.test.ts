import { afterAll, expect, test } from "vitest";
import { Checker } from "../check.ts";
import { orderInView } from "../judge.ts";
import {
  neverFirstBeforeSecond,
  neverFirstObjectBeforeSecond,
  neverOverlapping,
  neverSecondBeforeFirst,
  neverSecondObjectBeforeFirst,
  neverTakesThreeSteps,
  twoAdders,
} from "./fixtures/order-scenarios.ts";
import { bothAside, looksAside, looksAtOtherBits, looksBehindALock, writesAside } from "./fixtures/looking-aside.ts";
import { modelPrograms, modelProgramsOrders, modelProgramsSchedules } from "./fixtures/model-scenario.ts";

const checker = new Checker();
afterAll(() => checker[Symbol.asyncDispose]());

test("over real processes it finds as many partial orders as brute force on the model does", async () => {
  // Deadlocks are not what this is about.
  const result = await checker.check(modelPrograms, { exhaustive: true, seed: 1, property: "no-early-exit" });
  expect(result).toMatchObject({ verdict: "pass", exhaustive: true, runs: modelProgramsOrders() });
  expect(result.notes[0]).toMatch(/^all \d+ interleavings hold, for the 20 smallest inputs/);
});

test.each([
  neverFirstBeforeSecond,
  neverSecondBeforeFirst,
  neverOverlapping,
  neverFirstObjectBeforeSecond,
  neverSecondObjectBeforeFirst,
])("operations without a common step are tried in each order in time: $name", async (scenario) => {
  const result = await checker.check(scenario, { exhaustive: true, seed: 1 });
  expect(result).toMatchObject({ verdict: "fail", property: "order" });
});

test("where a property counts the steps between operations every schedule is tried", async () => {
  const result = await checker.check(neverTakesThreeSteps, { exhaustive: true, seed: 1 });
  expect(result).toMatchObject({ verdict: "fail", property: "bounded-waiting" });
});

test("a property of each object by itself needs no order of operations on different ones", async () => {
  const { properties } = neverFirstObjectBeforeSecond;
  expect(orderInView({ properties })).toBe("across objects");
  expect(orderInView({ properties: properties.map((property) => ({ ...property, perObject: true })) })).toBe(
    "per object",
  );
  expect(orderInView({ properties: [...properties, ...neverTakesThreeSteps.properties] })).toBe("in steps");
  expect(orderInView({ properties }, "no-deadlock")).toBe("none");
});

test.each([looksAside, writesAside, bothAside])(
  "accesses without a step that nothing puts in order are tried in each order: $name",
  async (scenario) => {
    const result = await checker.check(scenario, { exhaustive: true, seed: 1 });
    expect(result).toMatchObject({ verdict: "fail", property: "found" });
  },
);

test.each([
  [looksAtOtherBits, 1],
  [looksBehindALock, 2],
])("those that steps put in order, or that do not meet, make no further run: $0.name", async (scenario, runs) => {
  const result = await checker.check(scenario, { exhaustive: true, seed: 1 });
  expect(result).toMatchObject({ verdict: "pass", exhaustive: true, runs });
});

test("within a bound on delays or preemptions all schedules are tried, and the claim says the bound", async () => {
  // AABB takes no delay and no preemption; BBAA, ABBA, ... are counted by hand.
  for (const [bound, runs] of [
    [{ delays: 0 }, 1],
    [{ delays: 1 }, 3],
    [{ delays: 2 }, 5],
    [{ delays: 3 }, 6],
    [{ preemptions: 0 }, 2],
    [{ preemptions: 1 }, 4],
    [{ preemptions: 2 }, 6],
  ] as const) {
    const result = await checker.check(twoAdders, { exhaustive: true, seed: 1, ...bound });
    expect({ bound, runs: result.runs, exhaustive: result.exhaustive }).toEqual({ bound, runs, exhaustive: true });
    const [[what, most]] = Object.entries(bound);
    const runsStand = runs === 1 ? "1 run stands" : `${runs} runs stand`;
    expect(result.notes[0]).toContain(
      `all schedules with at most ${most} ${most === 1 ? what.slice(0, -1) : what} hold (${runsStand} for them)`,
    );
  }
});

test.each([neverFirstBeforeSecond, neverSecondBeforeFirst, neverOverlapping, looksAside, writesAside, bothAside])(
  "of those that come to the same state one goes on, which is a matter of all that tells them apart: $name",
  async (scenario) => {
    const result = await checker.check(scenario, { exhaustive: true, seed: 1, preemptions: 4 });
    expect(result.verdict).toBe("fail");
  },
);

test("so a bound that excludes nothing takes fewer runs than there are schedules, and no fewer than partial orders", async () => {
  const options = { exhaustive: true, seed: 1, property: "no-early-exit" };
  const bounded = await checker.check(modelPrograms, { ...options, preemptions: 100 });
  expect(bounded).toMatchObject({ verdict: "pass", exhaustive: true });
  expect(bounded.runs).toBeGreaterThanOrEqual(modelProgramsOrders());
  expect(bounded.runs).toBeLessThan(modelProgramsSchedules() / 2);
});

test.each([
  [{ delays: 1 }, /delays is 1 without exhaustive/],
  [{ exhaustive: true, delays: 1, preemptions: 1 }, /preemptions is 1 and delays is 1/],
])("bounds that bound nothing, or two of them, are refused: %o", async (options, message) => {
  await expect(checker.check(twoAdders, options)).rejects.toThrow(message);
});

test("a proof that runs out of runs says where it stopped, and claims no more than it did", async () => {
  const result = await checker.check(modelPrograms, {
    exhaustive: true,
    seed: 1,
    property: "no-early-exit",
    runs: modelProgramsOrders() - 1,
  });
  expect(result.notes[0]).toMatch(/for the 19 smallest inputs/);
  expect(result.notes[1]).toMatch(/was not finished/);
});

test("a failure that it finds is reported as any other, with a token that replays", async () => {
  const result = await checker.check(modelPrograms, { exhaustive: true, seed: 1 });
  expect(result).toMatchObject({ verdict: "fail", exhaustive: false, strategy: "exhaustive", property: "no-deadlock" });
  const replayed = await checker.replay(modelPrograms, result.counterexample?.token as string);
  expect(replayed.property).toBe("no-deadlock");
});
