import { afterAll, describe, expect, test } from "vitest";
import { Checker } from "../check.ts";
import type { Scenario } from "../scenario.ts";
import { addedByChildren, family } from "./fixtures/children.ts";
import * as tour from "./fixtures/family-tour.ts";

const checker = new Checker();
const TAKES_LONG = { timeout: 120_000 };

afterAll(() => checker[Symbol.asyncDispose]());

test.each(Object.values(tour).map((scenario) => [scenario.name as string, scenario]))(
  "processes that a program starts are as in Node: %s",
  async (name, scenario) => {
    const result = await checker.check(scenario as unknown as Scenario, { seed: 1, jobs: 1, runs: 8 }, name);
    expect(result.verdict === "pass" ? "" : `${result.property}: ${result.message}`).toBe("");
  },
);

const adding = addedByChildren as unknown as Scenario;

test("a race between two forked processes is found, and is the same in each of 100 replays", TAKES_LONG, async () => {
  const options = { seed: 1, jobs: 1, runs: 100, inputs: [{ workers: 2, times: 1 }], endOnFailure: true };
  const found = await checker.check(adding, options);
  expect(found).toMatchObject({ verdict: "fail", property: "every-add-counts" });
  expect(found.counterexample?.ends).toEqual([
    { process: "main", role: "main", end: "finished", reason: "" },
    { process: "adder.cjs of main", role: "adder.cjs", end: "finished", reason: "", startedBy: "main" },
    { process: "adder.cjs of main 2", role: "adder.cjs", end: "finished", reason: "", startedBy: "main" },
  ]);
  const again = await checker.replay(adding, found.counterexample?.token ?? "", { times: 100 });
  expect(again.verdict).toBe("fail");
  expect(again.counterexample?.trace).toEqual(found.counterexample?.trace);
});

test("of one child that adds every interleaving is proved, none of them left out", TAKES_LONG, async () => {
  const options = { seed: 1, jobs: 1, exhaustive: true, runs: 20_000, inputs: [{ workers: 1, times: 1 }] };
  const result = await checker.check(adding, options);
  expect(result).toMatchObject({ verdict: "pass", exhaustive: true });
});

test.each(["kill", "restart", "pause"])(
  "with faults of the kind %s, every third run of a family is the same when it is done again",
  TAKES_LONG,
  async (kind) => {
    const options = { seed: 3, jobs: 1, runs: 60, distrustEvery: 3, faults: { [kind]: 1 }, property: "no-early-exit" };
    const { verdict, message, faults } = await checker.check(adding, options);
    expect({ verdict, message }).toEqual({ verdict: "pass", message: undefined });
    expect(faults).toBeGreaterThan(10);
  },
);

test.each(["loops at once", "loops when told"])(
  "a child that reaches no scheduling point is named, and neither its parent nor another child: %s",
  TAKES_LONG,
  async (input) => {
    const options = { seed: 1, jobs: 1, runs: 4, inputs: [input], endOnFailure: true, watchdogMs: 2000 };
    const result = await checker.check(family as unknown as Scenario, options);
    expect(result).toMatchObject({ verdict: "fail", property: "no-endless-run" });
    expect(result.message).toMatch(/^looper.cjs of main reached no scheduling point/);
  },
);

describe("what a family cannot do is said", () => {
  test.each([
    ["waits for ever", "fail", "no-deadlock", /sleeper.cjs of main waits to hear from another process/],
    [
      "starts without end",
      "error",
      "scenario",
      /main .*starts more than 16 processes and threads in one run \(limit: childrenMax\)/,
    ],
    ["fails", "fail", "no-uncaught-error", /adder.cjs of main failed: TypeError/],
    ["of the run", "error", "scenario", /a file in the run's folder \(made.cjs\)/],
    ["other", "error", "scenario", /child_process\.spawn is called, which would run beside/],
  ])("%s", TAKES_LONG, async (input, verdict, property, says) => {
    const options = { seed: 1, jobs: 1, runs: 4, inputs: [input], endOnFailure: true };
    const result = await checker.check(family as unknown as Scenario, options);
    expect({ verdict: result.verdict, property: result.property }).toEqual({ verdict, property });
    expect(result.message).toMatch(says);
  });
});
