import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { Checker } from "./check.ts";
import { DataRaceDetector, type RecordedStep } from "./data-race.ts";
import { KIND } from "./engine/kinds.ts";
import type { Scenario } from "./scenario.ts";
import { nameTagUnlocked } from "../scenarios/name-tag.ts";
import * as scenarios from "./fixtures/data-races.ts";

const checker = new Checker();
afterAll(() => checker[Symbol.asyncDispose]());

describe("over real processes", () => {
  test.each([
    scenarios.withoutAnything,
    scenarios.sleptFor,
    scenarios.flagSetTooEarly,
    scenarios.lockOnOneSide,
    scenarios.queueBeforeTheBytes,
  ])("$name is a data race", async (scenario) => {
    const result = await checker.check(scenario, { seed: 1, runs: 200 });
    expect(result).toMatchObject({ verdict: "fail", property: "no-data-race" });
    expect(result.message).toMatch(
      /^(writer|reader) 'copy (into|out of) bytes' \(step \d+\) and (writer|reader) 'copy (into|out of) bytes' \(step \d+\) touch the same bytes/,
    );
    expect(result.counterexample).toMatchObject({ processes: 2, preemptions: 0, minimal: true });
  });

  test.each([
    scenarios.bothUnderTheLock,
    scenarios.flagSetAfterwards,
    scenarios.queueAfterTheBytes,
    scenarios.apart,
    scenarios.bothRead,
  ])("$name is none, in any interleaving", async (scenario) => {
    const result = await checker.check(scenario, { seed: 1, exhaustive: true, preemptions: 2 });
    expect(result).toMatchObject({ verdict: "pass", exhaustive: true });
  });
});

test("a proof tries who finds a word that was written once more with what it held", async () => {
  const result = await checker.check(scenarios.flagSetAgain, { seed: 1, exhaustive: true });
  expect(result).toMatchObject({ verdict: "fail", property: "no-data-race" });
});

test("names both lines of the user's source", async () => {
  const result = await checker.check(nameTagUnlocked as unknown as Scenario, { seed: 1 });
  expect(result.message).toMatch(
    /^writer 'copy into tag' \(name-tag\.ts:\d+, step 1\) and reader 'copy out of tag' \(name-tag\.ts:\d+, step 2\) touch the same bytes/,
  );
});

describe("the order that synchronisation makes", () => {
  const BYTES = 64;
  const WORD = 8;
  const into = (process: number): Sketch => ({ process, kind: KIND.copy, object: BYTES, byteLength: 8, wrote: true });
  const out = (process: number): Sketch => ({ ...into(process), wrote: false });
  const on = (process: number, kind: number, wrote = false): Sketch => ({
    process,
    kind,
    object: WORD,
    byteLength: 0,
    wrote,
  });

  test("is there from a write of a word to whoever reads it", () => {
    expect(race(into(0), on(0, KIND.write, true), on(1, KIND.read), out(1))).toBe(0);
    expect(race(into(0), on(0, KIND.write, true), out(1), on(1, KIND.read))).toBe(3);
    expect(race(into(0), on(1, KIND.read), on(0, KIND.write, true), out(1))).toBe(4);
  });

  test("is passed on by an update, and cut off by a store of somebody else's", () => {
    expect(race(into(0), on(0, KIND.write, true), on(2, KIND.update, true), on(1, KIND.read), out(1))).toBe(0);
    expect(race(into(0), on(0, KIND.write, true), on(2, KIND.write, true), on(1, KIND.read), out(1))).toBe(5);
  });

  test("does not come from an update that changed nothing", () => {
    expect(race(into(0), on(0, KIND.update, true), on(1, KIND.read), out(1))).toBe(0);
    expect(race(into(0), on(0, KIND.update, false), on(1, KIND.read), out(1))).toBe(4);
  });

  test("comes from being woken, not from time", () => {
    expect(race(into(0), on(0, KIND.wake), on(1, KIND.resume), out(1))).toBe(0);
    expect(race(into(0), on(0, KIND.wake), on(1, KIND.timeout), out(1))).toBe(4);
    expect(race(into(0), on(1, KIND.sleep), out(1))).toBe(3);
  });

  test("is on any run what reachability along these edges says", () => {
    const step = fc.record({
      process: fc.nat({ max: 2 }),
      kind: fc.constantFrom(KIND.copy, KIND.copy, KIND.read, KIND.write, KIND.update, KIND.wake, KIND.resume),
      object: fc.constantFrom(8, 16),
      byteLength: fc.constantFrom(4, 12),
      wrote: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 14 }), (steps) => {
        expect(race(...steps)).toBe(raceByReachability(steps));
      }),
      { numRuns: 5000 },
    );
  });
});

type Sketch = Omit<RecordedStep, "number">;

/** The number of the first step that races with an earlier one; 0 if none does. */
function race(...steps: readonly Sketch[]): number {
  const detector = new DataRaceDetector(3);
  return 1 + steps.findIndex((step, index) => detector.add({ ...step, number: index + 1 }) > 0);
}

function raceByReachability(steps: readonly Sketch[]): number {
  const before = steps.map((step, index) => {
    const reached = new Set<number>();
    for (let earlier = 0; earlier < index; earlier++) {
      const own = steps[earlier].process === step.process;
      if (own || publishesTo(steps, earlier, index)) reached.add(earlier);
    }
    return reached;
  });
  const isBefore = (earlier: number, later: number): boolean =>
    earlier === later || [...before[later]].some((middle) => isBefore(earlier, middle));
  const races = (earlier: number, later: number): boolean => {
    const [one, other] = [steps[earlier], steps[later]];
    if (one.kind !== KIND.copy || other.kind !== KIND.copy || !(one.wrote || other.wrote)) return false;
    const overlap = one.object < other.object + other.byteLength && other.object < one.object + one.byteLength;
    return overlap && !isBefore(earlier, later);
  };
  return 1 + steps.findIndex((_, later) => steps.slice(0, later).some((__, earlier) => races(earlier, later)));
}

function publishesTo(steps: readonly Sketch[], earlier: number, later: number): boolean {
  const [one, other] = [steps[earlier], steps[later]];
  if (one.object !== other.object) return false;
  if (other.kind === KIND.resume) return one.kind === KIND.wake;
  if (other.kind !== KIND.read && other.kind !== KIND.update) return false;
  const publishes = ({ kind, wrote }: Sketch): boolean => kind === KIND.write || (kind === KIND.update && wrote);
  const between = steps.slice(earlier + 1, later);
  return publishes(one) && !between.some((step) => step.object === one.object && publishes(step));
}
