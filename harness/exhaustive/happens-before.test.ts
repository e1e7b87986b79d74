import { describe, expect, test } from "vitest";
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

describe("who awaits a word could have gone on before a step of which it is not known what it leaves there", () => {
  const start = step(64, KIND.read, { after: 0 });
  const awaiting = { awaits: [{ object: 8, value: 0 }], after: 3 };

  test("a copy into it", () => {
    const steps = [start, step(0, KIND.copy, { label: 2, byteLength: 4 }), step(128, KIND.update, { after: 3 })];
    expect(racesOfLast([...steps, step(64, KIND.read, awaiting)])).toEqual([2]);
  });

  test("nor does it matter who goes on or gives up at the word", () => {
    const steps = [
      start,
      step(192, KIND.update, { before: 0, after: 2 }),
      step(0, KIND.timeout),
      step(128, KIND.update, { before: 2, after: 3 }),
    ];
    expect(racesOfLast([...steps, step(64, KIND.read, awaiting)])).toEqual([3]);
  });

  test("but not before the only one that changed it", () => {
    const steps = [start, step(0, KIND.timeout), step(128, KIND.update, { before: 0, after: 3 })];
    expect(racesOfLast([...steps, step(64, KIND.read, awaiting)])).toEqual([]);
  });
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
