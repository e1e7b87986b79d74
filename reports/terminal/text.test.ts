import { expect, test } from "vitest";
import { cut, duration, pad, printable, widthOf, wrap } from "./text.ts";

test("a wide character counts two cells, a combined one what it looks like", () => {
  expect([widthOf("购票"), widthOf("e\u0301"), widthOf("👩‍👩‍👧"), widthOf("→")]).toEqual([4, 1, 2, 1]);
});

test("padding and cutting count cells", () => {
  expect(pad("购", 4)).toBe("购  ");
  expect(pad("7", 3, "right")).toBe("  7");
  expect(cut("购票成功", 5)).toBe("购票…");
  expect(cut("购票成功", 4)).toBe("购…");
  expect(cut("abc", 0)).toBe("");
});

test("a text is broken between words, and inside one only where it is too long", () => {
  expect(wrap("one two three", 7)).toEqual(["one two", "three"]);
  expect(wrap("abcdefgh ij", 3)).toEqual(["abc", "def", "gh", "ij"]);
  expect(wrap("购票成功了", 4)).toEqual(["购票", "成功", "了"]);
  expect(wrap("in run 7 (5.3 s), or 2 sheep", 13)).toEqual(["in run 7", "(5.3 s), or 2", "sheep"]);
  expect(wrap("", 10)).toEqual([""]);
});

test("what would move the cursor is spelt out", () => {
  expect(printable("a\tb\r\n\u001b[0m\u0000\u2028")).toBe(String.raw`a\tb\r\n\x1b[0m\x00\u2028`);
});

test("a duration has the unit that a person would use", () => {
  expect([0, 0.04, 0.44, 41.4, 999.6, 1234, 59_949, 59_951, 125_000].map((ms) => duration(ms))).toEqual([
    "0 ms",
    "0 ms",
    "0.4 ms",
    "41 ms",
    "1.0 s",
    "1.2 s",
    "59.9 s",
    "1 min 0 s",
    "2 min 5 s",
  ]);
});
