import { expect, test } from "vitest";
import { operation, soldTwice } from "../fixtures/runs.ts";
import { placeOperations } from "./timeline.ts";

const history = [
  operation(0, "a", "put", 1, 40, { args: [1] }),
  operation(1, "b", "get", 10, 20, { result: 2 }),
  operation(2, "a", "get", 50, null),
  operation(3, "b", "inner", 12, 14, { depth: 1 }),
];

test("operations stand on a line of events, one place each, however far the steps are apart", () => {
  const { bars, processes, length } = placeOperations(history, null);
  expect(bars.map(({ from, to }) => [from, to])).toEqual([
    [0, 3],
    [1, 2],
    [4, 5],
  ]);
  expect([processes, length]).toEqual([["a", "b"], 5]);
  expect(placeOperations(soldTwice.history, null).bars.length).toBe(2);
});

const witness = { operations: [0, 1, 2], order: [0, 2], states: ["[1]", "[]"], blamed: [0, 1], sentence: "" };

test("a witness shows its order inside the bars, never going back, and whom it blames", () => {
  const { bars } = placeOperations(history, witness);
  expect(bars.map(({ rank, blamed, state }) => [rank, blamed, state])).toEqual([
    [1, true, "[1]"],
    [null, true, null],
    [2, false, "[]"],
  ]);
  const points = bars.flatMap(({ point, from, to }) => (point === null ? [] : [[from <= point && point <= to, point]]));
  expect(points).toEqual([
    [true, 0.25],
    [true, 4.25],
  ]);
});
