import { afterAll, describe, expect, test } from "vitest";
import { Checker } from "../../harness/check.ts";
import { isScenario, type Scenario } from "../../harness/scenario.ts";
import { lockThatWaitsForTheDead } from "./fixtures/forgetful.ts";
import * as survival from "./survival.ts";

const checker = new Checker();
afterAll(() => checker[Symbol.asyncDispose]());

const SURVIVORS = Object.entries(survival).filter((entry): entry is [string, never] => isScenario(entry[1]));

describe("deaths and pauses are survived", () => {
  test.each(SURVIVORS)("%s", async (_name, scenario) => {
    const result = await checker.check(scenario as Scenario, { runs: 96, seed: 1, jobs: 1, endOnFailure: true });
    expect({ verdict: result.verdict, message: result.message }).toEqual({ verdict: "pass", message: undefined });
    expect(result.faults).toBeGreaterThan(40);
  });
});

test("a lock that forgets to take over from the dead is found, and one death among two is all that it takes", async () => {
  const result = await checker.check(lockThatWaitsForTheDead, { runs: 200, seed: 1, jobs: 1 });
  expect(result).toMatchObject({ verdict: "fail", property: "no-deadlock" });
  expect(result.counterexample).toMatchObject({ processes: 2, faults: 1, faultList: [{ kind: "kill" }] });
});
