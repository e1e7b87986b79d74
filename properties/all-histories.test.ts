import { expect, test } from "vitest";
import { allHistories, shapesOf } from "./all-histories.ts";

const WAIT = { operation: "wait", args: [], result: undefined };

test("there are as many orders of intervals as Fishburn counted", () => {
  expect([1, 2, 3, 4, 5].map((count) => shapesOf(count).length)).toEqual([1, 2, 5, 15, 53]);
});

test("two operations overlap or not, and those at the end may be pending", () => {
  const lengths = [...allHistories(2, 3, () => [WAIT], false)].map(
    (operations) => operations.filter(({ outcome }) => outcome === "pending").length,
  );
  expect(lengths.sort()).toEqual([0, 0, 1, 1, 1, 2]);
});

test("one after the other may be by one client or by two, and at the same time by two only", () => {
  const callers = [...allHistories(2, 3, () => [WAIT])]
    .filter((operations) => operations.every(({ outcome }) => outcome === "returned"))
    .map((operations) => operations.map(({ process }) => process).join());
  expect(callers.sort()).toEqual(["c0,c0", "c0,c1", "c0,c1"]);
});
