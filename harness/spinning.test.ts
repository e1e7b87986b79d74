import { afterAll, expect, test } from "vitest";
import { Checker } from "./check.ts";
import * as scenarios from "./fixtures/spinning.ts";
import type { CheckOptions } from "./options.ts";
import type { Result } from "./result.ts";
import type { Scenario } from "./scenario.ts";

const checker = new Checker();
afterAll(() => checker[Symbol.asyncDispose]());

function checked(name: keyof typeof scenarios, options: CheckOptions): Promise<Result> {
  return checker.check(scenarios[name] as unknown as Scenario, { seed: 1, ...options });
}

test("a loop that looks at two words is an await of either: what waits so can be proved", async () => {
  const result = await checked("waitsForEither", { exhaustive: true });
  expect(result).toMatchObject({ verdict: "pass", exhaustive: true });
  expect(result.notes).toContainEqual(expect.stringMatching(/^all \d+ interleavings hold/));
  expect(result.notes).toContainEqual(expect.stringContaining("looked at the same words in vain"));
});

test("and every way in which it can end is tried", async () => {
  for (const found of ["a", "b", "ab"]) {
    const property = `never-${found}`;
    expect(await checked("findsEither", { exhaustive: true, property })).toMatchObject({ verdict: "fail", property });
  }
});

test.each([0.5, 0.75])("so it is where what is looked at has no room in a word: %d", async (value) => {
  const property = `never-${value}`;
  const result = await checked("findsAFraction", { exhaustive: true, property });
  expect(result).toMatchObject({ verdict: "fail", property });
  const steps = result.counterexample?.trace.map(({ detail }) => detail);
  expect(steps).toEqual(expect.arrayContaining([`← ${value}`, `→ ${value}`]));
});

test("Peterson's algorithm holds", async () => {
  expect(await checked("peterson", { runs: 500 })).toMatchObject({ verdict: "pass", runs: 500 });
});

test.each([{ exhaustive: true }, {}])("who gives way too soon is found, and made small: %o", async (options) => {
  const result = await checked("petersonTooPolite", { ...options, runs: 5000 });
  expect(result).toMatchObject({
    verdict: "fail",
    property: "mutual-exclusion",
    // That more looks in vain make no difference is taken for granted.
    counterexample: { processes: 2, preemptions: 2, minimal: false },
  });
});

test("time passes for who sleeps while the others only look in vain, and not before that", async () => {
  const result = await checked("spinsBesideASleeper", { runs: 300 });
  expect(result).toMatchObject({ verdict: "pass", runs: 300 });
});

test("so it does where every interleaving is tried", async () => {
  const result = await checked("spinsBesideASleeper", { exhaustive: true });
  expect(result).toMatchObject({ verdict: "pass", exhaustive: true });
});

test("a pause ends, too, while the others only look in vain", async () => {
  const result = await checked("spinsBesideAWriter", { runs: 300, faults: { pause: 1 } });
  expect(result).toMatchObject({ verdict: "pass", runs: 300 });
});

test.each(["pct", "surw", "delay-bounded"])(
  "who goes round a loop of looks does not keep the other from moving for long: %s",
  async (strategy) => {
    const { verdict, runs, schedulingPoints } = await checked("spinsRoundThreeWords", { strategy, runs: 100 });
    expect(verdict).toBe("pass");
    expect(schedulingPoints / runs).toBeLessThan(50);
  },
);
