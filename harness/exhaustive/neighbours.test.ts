import { afterAll, expect, test } from "vitest";
import { Checker } from "../check.ts";
import { isStep, KIND } from "../engine/kinds.ts";
import type { FaultBudget } from "../fault.ts";
import type { Scenario } from "../scenario.ts";
import { neighbours, neighboursOnFiles, saysNothing, saysTooLittle } from "./fixtures/neighbours.ts";

const checker = new Checker();
afterAll(() => checker[Symbol.asyncDispose]());

/** Together they have every kind of step, which the test makes sure of. */
const PROGRAMS: readonly (readonly [Scenario, inputs: readonly number[], FaultBudget])[] = [
  [neighbours, Array.from({ length: 60 }, (_, index) => index + 1), {}],
  [neighboursOnFiles, [2, 4, 5], {}],
  [neighbours, [2], { kill: 1 }],
  [neighbours, [2], { restart: 1 }],
  [neighbours, [35], { wake: 1 }],
  [neighbours, [1, 2, 3], { pause: 1 }],
  [neighbours, [1], { clock: 1 }],
];

/** What a server does with a request is not under control, so that nothing is proved of scenarios with one. */
const NOT_SWAPPED = ["socket", "message", "receive", "start"];

/** They touch the same word as their neighbour, and swap with it because they found it so that they changed nothing. */
const WITHOUT_EFFECT = ["update", "wait", "wake", "write"].map((kind) => `${kind} without effect`);

test("neighbours that say that they have nothing to do with each other commute, whatever kinds of step they are", async () => {
  const swapped = new Set<string>();
  for (const [scenario, inputs, faults] of PROGRAMS) {
    // Who waits for whom, and whose bytes race, is not what this is about.
    const about = { distrustEvery: 1, property: "no-early-exit" };
    const result = await checker.check(scenario, { exhaustive: true, seed: 1, inputs, faults, ...about });
    expect(result).toMatchObject({ verdict: "pass", exhaustive: true });
    const claim = result.notes.find((note) => note.startsWith("swapping neighbours")) ?? "";
    for (const [, kind] of claim.matchAll(/([a-z ]+) \d+(?=[,)])/g)) swapped.add(kind.trim());
  }
  const kinds = Object.entries(KIND).filter(([name, kind]) => isStep(kind) && !NOT_SWAPPED.includes(name));
  expect([...swapped].sort()).toEqual([...kinds.map(([kind]) => kind), ...WITHOUT_EFFECT].sort());
});

test.each([saysTooLittle, saysNothing])("steps that say less than they do are caught: $name", async (scenario) => {
  const result = await checker.check(scenario, { exhaustive: true, seed: 1, distrustEvery: 1, inputs: [1] });
  expect(result.verdict).toBe("error");
  expect(result.message).toMatch(/nothing to do with each other.*Look for shared memory/);
});
