import { afterAll, expect, test } from "vitest";
import { Checker } from "../../harness/check.ts";
import type { Scenario } from "../../harness/scenario.ts";
import { stackForAQueue } from "./fixtures/stack-for-a-queue.ts";
import { MUTANTS } from "./fixtures/mutants.ts";

const checker = new Checker();
afterAll(() => checker[Symbol.asyncDispose]());

const scenarioOf = (mutant: string, name: string): Scenario =>
  MUTANTS.find((other) => other.name === mutant)!.scenarios.find((other) => other.name === name)!;
const own = (scenario: object): Scenario => scenario as Scenario;

/** Wrong primitives that a property finds by itself, whatever other properties would say. */
test.each([
  ["mutual-exclusion", scenarioOf("LockTakenInTwoSteps", "lock-mutual-exclusion")],
  ["fifo", own(stackForAQueue)],
  ["producer-fifo", own(stackForAQueue)],
  ["exactly-once", scenarioOf("QueueReadsWithoutLock", "queue-fifo")],
  ["no-loss", scenarioOf("JoinableQueueForgetsOthers", "joinable-queue-fifo")],
  ["no-invention", scenarioOf("QueuePublishesTooEarly", "queue-fifo")],
  ["no-lost-notification", scenarioOf("ConditionNotifiesInSilence", "condition-no-lost-notification")],
  ["barrier-rounds", scenarioOf("BarrierOneShort", "barrier-rounds")],
  ["join-completeness", scenarioOf("JoinableQueueJoinsWhenEmpty", "joinable-queue-join")],
  ["linearizable", scenarioOf("SemaphoreOffByOne", "semaphore-no-lost-wake-up")],
])("%s catches a wrong primitive", async (property, scenario) => {
  const options = { runs: 300, seed: 1, jobs: 1, endOnFailure: true, property };
  expect(await checker.check(scenario, options)).toMatchObject({ verdict: "fail", property });
});
