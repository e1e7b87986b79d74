import { afterAll, expect, test } from "vitest";
import { Checker } from "../../harness/check.ts";
import type { Scenario } from "../../harness/scenario.ts";
import { countedBadly } from "../../properties/fixtures/counted-stock.ts";
import {
  bagThatForgetsQuiescently,
  bagThatForgetsSequentially,
  latchInSilence,
} from "../../properties/fixtures/modelled-objects.ts";
import { propertyNames } from "../../properties/fixtures/property-names.ts";
import { ticketRushUnsafe } from "../ticket-rush.ts";
import { lateComersFirst, lateComersInLine } from "./fixtures/late-comers.ts";
import { stackForAQueue } from "./fixtures/stack-for-a-queue.ts";
import { MUTANTS } from "./fixtures/mutants.ts";

const checker = new Checker();
afterAll(() => checker[Symbol.asyncDispose]());

const scenarioOf = (mutant: string, name: string): Scenario =>
  MUTANTS.find((other) => other.name === mutant)!.scenarios.find((other) => other.name === name)!;
const own = (scenario: object): Scenario => scenario as Scenario;

/** A wrong primitive, or a wrong use of one, that each property finds by itself, whatever other properties would say. */
const CAUGHT: readonly (readonly [property: string, scenario: Scenario])[] = [
  ["at-most", scenarioOf("SemaphoreTakenInTwoSteps", "semaphore-at-most")],
  ["no-oversell", own(ticketRushUnsafe)],
  ["no-lost-update", own(countedBadly)],
  ["stock-balance", own(countedBadly)],
  ["event-gating", scenarioOf("EventTakesAMarkForTheFlag", "event-no-lost-wake-up")],
  ["pipe-framing", scenarioOf("ConnectionReadsWithoutLock", "pipe-whole-messages")],
  ["bounded-bypass", own(lateComersFirst)],
  ["bounded-waiting", own(lateComersFirst)],
  ["no-needless-wait", own(latchInSilence)],
  ["sequential-consistency", own(bagThatForgetsSequentially)],
  ["quiescent-consistency", own(bagThatForgetsQuiescently)],
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
];

test("no property is left out", () => expect(CAUGHT.map(([property]) => property).sort()).toEqual(propertyNames()));

test.each(CAUGHT)("%s catches what is wrong", async (property, scenario) => {
  const options = { runs: 300, seed: 1, jobs: 1, endOnFailure: true, property };
  expect(await checker.check(scenario, options)).toMatchObject({ verdict: "fail", property });
});

test("who comes first is served first, and waits for those before it alone", async () => {
  const options = { runs: 300, seed: 1, jobs: 1, endOnFailure: true };
  expect(await checker.check(own(lateComersInLine), options)).toMatchObject({ verdict: "pass" });
});
