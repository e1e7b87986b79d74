import { afterAll, describe, expect, test } from "vitest";
import { Checker } from "../../harness/check.ts";
import { isScenario, type Scenario } from "../../harness/scenario.ts";
import { FORGETFUL } from "./fixtures/forgetful.ts";
import * as survival from "./survival.ts";
import * as survivalSampled from "./survival-sampled.ts";

const checker = new Checker();
afterAll(() => checker[Symbol.asyncDispose]());

const SURVIVORS = Object.entries({ ...survival, ...survivalSampled }).filter((entry): entry is [string, never] =>
  isScenario(entry[1]),
);

describe("deaths and pauses are survived", () => {
  test.each(SURVIVORS)("%s", async (_name, scenario) => {
    const result = await checker.check(scenario as Scenario, { runs: 64, seed: 1, jobs: 1, endOnFailure: true });
    expect({ verdict: result.verdict, message: result.message }).toEqual({ verdict: "pass", message: undefined });
    expect(result.faults).toBeGreaterThan(30);
  });
});

describe("at every step, in every interleaving", () => {
  test.each([
    ["a pause of who holds, and who inherits", survival.heldValueSurvives, { pause: 1 }],
    ["a death of who has the only permit", survival.semaphoreSurvives, { kill: 1 }],
  ] as const)("%s", async (_name, scenario, faults) => {
    const result = await checker.check(scenario as never, { exhaustive: true, seed: 1, faults });
    expect(result).toMatchObject({ verdict: "pass", exhaustive: true });
  });
});

describe("a primitive that forgets one step of its recovery is found, and one death is all that it takes", () => {
  test.each(FORGETFUL)("$primitive forgets $forgets", async ({ scenario, property }) => {
    const result = await checker.check(scenario, { runs: 400, seed: 1, jobs: 1, faults: { kill: 1 } });
    expect(result).toMatchObject({ verdict: "fail", property });
    expect(result.counterexample?.faultList).toMatchObject([{ kind: "kill" }]);
  });
});
