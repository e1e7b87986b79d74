import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { plainBytesOf, plainValueOf, written } from "./plain-bytes.ts";

/** Keys and texts with all that the coding itself uses, and more. */
const text = fc.string({
  unit: fc.constantFrom("a", "b", "0", ":", ";", "\0", "é", "漢", "😀", "\ud800", "s1:x", "x".repeat(300)),
});

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

describe("plain bytes", () => {
  test("gives back the value that it was made of, or is not made", () => {
    let made = 0;
    fc.assert(
      fc.property(plain, (value) => {
        const bytes = bytesOf(value);
        if (bytes.length === 0) return;
        made++;
        expect(valueOf(bytes)).toStrictEqual(value);
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
      { id: { x: 1, y: 2 }, name: { x: 3 } },
      { id: { x: 1, y: 2 }, name: { x: 3, y: 4 }, more: { x: 5, y: 6 } },
      { id: { x: 1, y: 2 }, name: { x: 3, y: 4 } },
    ];
    const written = [...values, ...values].map(bytesOf);
    expect(written.map(valueOf)).toStrictEqual([...values, ...values]);
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
    ["a long text", { a: "x".repeat(5000) }],
    ["many keys", Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`${n}${"k".repeat(100)}`, n]))],
    ["much together", Array.from({ length: 60 }, () => "x".repeat(90))],
  ])("leaves %s to the structured clone", (_what, value) => {
    expect(plainBytesOf(value)).toBe(0);
  });

  test("leaves a value to the structured clone whose getter sends something itself", () => {
    let inner = -1;
    const nosy = {
      get one() {
        inner = plainBytesOf({ two: 2 });
        return 1;
      },
    };
    const bytes = bytesOf(nosy);
    expect(inner).toBe(0);
    expect(valueOf(bytes)).toStrictEqual({ one: 1 });
  });

  test("does not see what everything inherits", () => {
    const proto = Object.prototype as { inherited?: number };
    proto.inherited = 1;
    try {
      for (const value of [{ a: 1 }, { a: 2 }]) expect(valueOf(bytesOf(value))).toStrictEqual(value);
      expect(Object.keys(valueOf(bytesOf({ a: 3 })) as object)).toEqual(["a"]);
    } finally {
      delete proto.inherited;
    }
  });
});

/** The bytes somewhere in others, as they lie in shared memory; none if the value is not for this coding. */
function bytesOf(value: object): Buffer {
  const byteLength = plainBytesOf(value);
  if (byteLength === 0) return Buffer.alloc(0);
  const bytes = Buffer.from(new ArrayBuffer(byteLength + 2 * OFFSET)).fill(0xff);
  bytes.set(written.subarray(0, byteLength), OFFSET);
  return bytes;
}

function valueOf(bytes: Buffer): unknown {
  return plainValueOf(new Int32Array(bytes.buffer), bytes, OFFSET / 4);
}

const OFFSET = 8;

function twice(one: object): object {
  return { a: one, b: one };
}
