import { describe, expect, test } from "vitest";
import { forget, looksAt, objectsOf, PERIOD_MAX, remember, roundOf, ROUNDS_IN_VAIN, WATCH_SIZE } from "./look-loop.ts";

const OWN = 5;

function watched(steps: readonly number[]): Float64Array {
  const watch = new Float64Array(OWN + WATCH_SIZE);
  for (const step of steps) remember(watch, OWN, step, step * 8);
  return watch;
}

function rounds(count: number, period: number): number[] {
  return Array.from({ length: count * period }, (_, index) => 1 + (index % period));
}

describe.each(Array.from({ length: PERIOD_MAX }, (_, index) => 1 + index))("rounds of %i steps", (period) => {
  test("are a loop after so many of them, as another one begins", () => {
    expect(roundOf(watched(rounds(ROUNDS_IN_VAIN, period)), OWN, 1)).toBe(period);
    expect(roundOf(watched([9, 9, ...rounds(ROUNDS_IN_VAIN, period)]), OWN, 1)).toBe(period);
    expect(objectsOf(watched(rounds(ROUNDS_IN_VAIN, period)), OWN, period).toSorted((a, b) => a - b)).toEqual(
      rounds(1, period).map((step) => step * 8),
    );
  });

  test("are none if one step is missing, if the next is another, or if what they look at has changed", () => {
    const steps = rounds(ROUNDS_IN_VAIN, period);
    expect(roundOf(watched(steps.slice(1)), OWN, 1)).toBe(0);
    expect(roundOf(watched(steps), OWN, 99)).toBe(0);
    const changed = watched(steps);
    forget(changed, OWN);
    expect(roundOf(changed, OWN, 1)).toBe(0);
  });
});

test("whoever is asked for more rounds waits later", () => {
  expect(roundOf(watched(rounds(4, 2)), OWN, 1, 5)).toBe(0);
  expect(roundOf(watched(rounds(5, 2)), OWN, 1, 5)).toBe(2);
});

test("only the steps that are kept count as looked at", () => {
  expect(looksAt(watched([1, 2]), OWN, 8)).toBe(true);
  expect(looksAt(watched([1, 2]), OWN, 24)).toBe(false);
  expect(looksAt(watched([1, ...rounds(ROUNDS_IN_VAIN * PERIOD_MAX, 1).map(() => 2)]), OWN, 8)).toBe(false);
});
