import { serialize } from "node:v8";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { Region } from "../../primitives/memory/region.ts";
import { H, LaneMemory, LIMITS, PARTS } from "./lane-memory.ts";
import { Names } from "./names.ts";
import { TextLimitError, Values } from "./values.ts";

const region = Region.create("values-test", PARTS.end);
const memory = new LaneMemory(region);
afterAll(() => region[Symbol.dispose]());

/** As two processes see it: one writes, the other reads. */
const writer = new Values(memory, new Names(memory));
const reader = new Values(memory, new Names(memory));
const AT = PARTS.draws >> 2;

describe("a value in the lane's memory", () => {
  test("is read by another process as it was written", () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true, withTypedArray: true }), (value) => {
        memory.words[H.textUsed] = 0;
        writer.write(AT, value);
        expect(reader.read(AT)).toEqual(structuredClone(value));
      }),
    );
  });

  test("keeps small integers, truth values and short strings in its two words", () => {
    memory.words[H.textUsed] = 0;
    for (const value of [0, -5, 2 ** 31 - 1, true, false, null, undefined, "bought", ""]) {
      writer.write(AT, value);
      expect(reader.read(AT)).toBe(value);
    }
    expect(memory.words[H.textUsed]).toBe(0);
  });

  test("is recorded in the same bytes, however V8 keeps its numbers", () => {
    const recorded = (value: unknown): string[] => {
      memory.words[H.textUsed] = 0;
      writer.write(AT, value);
      return [...writer.recorded()].map((bytes) => Buffer.from(bytes).toString());
    };
    // An array that has held a fraction keeps all of its numbers as doubles, and V8 writes them as such.
    const whole = [2];
    const doubles = [2.5];
    doubles[0] = 2;
    expect(serialize(doubles).equals(serialize(whole))).toBe(false);
    expect(recorded(doubles)).toEqual(recorded(whole));
    expect(recorded([3])).not.toEqual(recorded(whole));
  });

  test("that cannot be copied is kept as its description", () => {
    writer.write(AT, () => 1);
    expect(reader.read(AT)).toMatch(/^\[\[Function/);
  });

  test("that does not fit any more is refused by name, and leaves the text as it was", () => {
    memory.words[H.textUsed] = LIMITS.textBytesMax - 8;
    expect(() => writer.write(AT, "x".repeat(100))).toThrow(TextLimitError);
    expect(memory.words[H.textUsed]).toBe(LIMITS.textBytesMax - 8);
  });
});

describe("a name", () => {
  test("has the same hash in every process, whoever came across it first", () => {
    const [one, other] = [new Names(memory), new Names(memory)];
    const hashes = ["read stock", "write stock", "buyer"].map((name) => one.intern(name));
    expect(["buyer", "write stock", "read stock"].map((name) => other.intern(name))).toEqual(hashes.toReversed());
    expect(hashes.map((hash) => other.text(hash))).toEqual(["read stock", "write stock", "buyer"]);
  });
});
