import { afterAll, expect, test } from "vitest";
import { Checker } from "../harness/check.ts";
import type { Scenario } from "../harness/scenario.ts";
import { threadedCounter } from "./threaded-counter.ts";

const checker = new Checker();

afterAll(() => checker[Symbol.asyncDispose]());

test(
  "two threads that a module starts lose a count: found, made small, and the same in each of 100 replays",
  { timeout: 180_000 },
  async () => {
    const scenario = threadedCounter as unknown as Scenario;
    const { verdict, counterexample } = await checker.check(scenario, { seed: 1, runs: 200 });
    expect(verdict).toBe("fail");
    expect(counterexample).toMatchObject({ processes: 1, operations: 1, preemptions: 1, minimal: true });
    const places = counterexample?.trace.filter(({ kind }) => kind === "file").map(({ source }) => source);
    expect(new Set(places)).toEqual(new Set([expect.stringMatching(/threaded-counter\/thread\.cjs:5$/)]));
    const again = await checker.replay(scenario, counterexample?.token ?? "", { times: 100 });
    expect(again.notes).toContain("replayed 100 times: each step was the same");
    expect(again.counterexample?.trace).toEqual(counterexample?.trace);
  },
);
