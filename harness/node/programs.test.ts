import { afterAll, expect, test } from "vitest";
import { Checker } from "../check.ts";
import type { Scenario } from "../scenario.ts";
import { countedByPrograms, withAddon } from "./fixtures/programs.ts";

const checker = new Checker();

afterAll(() => checker[Symbol.asyncDispose]());

test("a program that is waited for is one step, in the run's folder; a race between two such steps is found and confirmed", async () => {
  const result = await checker.check(countedByPrograms as unknown as Scenario, {
    seed: 1,
    runs: 100,
    endOnFailure: true,
  });
  expect(result).toMatchObject({ verdict: "fail", property: "every-add-counts" });
  expect(result.partlyControlled).toMatchObject({ used: ["other programs"], confirmedBy: 5 });
  const steps = result.counterexample?.trace.filter(({ kind }) => kind === "step");
  expect(steps?.map(({ label, detail }) => `${label} ${detail}`)).toEqual(
    expect.arrayContaining(["run cat → exit 0", "run echo → exit 0", "run sh → exit 3"]),
  );
});

test("a native addon is named, and nothing is proved about it", async () => {
  const scenario = withAddon as unknown as Scenario;
  const result = await checker.check(scenario, { seed: 1, exhaustive: true, runs: 4 });
  expect(result.verdict).toBe("pass");
  expect(result.exhaustive).toBe(false);
  expect(result.partlyControlled?.used).toEqual([expect.stringMatching(/^native addons \(koffi\.node\)$/)]);
  expect(result.notes.join()).toMatch(/this is no proof/);
});
