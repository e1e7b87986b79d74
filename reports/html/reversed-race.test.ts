import { expect, test } from "vitest";
import { soldTwice, trace } from "../fixtures/runs.ts";
import { findReversedRace } from "./reversed-race.ts";

const passing = trace([
  ["buyer 1", "read", "read stock", "→ 1", "stock"],
  ["buyer 1", "write", "write stock", "← 0", "stock"],
  ["buyer 2", "read", "read stock", "→ 0", "stock"],
]);

test("the race that went the other way is found in both runs", () => {
  expect(findReversedRace(soldTwice.trace, passing)).toEqual({
    failing: [2, 5],
    passing: [2, 3],
    sentence:
      "Where it fails, buyer 2 does 'read stock' (step 2) before buyer 1 does 'write stock' (step 5); " +
      "where it holds, it is the other way round.",
  });
});

test("two runs in the same order have no reversed race, nor have two reads", () => {
  expect(findReversedRace(soldTwice.trace, soldTwice.trace)).toBeNull();
  const reads = trace([
    ["a", "read", "r", "", "x"],
    ["b", "read", "r", "", "x"],
  ]);
  const swapped = trace([
    ["b", "read", "r", "", "x"],
    ["a", "read", "r", "", "x"],
  ]);
  expect(findReversedRace(reads, swapped)).toBeNull();
});
