import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterAll, expect, test } from "vitest";
import { Checker } from "../harness/check.ts";
import type { Scenario } from "../harness/scenario.ts";
import { documentedFailures } from "./documented-failures.ts";
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

test.each(documentedFailures().map((failure) => [failure.scenario, failure] as const))(
  "%s: the smallest failure in docs/findings.md is one, and has as many steps",
  async (name, { token, steps }) => {
    const scenario = wrong.find((one) => one.name === name) as Scenario;
    const { verdict, property, counterexample } = await checker.replay(scenario, token, { times: 2 });
    expect({ verdict, property, steps: counterexample?.steps }).toEqual({
      verdict: "fail",
      property: scenario.violates?.[0],
      steps,
    });
  },
  TEST_MS_MAX,
);

test("docs/findings.md has a smallest failure of every case that fails, and of no other one", () => {
  expect(
    documentedFailures()
      .map(({ scenario }) => scenario)
      .toSorted(),
  ).toEqual(wrong.map(({ name = "" }) => name).toSorted());
});

test.each(right.map((scenario) => [scenario.name, scenario] as const))(
  "%s holds, and each run is the same when it is done again",
  async (_, scenario) => {
    const { verdict, message } = await checker.check(scenario, { runs: 64, seed: 1, distrustEvery: 8 });
    expect({ verdict, message }).toEqual({ verdict: "pass", message: undefined });
  },
  TEST_MS_MAX,
);

test(
  "`npm run cases` says of the cases named what came of them, and refuses what is none",
  async () => {
    const cases = (...args: string[]) =>
      execa(process.execPath, ["--import", LOADER, fileURLToPath(new URL("verify.ts", import.meta.url)), ...args], {
        reject: false,
      });
    const known = await cases("async-lock", "async-sema");
    expect(known.stdout).toMatch(/async-lock .*fails; as found: 20 replays, 0 differ/);
    expect(known.stdout).toMatch(/fails; the smallest: 20 replays, 0 differ/);
    expect(known.stdout).toMatch(/async-sema +64 .*holds; 8 of the runs done again, 0 differ/);
    expect(known.stdout).toContain("All 3 are as expected.");
    expect(known.exitCode).toBe(0);
    const unknown = await cases("no-such-case");
    expect(unknown.stderr).toContain("There is no case no-such-case. Name some of these");
    expect(unknown.exitCode).toBe(2);
  },
  TEST_MS_MAX,
);

const LOADER = fileURLToPath(new URL("../harness/engine/typescript-loader.js", import.meta.url));
