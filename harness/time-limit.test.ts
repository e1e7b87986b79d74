import { afterAll, expect, test } from "vitest";
import { ticketRushLocked } from "../scenarios/ticket-rush.ts";
import { Checker } from "./check.ts";
import type { Coverage } from "./coverage.ts";
import type { Scenario } from "./scenario.ts";

const checker = new Checker();
afterAll(() => checker[Symbol.asyncDispose]());

const locked = ticketRushLocked as unknown as Scenario;

test("a search whose time is over keeps what it has seen, and says how far it came", { timeout: 60_000 }, async () => {
  // Its processes are there before; the limit is far behind the first runs and far ahead of the last.
  await checker.check(locked, { seed: 1, runs: 32, jobs: 1 });
  const result = await checker.check(locked, { seed: 1, runs: 100_000_000, jobs: 1, timeLimitMs: 1500 });
  expect(result).toMatchObject({ verdict: "pass", exhaustive: false });
  expect(result.notes).toEqual([`the time limit of 1500 ms ended the search after ${result.runs} of 100000000 runs`]);
  const { runs, behaviours, newBehaviourChance, newBehaviourChanceMax } = result.coverage as Coverage;
  expect(runs).toBeGreaterThan(0);
  expect(runs).toBeLessThanOrEqual(result.runs);
  expect(behaviours).toBeGreaterThan(0);
  expect(newBehaviourChanceMax).toBeGreaterThanOrEqual(newBehaviourChance);
});

test("one whose time is over before a run was done is no success", { timeout: 60_000 }, async () => {
  const result = await checker.check(locked, { seed: 1, timeLimitMs: 1 });
  expect(result).toMatchObject({ verdict: "error", property: "time-limit", runs: 0 });
  expect(result.message).toMatch(/explored no schedule within 1 ms \(limit: timeLimitMs\).* Give it more time/);
});
