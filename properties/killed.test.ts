import { afterAll, expect, test } from "vitest";
import { Checker } from "../harness/check.ts";
import type { Scenario } from "../harness/scenario.ts";
import { accounts, accountsLeftAsTheyAre } from "./fixtures/killed-objects.ts";

const checker = new Checker();
afterAll(() => checker[Symbol.asyncDispose]());
const checked = (scenario: object, options: object = {}) =>
  checker.check(scenario as Scenario, { runs: 300, seed: 1, jobs: 1, endOnFailure: true, ...options });

test("what a killed process had called may have happened or not: an object that repairs what it left holds", async () => {
  const result = await checked(accounts);
  expect(result).toMatchObject({ verdict: "pass" });
  expect(result.faults).toBeGreaterThan(100);
});

test("an object that a killed process left half done is found, with the kill, and holds without one", async () => {
  const { verdict, property, counterexample } = await checked(accountsLeftAsTheyAre, { endOnFailure: false });
  expect({ verdict, property }).toEqual({ verdict: "fail", property: "linearizable" });
  expect(counterexample).toMatchObject({ processes: 2, operations: 2, faultList: [{ kind: "kill" }] });
  const killed = counterexample!.history.filter(({ outcome }) => outcome === "pending");
  expect(killed.map(({ operation }) => operation)).toContain("move");
  expect(await checked(accountsLeftAsTheyAre, { faults: {} })).toMatchObject({ verdict: "pass" });
});
