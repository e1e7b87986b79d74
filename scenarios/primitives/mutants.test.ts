import { readdirSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { Checker } from "../../harness/check.ts";
import type { Result } from "../../harness/result.ts";
import type { Scenario } from "../../harness/scenario.ts";
import { MUTANTS, REAL } from "./fixtures/mutants.ts";

/** Runs to find a mutant in; each claim gets so many, and a few of them are tried for all claims first. */
const RUNS_PER_CLAIM = [100, 2000];
/** Runs in which the real class must hold. */
const RUNS_OF_THE_REAL = 500;

const checker = new Checker();
afterAll(() => checker[Symbol.asyncDispose]());

test("no module of mutants is left out", async () => {
  const folder = new URL("../../primitives/mutants/", import.meta.url);
  const exported: string[] = [];
  for (const file of readdirSync(folder)) {
    const module = (await import(new URL(file, folder).href)) as Record<string, { readonly name: string }>;
    exported.push(...Object.keys(module).filter((name) => /^[A-Z]/.test(name)));
  }
  expect(MUTANTS.map(({ name }) => name).sort()).toEqual(exported.sort());
});

describe("a seeded bug is found", () => {
  test.each(MUTANTS)("$name", async ({ scenarios }) => {
    const verdicts: string[] = [];
    for (const runs of RUNS_PER_CLAIM) {
      for (const scenario of scenarios) {
        const result = await checked(scenario, runs);
        if (result.verdict === "fail") return;
        verdicts.push(`${scenario.name}: ${result.verdict} (${result.message ?? `${result.runs} runs`})`);
      }
    }
    expect.fail(`it survives ${verdicts.join(", ")}`);
  });
});

test("what is found is shrunk to a certified minimum, also where smaller programs have too many schedules to run them all", async () => {
  const some =
    /^(RLockCountsTwice|EventSetInSilence|BarrierOneTooMany|SimpleQueueForgetsOtherWaiters|SharedBytesOffByOne)$/;
  for (const { name, scenarios } of MUTANTS.filter((mutant) => some.test(mutant.name))) {
    const result = await checker.check(scenarios[0], { runs: 1000, seed: 1, jobs: 1 });
    expect({ name, minimal: result.counterexample?.minimal }).toEqual({ name, minimal: true });
  }
});

describe("the real class holds", () => {
  test.each(REAL)("$name", async ({ scenarios }) => {
    for (const scenario of scenarios) {
      const result = await checked(scenario, RUNS_OF_THE_REAL);
      expect({ scenario: scenario.name, verdict: result.verdict, message: result.message }).toEqual({
        scenario: scenario.name,
        verdict: "pass",
        message: undefined,
      });
    }
  });
});

function checked(scenario: Scenario, runs: number): Promise<Result> {
  return checker.check(scenario, { runs, seed: 1, jobs: 1, endOnFailure: true });
}
