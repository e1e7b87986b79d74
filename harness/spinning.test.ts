import { afterAll, expect, test } from "vitest";
import { Checker } from "./check.ts";
import { peterson, petersonTooPolite, spinsBesideASleeper, spinsBesideAWriter } from "./fixtures/spinning.ts";

const checker = new Checker();
afterAll(() => checker[Symbol.asyncDispose]());

test("a loop that looks at two words is an await of either: what waits so can be proved", async () => {
  const result = await checker.check(peterson, { exhaustive: true, seed: 1, runs: 20_000 });
  expect(result).toMatchObject({ verdict: "pass", exhaustive: true });
  expect(result.notes).toContainEqual(expect.stringMatching(/^all \d+ interleavings hold/));
  expect(result.notes).toContainEqual(expect.stringContaining("looked at the same words in vain"));
});

test.each([{ exhaustive: true }, {}])("and what waits wrongly is found, and made small: %o", async (options) => {
  const result = await checker.check(petersonTooPolite, { ...options, seed: 1, runs: 5000 });
  expect(result).toMatchObject({
    verdict: "fail",
    property: "mutual-exclusion",
    // That more looks in vain make no difference is taken for granted.
    counterexample: { processes: 2, preemptions: 2, minimal: false },
  });
});

test("time passes for who sleeps while the others only look in vain, and not before that", async () => {
  const result = await checker.check(spinsBesideASleeper, { seed: 1, runs: 300 });
  expect(result).toMatchObject({ verdict: "pass", runs: 300 });
});

test("so it does where every interleaving is tried", async () => {
  const result = await checker.check(spinsBesideASleeper, { seed: 1, exhaustive: true });
  expect(result).toMatchObject({ verdict: "pass", exhaustive: true });
});

test("a pause ends, too, while the others only look in vain", async () => {
  const result = await checker.check(spinsBesideAWriter, { seed: 1, runs: 300, faults: { pause: 1 } });
  expect(result).toMatchObject({ verdict: "pass", runs: 300 });
});
