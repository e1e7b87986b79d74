import { afterAll, expect, test } from "vitest";
import { Checker } from "../../harness/check.ts";
import { isScenario, type Scenario } from "../../harness/scenario.ts";
import { countedWell } from "../../properties/fixtures/counted-stock.ts";
import { bag, bagQuiescently, bagSequentially } from "../../properties/fixtures/modelled-objects.ts";
import { propertyNames } from "../../properties/fixtures/property-names.ts";
import { ticketRushLocked } from "../ticket-rush.ts";
import { lateComersInLine } from "./fixtures/late-comers.ts";
import { queueOfMortals } from "./fixtures/mortals.ts";
import { REAL } from "./fixtures/mutants.ts";

const RUNS = 96;

const checker = new Checker();
afterAll(() => checker[Symbol.asyncDispose]());

const SCENARIOS = [
  ...REAL.flatMap(({ scenarios }) => scenarios),
  ...[bag, bagSequentially, bagQuiescently, countedWell, lateComersInLine, queueOfMortals, ticketRushLocked].filter(
    isScenario,
  ),
] as readonly Scenario[];

/**
 * What is asked of each scenario: the properties of the guide that it has. Those of queues that claim that nothing is left in them
 * have consumers who live; and what a dead consumer of a JoinableQueue had got and not done comes out once more, to the next one.
 */
const ASKED = SCENARIOS.flatMap((scenario) =>
  scenario.properties
    .filter(({ name }) => propertyNames().includes(name))
    .filter(({ name }) => name !== "no-loss" || scenario.final !== undefined)
    .filter(({ name }) => name !== "exactly-once" || scenario.name !== "joinable-queue-fifo")
    .map(({ name }) => [name, scenario.name!, scenario] as const),
);

test("no property is left out", () =>
  expect([...new Set(ASKED.map(([name]) => name))].sort()).toEqual(propertyNames()));

/** A process dies at any step, one in each run: what it had called may have happened or not, and no property minds. */
test.each(ASKED)("%s holds of %s though processes are killed", async (property, _, scenario) => {
  const options = { runs: RUNS, seed: 1, jobs: 1, endOnFailure: true, faults: { kill: 1 }, property };
  const { verdict, message, faults } = await checker.check(scenario, options);
  expect({ verdict, message }).toEqual({ verdict: "pass", message: undefined });
  expect(faults).toBeGreaterThan(RUNS / 4);
});
