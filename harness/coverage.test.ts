import { expect, test } from "vitest";
import { nextDouble, seedRandom } from "./engine/random.ts";
import { BehaviourCounter, coverageOf } from "./coverage.ts";

test("the estimate is the share of runs that were the only ones of their kind", () => {
  const counter = new BehaviourCounter();
  for (const behaviour of [1, 2, 2, 3, 3, 3, 4]) counter.add("{}", behaviour);
  expect(coverageOf([counter.counts()])).toMatchObject({
    runs: 7,
    behaviours: 4,
    seenOnce: 2,
    newBehaviourChance: 2 / 7,
  });
});

test("what two lanes saw once each was seen twice", () => {
  const lanes = [new BehaviourCounter(), new BehaviourCounter(), new BehaviourCounter()];
  for (const lane of lanes) lane.add("{}", 5);
  lanes[0].add("{}", 6);
  const coverage = coverageOf(lanes.map((lane) => lane.counts()));
  expect(coverage).toMatchObject({ runs: 4, behaviours: 2, seenOnce: 1 });
});

test("the same order under another input is another behaviour", () => {
  const counter = new BehaviourCounter();
  expect(counter.add("1", 5)).toBe(true);
  expect(counter.add("2", 5)).toBe(true);
  expect(counter.add("2", 5)).toBe(false);
});

test("nothing is promised of no runs", () => {
  expect(coverageOf([])).toMatchObject({ newBehaviourChance: 1, newBehaviourChanceMax: 1 });
});

test("the bound holds in at least 95 of 100 samples from a known distribution", () => {
  const random = new Int32Array(4);
  let held = 0;
  for (let sample = 0; sample < 100; sample++) {
    seedRandom(random, 0, sample);
    const counter = new BehaviourCounter();
    const seen = new Set<number>();
    for (let run = 0; run < 2000; run++) {
      // 1,000 behaviours, the k-th about as likely as 1 / k.
      const behaviour = Math.floor(1000 ** nextDouble(random, 0));
      seen.add(behaviour);
      counter.add("", behaviour);
    }
    let missing = 0;
    for (let k = 1; k < 1000; k++) if (!seen.has(k)) missing += Math.log((k + 1) / k) / Math.log(1000);
    if (missing <= coverageOf([counter.counts()]).newBehaviourChanceMax) held++;
  }
  expect(held).toBeGreaterThanOrEqual(95);
});
