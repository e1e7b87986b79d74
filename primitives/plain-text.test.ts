import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { plainTextOf, plainValueOf } from "./plain-text.ts";

/** Keys and texts with all that the coding itself uses, and more. */
const text = fc.string({ unit: fc.constantFrom("a", "b", "0", ":", ";", "\0", "é", "漢", "😀", "s1:x") });

const plain = fc.letrec<{ value: unknown; tree: object }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    text,
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constantFrom(null, undefined, 1e300, -1e-300, 2 ** 53),
    tie("tree"),
  ),
  tree: fc.oneof(
    fc.array(tie("value"), { maxLength: 5 }),
    fc.dictionary(text, tie("value"), { maxKeys: 5, noNullPrototype: true }),
  ),
})).tree;

describe("plain text", () => {
  test("gives back the value that it was made of, or is not made", () => {
    let made = 0;
    fc.assert(
      fc.property(plain, (value) => {
        const written = plainTextOf(value);
        if (written === null) return;
        made++;
        expect(plainValueOf(Buffer.from(written, "utf8").toString("utf8"))).toStrictEqual(value);
      }),
      { numRuns: 1000 },
    );
    expect(made).toBeGreaterThan(300);
  });

  test("tells objects of one shape after the other, and of several in turns", () => {
    const values = [
      { id: 1, name: "a" },
      { id: 2, name: "b" },
      { name: "c", id: 3 },
      { id: 4 },
      {},
      { id: 5, name: "" },
    ];
    const written = values.map((value) => plainTextOf(value) as string);
    expect(written.map(plainValueOf)).toStrictEqual(values);
  });

  test.each<[string, object]>([
    ["what is reached twice", twice({})],
    ["negative zero", { a: -0 }],
    ["NaN", [NaN]],
    ["a hole", [1, , 2]], // oxlint-disable-line no-sparse-arrays
    ["an array with a name", Object.assign([1], { name: 1 })],
    ["a Map", { a: new Map() }],
    ["a Date", { a: new Date(0) }],
    ["a bigint", { a: 1n }],
    ["a key __proto__", JSON.parse('{ "__proto__": 1 }') as object],
    ["no prototype", Object.create(null) as object],
    ["more than it is worth", Array.from({ length: 100 }, () => 1)],
    ["a function", { a: () => 1 }],
  ])("leaves %s to the structured clone", (_what, value) => {
    expect(plainTextOf(value)).toBe(null);
  });
});

function twice(one: object): object {
  return { a: one, b: one };
}
