import { afterAll, describe, expect, test } from "vitest";
import { Checker } from "./check.ts";
import * as misbehaving from "./fixtures/misbehaving.ts";
import type { CheckOptions } from "./options.ts";
import type { Scenario } from "./scenario.ts";

const checker = new Checker();
afterAll(() => checker[Symbol.asyncDispose]());

/** What each scenario must come to: verdict, property or kind of trouble, and what the message names. */
const EXPECTED: Record<keyof typeof misbehaving, [string, string, RegExp]> = {
  endlessLoop: ["fail", "no-endless-run", /second reached no scheduling point/],
  endlessSteps: ["fail", "no-livelock", /^livelock: second takes the same steps over and over/],
  leaves: ["fail", "no-early-exit", /second left by process\.exit\(3\)/],
  throws: ["fail", "no-uncaught-error", /second failed: Error: second comes second/],
  throwsOnTheSide: ["fail", "no-uncaught-error", /second failed: Error: nobody awaits this/],
  killsItself: ["fail", "no-process-death", /second died in the middle of the run \(SIGKILL\)/],
  twoLocks: ["fail", "no-deadlock", /first waits for right in acquire, which second holds; second waits for left/],
  awaitsNothing: ["fail", "no-deadlock", /second waits for something that nobody will bring about/],
  sharesByChance: ["error", "scenario", /`shared` built other objects/],
  sharedThrows: ["error", "scenario", /`shared` threw Error: no objects today/],
  finalThrows: ["error", "scenario", /`final` threw Error: nothing is left/],
  nothingShared: ["error", "no-concurrency", /nothing ran concurrently/],
  remembers: ["error", "nondeterministic", /not deterministic: .* at step \d+/],
  usesTheWord: ["pass", "", /^$/],
  usesRealTime: ["pass", "", /^$/],
  prints: ["fail", "no-uncaught-error", /second failed: Error: found/],
  propertyThrows: ["error", "scenario", /the property broken threw TypeError: not with this history/],
  unknownRole: ["error", "scenario", /the role "third", which `roles` does not have/],
  inputThatCannotTravel: ["error", "scenario", /can't be sent to another process/],
};

const OPTIONS: CheckOptions = { runs: 200, seed: 1, watchdogMs: 1000, stepsMax: 2000, jobs: 1 };

describe("a scenario that does what it should not comes to a verdict that says so", () => {
  for (const [name, [verdict, property, message]] of Object.entries(EXPECTED)) {
    test(`${name}: ${verdict} ${property}`, async () => {
      const scenario = misbehaving[name as keyof typeof misbehaving] as unknown as Scenario;
      const result = await checker.check(scenario, OPTIONS, name);
      expect({ verdict: result.verdict, property: result.property ?? "" }).toEqual({ verdict, property });
      expect(result.message ?? "").toMatch(message);
    });
  }
});

test("after any of these the same processes check the next scenario as if nothing had been", async () => {
  for (const scenario of [misbehaving.endlessLoop, misbehaving.killsItself, misbehaving.twoLocks]) {
    await checker.check(scenario as unknown as Scenario, OPTIONS, "bad");
    const good = await checker.check(misbehaving.usesRealTime as unknown as Scenario, OPTIONS, "good");
    expect(good.verdict).toBe("pass");
  }
});

test("two processes that take two locks in opposite orders deadlock with 1 preemption", async () => {
  const result = await checker.check(misbehaving.twoLocks as unknown as Scenario, OPTIONS, "two-locks");
  expect(result.counterexample).toMatchObject({ preemptions: 1, minimal: true });
  expect(result.counterexample?.ends.map(({ end }) => end)).toEqual(["blocked", "blocked"]);
  // Who has a lock, and that others wait, stands there in words.
  const details = result.counterexample?.trace.map(({ detail }) => detail) ?? [];
  expect(details).toEqual(expect.arrayContaining(["free → first", "second → second, waiters", "while first, waiters"]));
});

test("a check that is aborted ends, and says that it did not see everything", async () => {
  await using own = new Checker();
  const controller = new AbortController();
  const checking = own.check(misbehaving.usesTheWord as unknown as Scenario, {
    ...OPTIONS,
    runs: 10_000_000,
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });
  const result = await checking;
  expect(result.runs).toBeLessThan(10_000_000);
});
