import { afterAll, expect, test } from "vitest";
import { Checker } from "../harness/check.ts";
import { CASES } from "./index.ts";

const checker = new Checker();

afterAll(() => checker[Symbol.asyncDispose]());

/** How many runs a failure may take to be found. */
const RUNS_TO_FIND_MAX = 200;
/** Processes have to start, and the machine may have other work. */
const TEST_MS_MAX = 180_000;

const wrong = CASES.filter(({ violates = [] }) => violates.length > 0);
const right = CASES.filter(({ violates = [] }) => violates.length === 0);

test.each(wrong.map((scenario) => [scenario.name, scenario] as const))(
  "%s: the failure is found, and is the same each time",
  async (_, scenario) => {
    const property = (scenario.violates as readonly string[])[0];
    const { verdict, message, counterexample } = await checker.check(scenario, {
      property,
      runs: RUNS_TO_FIND_MAX,
      seed: 1,
      endOnFailure: true,
    });
    expect({ verdict, message }).toEqual({ verdict: "fail", message: expect.any(String) });
    const again = await checker.replay(scenario, counterexample?.token ?? "", { property, times: 20 });
    expect(again.verdict).toBe("fail");
    expect(again.notes).toContain("replayed 20 times: each step was the same");
  },
  TEST_MS_MAX,
);

test.each(right.map((scenario) => [scenario.name, scenario] as const))(
  "%s holds, and each run is the same when it is done again",
  async (_, scenario) => {
    const { verdict, message } = await checker.check(scenario, { runs: 64, seed: 1, distrustEvery: 8 });
    expect({ verdict, message }).toEqual({ verdict: "pass", message: undefined });
  },
  TEST_MS_MAX,
);
