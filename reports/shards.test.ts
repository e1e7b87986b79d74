import { expect, test } from "vitest";
import type { Result } from "../harness/result.ts";
import type { ResultDocument } from "./document.ts";
import { deadlock, oversold, result, soldTwice } from "./fixtures/runs.ts";
import { compareSize, mergeShards } from "./shards.ts";

const proved = result({ exhaustive: true, strategy: "exhaustive", runs: 20 });

test("shards that each proved their part prove the whole", () => {
  const { document, missing } = mergeShards([shard(1, 2, [proved]), shard(2, 2, [proved])]);
  expect(missing).toEqual([]);
  expect(document.results).toMatchObject([{ verdict: "pass", exhaustive: true, runs: 40, notes: [] }]);
});

test("with a shard missing nothing is proved, and the report says so", () => {
  const { document, missing } = mergeShards([shard(1, 3, [proved]), shard(3, 3, [proved])]);
  expect(missing).toEqual([2]);
  expect(document.results[0]).toMatchObject({
    exhaustive: false,
    notes: ["covered in part: shards 1, 3 of 3 reported it"],
  });
});

test("a failure anywhere is the failure of the whole, and the smallest one is told", () => {
  const large = { ...oversold, scenario: "ticket rush", counterexample: { ...soldTwice, processes: 5 } };
  const small = { ...oversold, scenario: "ticket rush" };
  const { document } = mergeShards([shard(1, 3, [large]), shard(2, 3, [result({})]), shard(3, 3, [small])]);
  expect(document.results).toMatchObject([{ verdict: "fail", runs: 1006, counterexample: { processes: 2 } }]);
});

test("an error is not hidden by the shards that passed", () => {
  const { document } = mergeShards([shard(1, 2, [result({})]), shard(2, 2, [result({ verdict: "error" })])]);
  expect(document.results[0].verdict).toBe("error");
});

test("what does not belong together is not merged", () => {
  expect(() => mergeShards([])).toThrow("There are no results to merge");
  expect(() => mergeShards([shard(1, 2, []), shard(1, 3, [])])).toThrow("shards of different splits (2, 3 parts)");
  expect(() => mergeShards([shard(1, 2, []), { ...shard(2, 2, []), seed: 2 }])).toThrow("different seeds (1, 2)");
  expect(() => mergeShards([shard(1, 2, []), shard(1, 2, [])])).toThrow("Shard 1 of 2 is among the results 2 times");
});

test("of two failures the one with fewer processes is smaller, whatever its length", () => {
  expect(compareSize({ ...deadlock, processes: 2, steps: 100 }, { ...soldTwice, processes: 3, steps: 1 })).toBeLessThan(
    0,
  );
  expect(compareSize(soldTwice, soldTwice)).toBe(0);
});

function shard(index: number, count: number, results: readonly Result[]): ResultDocument {
  return { forkcheck: "0.1.0", seed: 1, shard: { index, count }, results };
}
