import * as fc from "fast-check";
import { expect, test } from "vitest";
import { readInput, writeInput } from "./input-text.ts";

test("plain data comes back as it was, in one line", () => {
  const plain = fc.anything({ withBigInt: true, withNullPrototype: false, withSparseArray: false });
  fc.assert(
    fc.property(plain, (value) => {
      const text = writeInput(value);
      expect(text).not.toContain("\n");
      expect((readInput(text) ?? { value }).value).toEqual(value);
    }),
    { numRuns: 300 },
  );
});

test.each([undefined, null, -0, Number.NaN, Number.NEGATIVE_INFINITY, 12n, { a: [undefined, { b: "n" }] }])(
  "%s is plain data",
  (value) => {
    expect(readInput(writeInput(value))).toEqual({ value });
  },
);

test("what is no plain data is described", () => {
  expect(writeInput(new Map([[1, "a"]]))).toBe("<Map(1) { 1 => 'a' }>");
  expect(readInput("<Map(1) { 1 => 'a' }>")).toBeNull();
  expect(readInput(writeInput({ $: "7n" }))).toBeNull();
});

test("what is neither is an error", () => {
  expect(() => readInput("{oops")).toThrow(SyntaxError);
});
