import { afterAll, expect, test } from "vitest";
import { Checker } from "./check.ts";
import * as scenarios from "./fixtures/liveness.ts";
import type { CheckOptions } from "./options.ts";
import type { Result } from "./result.ts";
import type { Scenario } from "./scenario.ts";
import { decodeToken, encodeToken } from "./token.ts";

const checker = new Checker();
afterAll(() => checker[Symbol.asyncDispose]());

async function checked(name: keyof typeof scenarios, options: CheckOptions = {}): Promise<Result> {
  const scenario = scenarios[name] as unknown as Scenario;
  return await checker.check(scenario, { runs: 300, seed: 1, jobs: 1, stepsMax: 1000, ...options }, name);
}

test("a deadlock is told with its circle: who waits for what, and who has it", async () => {
  const { property, message, counterexample } = await checked("threeForks");
  expect(property).toBe("no-deadlock");
  expect(counterexample?.liveness).toEqual({
    kind: "deadlock",
    circle: [
      { process: "philosopher 1", object: "forks[1]", holder: "philosopher 2" },
      { process: "philosopher 2", object: "forks[2]", holder: "philosopher 3" },
      { process: "philosopher 3", object: "forks[0]", holder: "philosopher 1" },
    ],
  });
  expect(message).toMatch(
    /^nobody can move, in a circle: philosopher 1 waits for forks\[1\] in acquire, which philosop/,
  );
});

test("the circle is found, too, where the locks are words of the user's own", async () => {
  const { counterexample, message } = await checked("bareLocks");
  expect(counterexample).toMatchObject({ minimal: true, steps: 2, liveness: { kind: "deadlock" } });
  expect(message).toMatch(/first waits for right, which second has; second waits for left, which first has/);
});

test("who would get through if he were woken has lost his wake-up; who would only look again has not", async () => {
  const lost = await checked("bellThatLeavesNoTrace");
  expect(lost).toMatchObject({ property: "no-deadlock", counterexample: { liveness: { kind: "lost-wake-up" } } });
  expect(lost.message).toMatch(/^lost wake-up: sleeper fell asleep at bell \(step 5\)/);
  const waiting = await checked("nobodyComes");
  expect(waiting).toMatchObject({ property: "no-deadlock", message: "nobody can move: sleeper waits for ready" });
  expect(waiting.counterexample?.liveness).toBeUndefined();
});

test("a livelock is told with its loop, cut off after three rounds, and its token replays it", async () => {
  for (const name of ["afterYou", "busyWaiting"] as const) {
    const { property, counterexample } = await checked(name);
    expect(property).toBe("no-livelock");
    const { liveness, steps = 0, token = "" } = counterexample ?? {};
    expect(liveness).toMatchObject({ kind: "livelock", loop: { processes: ["walker 1", "walker 2"] } });
    expect(steps).toBeLessThan(40);
    const again = await checker.replay(scenarios[name] as unknown as Scenario, token, { times: 3 });
    expect(again).toMatchObject({ verdict: "fail", property, counterexample: { steps } });
  }
});

test("who is overtaken without end starves", async () => {
  const { property, message, counterexample } = await checked("favourite");
  expect(property).toBe("no-starvation");
  expect(counterexample?.liveness).toMatchObject({ kind: "starvation", victim: "other" });
  expect(message).toMatch(/other has been waiting since it called pass \(step \d+\), while favourite got through 20 /);
});

test("a run that is only long is none of these", async () => {
  const { property, message } = await checked("longRun", { endOnFailure: true });
  expect(property).toBe("no-endless-run");
  expect(message).toMatch(/did not end within 1000 steps \(limit: stepsMax\).* it may be only long$/);
});

test("a loop that a counter of its own ends is no livelock: it is followed to its end", async () => {
  const { property, message, counterexample } = await checked("looksForLong");
  expect(property).toBe("no-endless-run");
  expect(message).toMatch(/limit: stepsMax\)\. Up to there the same happened over and over, but not for ever/);
  expect(counterexample?.liveness).toBeUndefined();
});

test("a livelock is only made as small as it goes on for all of stepsMax", async () => {
  const { property, counterexample } = await checked("looksAsOftenAsItIsTold", { examples: [{ looks: 10_000 }] });
  expect(property).toBe("no-livelock");
  const { input, steps } = counterexample as { input: { looks: number }; steps: number };
  expect(input.looks).toBeGreaterThan(400);
  expect(steps).toBeLessThan(20);
});

test("a livelock that now gives up after some tries is none any more: its token holds", async () => {
  const { counterexample } = await checked("looksAsOftenAsItIsTold", { examples: [{ looks: 10_000 }] });
  const { scenario, value } = decodeToken(counterexample?.token ?? "");
  const mended = encodeToken(scenario, { ...value, input: { looks: 30 } });
  const again = await checker.replay(scenarios.looksAsOftenAsItIsTold as unknown as Scenario, mended);
  expect(again).toMatchObject({ verdict: "pass" });
});

test("what nearly comes to no end, and does, holds", async () => {
  for (const name of ["threeForksInOrder", "bellThatCounts", "afterYouForAWhile"] as const) {
    expect(await checked(name)).toMatchObject({ verdict: "pass" });
  }
});
