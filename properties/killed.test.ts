import { afterAll, expect, test } from "vitest";
import { Checker } from "../harness/check.ts";
import type { Scenario } from "../harness/scenario.ts";
import * as killed from "./fixtures/killed-objects.ts";

const checker = new Checker();
afterAll(() => checker[Symbol.asyncDispose]());
const checked = (scenario: object, options: object = {}) =>
  checker.check(scenario as Scenario, { runs: 300, seed: 1, jobs: 1, endOnFailure: true, ...options });

test("what a killed process had called may have happened or not: an object that repairs what it left holds", async () => {
  const result = await checked(killed.accounts);
  expect(result).toMatchObject({ verdict: "pass" });
  expect(result.faults).toBeGreaterThan(100);
});

test("an object that a killed process left half done is found, with the kill, and holds without one", async () => {
  const { verdict, property, counterexample } = await checked(killed.accountsLeftAsTheyAre, { endOnFailure: false });
  expect({ verdict, property }).toEqual({ verdict: "fail", property: "linearizable" });
  expect(counterexample).toMatchObject({ processes: 2, operations: 2, faultList: [{ kind: "kill" }] });
  const pending = counterexample!.history.filter(({ outcome }) => outcome === "pending");
  expect(pending.map(({ operation }) => operation)).toContain("move");
  expect(await checked(killed.accountsLeftAsTheyAre, { faults: {} })).toMatchObject({ verdict: "pass" });
});

test.each([killed.lockOfMortals, killed.rlockOfMortals, killed.semaphoreOfMortals, killed.boundedSemaphoreOfMortals])(
  "what a dead one held is the next one's: $name",
  async (scenario) => {
    const { verdict, message, faults } = await checked(scenario);
    expect({ verdict, message }).toEqual({ verdict: "pass", message: undefined });
    expect(faults).toBeGreaterThan(100);
  },
);

test.each([
  [killed.lockThatMournsAnybody, "linearizable"],
  [killed.lockThatWaitsForTheDead, "no-needless-wait"],
  [killed.semaphoreThatDoesNotCount, "no-needless-wait"],
  [killed.semaphoreThatBeginsAnew, "linearizable"],
] as const)("it is found where that is not so, and takes a death: %o", async (scenario, property) => {
  const found = await checked(scenario, { runs: 2000 });
  expect(found).toMatchObject({ verdict: "fail", property });
  expect(found.counterexample?.faultList).toMatchObject([{ kind: "kill" }]);
  expect(await checked(scenario, { faults: {} })).toMatchObject({ verdict: "pass" });
});
