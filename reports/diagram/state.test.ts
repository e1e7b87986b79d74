import { expect, test } from "vitest";
import { lostItem, soldTwice, trace } from "../fixtures/runs.ts";
import { followObjects, valueAt } from "./state.ts";

test("the state of an object is the last value that a step showed of it", () => {
  const [stock] = followObjects(soldTwice.trace);
  expect(stock.object).toBe("stock");
  expect([0, 1, 2, 3, 5, 99].map((step) => valueAt(stock, step)?.value)).toEqual([undefined, "1", "1", "0", "0", "0"]);
  expect(valueAt(stock, 2)?.changed).toBe(false);
  expect(valueAt(stock, 3)?.changed).toBe(true);
});

test("an update shows the value after it, and bytes that were copied show none", () => {
  const timelines = followObjects(lostItem.trace);
  expect(timelines.map(({ object, values }) => [object, values.map(({ value }) => value)])).toEqual([
    ["queue.head", ["1"]],
    ["queue.tail", ["1", "2", "3"]],
    ["queue.count", ["1"]],
  ]);
});

test("a value with arrows in it is read from its first arrow", () => {
  const [text] = followObjects(trace([["a", "write", "write text", '← "a → b"', "text"]]));
  expect(valueAt(text, 1)?.value).toBe('"a → b"');
});

test("each word of an object that has several is followed by itself", () => {
  const run = trace([
    ["a", "update", "update orders (writers)", "free → a", "orders"],
    ["a", "update", "update orders (tail)", "0 → 1", "orders"],
  ]);
  expect(followObjects(run).map(({ object, values }) => [object, values[0].value])).toEqual([
    ["orders (writers)", "a"],
    ["orders (tail)", "1"],
  ]);
});
