import { expect, test } from "vitest";
import { KIND } from "../engine/kinds.ts";
import type { ExecutedStep } from "./execution.ts";
import { HappensBefore } from "./happens-before.ts";

test("a death does not race with who is woken by it and then looks who lives", () => {
  expect(
    racesOfLast([step(64, KIND.wait), step(0, KIND.kill), step(64, KIND.resume, { looks: true, enabler: 1 })]),
  ).toEqual([]);
});

test("nor with who is woken by somebody that came after it", () => {
  const steps = [
    step(64, KIND.wait),
    step(0, KIND.kill),
    step(128, KIND.wake),
    step(64, KIND.resume, { looks: true, enabler: 2 }),
  ];
  expect(racesOfLast(steps)).toEqual([]);
});

test("it does with who looks of its own accord", () => {
  expect(racesOfLast([step(0, KIND.kill), step(64, KIND.update, { looks: true })])).toEqual([0]);
});

function racesOfLast(steps: readonly ExecutedStep[]): number[] {
  const order = new HappensBefore();
  for (const one of steps) order.add(one);
  return order.racesOf(steps.length - 1);
}

function step(strand: number, kind: number, more: Partial<ExecutedStep> = {}): ExecutedStep {
  return {
    strand,
    kind,
    object: kind === KIND.kill ? 0 : 8,
    label: 0,
    byteLength: 0,
    guard: null,
    before: 0,
    enabler: -1,
    epoch: 0,
    ...more,
  };
}
