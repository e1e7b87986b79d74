import { afterAll, describe, expect, test } from "vitest";
import { Checker } from "../harness/check.ts";
import type { Scenario } from "../harness/scenario.ts";
import { isScenario } from "../harness/scenario.ts";
import { MODEL_MUTANTS } from "./fixtures/model-mutants.ts";
import * as models from "./models.ts";
import { stackCheckThenSet, stackTreiber } from "./stack.ts";

const checker = new Checker();
afterAll(() => checker[Symbol.asyncDispose]());

/** What generated programs do not show, because they leave out what it takes; the scenarios of these primitives do. */
const OUT_OF_REACH = [
  "LockBeginsItsTimeAnew", // time-outs
  "QueuePublishesAfterTheEnd", // the end of a queue
  "EventForgetsASet", // a wait that is held up between its first look and its sleep, twice
  "QueuePublishesTooEarly", // messages longer than their header
  "SemaphoreLosesAPermitOnTimeOut", // time-outs
];

describe("a seeded bug is found by programs that nobody wrote", () => {
  const within = MODEL_MUTANTS.filter(({ name }) => !OUT_OF_REACH.includes(name));
  test.each(within)("$name", async ({ scenarios }) => {
    for (const runs of [200, 2000]) {
      for (const scenario of scenarios) {
        const options = { runs, seed: 1, jobs: 1, endOnFailure: true };
        const { verdict, property } = await checker.check(scenario as unknown as Scenario, options);
        if (verdict !== "fail") continue;
        expect(property).toMatch(/^(linearizable|no-needless-wait)$/);
        return;
      }
    }
    expect.fail("it survives");
  });
});

test.each(Object.values<unknown>(models).filter(isScenario))("$name holds", async (scenario) => {
  const { verdict, message } = await checker.check(scenario, { runs: 500, seed: 2, jobs: 1 });
  expect({ verdict, message }).toEqual({ verdict: "pass", message: undefined });
});

test("program and schedule shrink together: three calls and one preemption are left of a stack that moves its top in two steps", async () => {
  const wrong = stackCheckThenSet as unknown as Scenario;
  const { verdict, property, counterexample } = await checker.check(wrong, { seed: 1, jobs: 1 });
  expect({ verdict, property }).toEqual({ verdict: "fail", property: "linearizable" });
  expect(counterexample).toMatchObject({ processes: 2, operations: 3, preemptions: 1 });
  expect(counterexample!.input).toEqual({ prefix: [], parallel: [[["push", 1], ["pop"]], [["pop"]]], suffix: [] });
  const again = await checker.replay(wrong, counterexample!.token);
  expect(again.counterexample!.trace).toEqual(counterexample!.trace);
});

test("the same stack with a compare-and-exchange holds", async () => {
  const { verdict } = await checker.check(stackTreiber as unknown as Scenario, { runs: 500, seed: 1, jobs: 1 });
  expect(verdict).toBe("pass");
});
