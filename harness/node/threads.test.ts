import { afterAll, describe, expect, test } from "vitest";
import { Checker } from "../check.ts";
import type { Scenario } from "../scenario.ts";
import * as tour from "./fixtures/thread-tour.ts";
import { addedByThreads, refusedOfThreads } from "./fixtures/threads.ts";

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

test("who dies by a fault takes its threads along, and who stands still has them stand still", TAKES_LONG, async () => {
  const ends = new Set<string>();
  for (const kind of ["kill", "restart", "pause"]) {
    const options = { seed: 3, jobs: 1, runs: 60, distrustEvery: 3, faults: { [kind]: 1 }, property: "no-early-exit" };
    const { verdict, message, faults } = await checker.check(adding, options);
    expect({ kind, verdict, message }).toEqual({ kind, verdict: "pass", message: undefined });
    expect(faults).toBeGreaterThan(10);
  }
  const options = { seed: 3, jobs: 1, runs: 60, faults: { kill: 1 }, inputs: [{ threads: 2, times: 2 }] };
  const found = await checker.check(adding, { ...options, endOnFailure: true });
  const { ends: all = [] } = found.counterexample ?? {};
  const dead = all.find(({ process }) => process === "main")?.end === "killed";
  for (const { end, reason } of all) if (dead) ends.add(`${end} ${reason}`);
  expect([...ends].toSorted()).toEqual(["killed SIGKILL", "killed terminated"]);
});

describe("what a thread cannot do is said", () => {
  test.each([
    ["shared memory as data", "error", "scenario", /new Worker .*memory that threads share \(SharedArrayBuffer\)/],
    ["shared memory as message", "error", "scenario", /postMessage .*memory that threads share/],
    ["port", "error", "scenario", /postMessage .*a MessagePort to hand over/],
    ["handle", "error", "scenario", /postMessage .*a Blob/],
    ["environment", "error", "scenario", /new Worker .*SHARE_ENV/],
    ["limits", "error", "scenario", /the option `resourceLimits`/],
    ["options for Node", "error", "scenario", /options for Node \(--expose-gc\)/],
    ["data URL", "error", "scenario", /code in a `data:` URL/],
    ["of the run", "error", "scenario", /a file in the run's folder \(\.\/made.cjs\)/],
    ["standard input", "error", "scenario", /sleeper.cjs is written to its standard input/],
    ["folder", "error", "scenario", /process\.chdir\(deep\) changes the folder of its threads/],
    ["heap", "fail", "no-uncaught-error", /worker\.getHeapSnapshot is not under control/],
    ["broadcast", "fail", "no-uncaught-error", /worker_threads\.BroadcastChannel is not under control/],
    ["waits for ever", "fail", "no-deadlock", /sleeper.cjs of main waits to hear from another process/],
    ["starts without end", "error", "scenario", /more than 16 processes and threads in one run \(limit: childrenMax\)/],
    ["fails unheard", "fail", "no-uncaught-error", /^main failed: TypeError/],
  ])("%s", TAKES_LONG, async (input, verdict, property, says) => {
    const options = { seed: 1, jobs: 1, runs: 4, inputs: [input], endOnFailure: true };
    const result = await checker.check(refusedOfThreads as unknown as Scenario, options);
    expect({ verdict: result.verdict, property: result.property }).toEqual({ verdict, property });
    expect(result.message).toMatch(says);
  });
});
