import { afterAll, expect, test } from "vitest";
import { Checker } from "../check.ts";
import { neverFirstBeforeSecond, neverOverlapping, neverSecondBeforeFirst } from "./fixtures/order-scenarios.ts";
import { bothAside, looksAside, looksAtOtherBits, looksBehindALock, writesAside } from "./fixtures/looking-aside.ts";
import { modelPrograms, modelProgramsOrders } from "./fixtures/model-scenario.ts";

const checker = new Checker();
afterAll(() => checker[Symbol.asyncDispose]());

test("over real processes it finds as many partial orders as brute force on the model does", async () => {
  // Deadlocks are not what this is about.
  const result = await checker.check(modelPrograms, { exhaustive: true, seed: 1, property: "no-early-exit" });
  expect(result).toMatchObject({ verdict: "pass", exhaustive: true, runs: modelProgramsOrders() });
  expect(result.notes[0]).toMatch(/^all \d+ interleavings hold, for the 20 smallest inputs/);
});

test.each([neverFirstBeforeSecond, neverSecondBeforeFirst, neverOverlapping])(
  "operations without a common step are tried in each order in time: $name",
  async (scenario) => {
    const result = await checker.check(scenario, { exhaustive: true, seed: 1 });
    expect(result).toMatchObject({ verdict: "fail", property: "order" });
  },
);

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
