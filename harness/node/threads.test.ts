import { afterAll, describe, expect, test } from "vitest";
import { Checker } from "../check.ts";
import type { Scenario } from "../scenario.ts";
import * as tour from "./fixtures/thread-tour.ts";
import { addedByThreads, noThreads, refusedOfThreads } from "./fixtures/threads.ts";

const checker = new Checker();
const TAKES_LONG = { timeout: 120_000 };

afterAll(() => checker[Symbol.asyncDispose]());

test.each(Object.values(tour).map((scenario) => [scenario.name as string, scenario]))(
  "threads that a program starts are as in Node: %s",
  TAKES_LONG,
  async (name, scenario) => {
    const result = await checker.check(scenario as unknown as Scenario, { seed: 1, jobs: 1, runs: 8 }, name);
    expect(result.verdict === "pass" ? "" : `${result.property}: ${result.message}`).toBe("");
  },
);

const adding = addedByThreads as unknown as Scenario;

test(
  "a race between two threads and their parent is found, and is the same in each of 100 replays",
  TAKES_LONG,
  async () => {
    const options = { seed: 1, jobs: 1, runs: 100, inputs: [{ threads: 2, times: 1 }], endOnFailure: true };
    const found = await checker.check(adding, options);
    expect(found).toMatchObject({ verdict: "fail", property: "every-add-counts" });
    expect(found.counterexample?.ends).toEqual([
      { process: "main", role: "main", end: "finished", reason: "" },
      { process: "adder.cjs of main", role: "adder.cjs", end: "finished", reason: "", startedBy: "main", thread: 1 },
      { process: "adder.cjs of main 2", role: "adder.cjs", end: "finished", reason: "", startedBy: "main", thread: 2 },
    ]);
    const again = await checker.replay(adding, found.counterexample?.token ?? "", { times: 100 });
    expect(again.verdict).toBe("fail");
    expect(again.notes).toContain("replayed 100 times: each step was the same");
    expect(again.counterexample?.trace).toEqual(found.counterexample?.trace);
  },
);

test(
  "with deaths of their process, every third run of threads is the same when it is done again",
  TAKES_LONG,
  async () => {
    const options = {
      seed: 3,
      jobs: 1,
      runs: 30,
      distrustEvery: 3,
      faults: { kill: 1 },
      property: "threads-die-with-their-process",
    };
    const { verdict, message, faults } = await checker.check(adding, options);
    expect({ verdict, message }).toEqual({ verdict: "pass", message: undefined });
    expect(faults).toBeGreaterThan(5);
  },
);

test("a worker that has played a thread plays a process that is none", TAKES_LONG, async () => {
  const { verdict, message } = await checker.check(noThreads as unknown as Scenario, { seed: 1, jobs: 1, runs: 4 });
  expect({ verdict, message }).toEqual({ verdict: "pass", message: undefined });
});

describe("what a thread cannot do is said", () => {
  test.each([
    ["shared memory as data", "error", "scenario", /new Worker .*memory that threads share \(SharedArrayBuffer\)/],
    ["folder", "error", "scenario", /process\.chdir\(deep\) changes the folder of its threads/],
    ["heap", "fail", "no-uncaught-error", /worker\.getHeapSnapshot is not under control/],
    ["broadcast", "fail", "no-uncaught-error", /worker_threads\.BroadcastChannel is not under control/],
    ["waits for ever", "fail", "no-deadlock", /sleeper.cjs of main waits to hear from another process/],
    ["fails unheard", "fail", "no-uncaught-error", /^main failed: TypeError/],
  ])("%s", TAKES_LONG, async (input, verdict, property, says) => {
    const options = { seed: 1, jobs: 1, runs: 4, inputs: [input], endOnFailure: true };
    const result = await checker.check(refusedOfThreads as unknown as Scenario, options);
    expect({ verdict: result.verdict, property: result.property }).toEqual({ verdict, property });
    expect(result.message).toMatch(says);
  });
});
