import { afterAll, expect, test } from "vitest";
import { Checker } from "../harness/check.ts";
import type { Scenario } from "../harness/scenario.ts";
import { boundedWaiting } from "./bounded-waiting.ts";
import { drawnSleep } from "./fixtures/drawn-sleep.ts";
import { sketch } from "./sketch.ts";

const checker = new Checker();
afterAll(() => checker[Symbol.asyncDispose]());

test("runs that differ in their times alone are all judged, and the message counts virtual milliseconds", async () => {
  const found = await checker.check(drawnSleep as unknown as Scenario, { runs: 200, seed: 1, jobs: 1 });
  expect(found).toMatchObject({ verdict: "fail", message: "worker's work() took 5 ms, and 4 is the most" });
});

test("steps are counted up to the end of a wait, or of the history", () => {
  const waits = boundedWaiting({ operation: "get", maxSteps: 3 });
  const history = sketch(`
    c1  1..4   queue.get() = 1
    c2  2..    queue.get()
    p1  5..6   queue.put(2)`);
  expect(waits.check(history)).toEqual({ message: "c2's get() took 4 steps, and 3 is the most", operations: [1] });
});

test("a limit that says nothing, and a history that has no times, are refused with what to do", () => {
  for (const limits of [{}, { maxMs: 1, maxSteps: 1 }, { maxMs: -1 }, { maxSteps: NaN }])
    expect(() => boundedWaiting({ operation: "get", ...limits })).toThrow(
      /was given no limit for "get", or two, or one .* maxMs, in virtual time, or maxSteps\.$/,
    );
  const inTime = boundedWaiting({ operation: "get", maxMs: 3 });
  expect(() => inTime.check(sketch(`c1 1..4 queue.get()`))).toThrow(
    'How long "get" took cannot be told in milliseconds: the history has no times. Let it have `times`, or give boundedWaiting maxSteps',
  );
});
