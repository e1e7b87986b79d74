import { afterAll, expect, test } from "vitest";
import { Checker } from "../harness/check.ts";
import { CASES } from "./index.ts";

const checker = new Checker();

afterAll(() => checker[Symbol.asyncDispose]());

/** How many runs a failure may take to be found. */
const RUNS_TO_FIND_MAX = 200;

const wrong = CASES.filter(({ violates = [] }) => violates.length > 0);
const right = CASES.filter(({ violates = [] }) => violates.length === 0);

test.each(wrong.map((scenario) => [scenario.name, scenario] as const))(
  "%s: the failure is found, made small, and is the same each time",
  async (_, scenario) => {
    const property = (scenario.violates as readonly string[])[0];
    const { verdict, message, counterexample } = await checker.check(scenario, {
      property,
      runs: RUNS_TO_FIND_MAX,
      seed: 1,
    });
    expect({ verdict, message }).toEqual({ verdict: "fail", message: expect.any(String) });
    expect(counterexample?.minimal).toBe(true);
    const again = await checker.replay(scenario, counterexample?.token ?? "", { property, times: 20 });
    expect(again.verdict).toBe("fail");
    expect(again.notes).toEqual(["replayed 20 times: each step was the same"]);
  },
);

test.each(right.map((scenario) => [scenario.name, scenario] as const))("%s holds", async (_, scenario) => {
  const { verdict, message } = await checker.check(scenario, { runs: 100, seed: 1, distrustEvery: 10 });
  expect({ verdict, message }).toEqual({ verdict: "pass", message: undefined });
});
