import { afterAll, describe, expect, test } from "vitest";
import { Checker } from "../harness/check.ts";
import type { Scenario } from "../harness/scenario.ts";
import { isScenario } from "../harness/scenario.ts";
import { MODEL_MUTANTS } from "./fixtures/model-mutants.ts";
import type { Program, ProgramCall } from "../properties/program.ts";
import * as models from "./models.ts";
import { stackCheckThenSet, stackTreiber } from "./stack.ts";

const checker = new Checker();
afterAll(() => checker[Symbol.asyncDispose]());

describe("a seeded bug is found by programs that nobody wrote", () => {
  test.each(MODEL_MUTANTS)("$name", async ({ scenarios }) => {
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
  expect(counterexample).toMatchObject({ processes: 2, operations: 3, preemptions: 1, minimal: true });
  expect(counterexample!.input).toEqual({ prefix: [], parallel: [[["push", 1], ["pop"]], [["pop"]]], suffix: [] });
  const again = await checker.replay(wrong, counterexample!.token);
  expect(again.counterexample!.trace).toEqual(counterexample!.trace);
});

test("what is certified of it is true: no smaller program fails in any interleaving, and none of its size without preemption", async () => {
  const wrong = stackCheckThenSet as unknown as Scenario;
  const options = { exhaustive: true, seed: 1, jobs: 1 };
  const sizes = [1, 2, 3].flatMap((calls) => [programsOf(1, calls), calls < 3 ? programsOf(2, calls) : []]);
  const smaller = sizes.flat();
  expect(smaller.length).toBe(18);
  const all = await checker.check(wrong, { ...options, inputs: smaller });
  expect(all).toMatchObject({ verdict: "pass", exhaustive: true });
  const equal = programsOf(2, 3);
  expect(equal.length).toBe(32);
  const withoutPreemption = await checker.check(wrong, { ...options, inputs: equal, preemptions: 0 });
  expect(withoutPreemption).toMatchObject({ verdict: "pass", exhaustive: true });
  expect(await checker.check(wrong, { ...options, inputs: equal, preemptions: 1 })).toMatchObject({ verdict: "fail" });
});

/** All programs of one process, and of two, with so many calls in all. */
function programsOf(processes: number, operations: number): Program[] {
  const lists: ("push" | "pop")[][] = [[]];
  for (let call = 0; call < operations; call++)
    lists.push(
      ...lists
        .filter(({ length }) => length === call)
        .flatMap((list): typeof lists => [
          [...list, "push"],
          [...list, "pop"],
        ]),
    );
  let value = 0;
  const calls = (names: readonly string[]) =>
    names.map((name): ProgramCall => (name === "push" ? [name, ++value] : [name]));
  return lists
    .filter(({ length }) => length === operations)
    .flatMap((names) => {
      const cuts = processes === 1 ? [[0, operations, operations]] : cutsOf(operations);
      return cuts.map(([prefix, first, second]) => {
        value = 0;
        return {
          prefix: calls(names.slice(0, prefix)),
          parallel: [calls(names.slice(prefix, first)), calls(names.slice(first, second))].slice(0, processes),
          suffix: calls(names.slice(second)),
        };
      });
    });
}

/** Where prefix, first and second process end; both of these call something. */
function cutsOf(operations: number): number[][] {
  const cuts: number[][] = [];
  for (let prefix = 0; prefix <= operations; prefix++)
    for (let first = prefix + 1; first <= operations; first++)
      for (let second = first + 1; second <= operations; second++) cuts.push([prefix, first, second]);
  return cuts;
}

test("the same stack with a compare-and-exchange holds", async () => {
  const { verdict } = await checker.check(stackTreiber as unknown as Scenario, { runs: 500, seed: 1, jobs: 1 });
  expect(verdict).toBe("pass");
});
