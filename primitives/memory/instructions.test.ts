import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { instructionsOnFreshMemory } from "./instructions.ts";
import { Region } from "./region.ts";

const OPERATIONS = ["load", "store", "add", "or", "exchange", "compareExchange"] as const;

describe("instructions", () => {
  test("do what Atomics does, on every word and with every number", () => {
    const { buffer, instructions } = instructionsOnFreshMemory(64);
    const ours = new Int32Array(buffer, 0, 16);
    const theirs = new Int32Array(16);
    const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
    const call = fc.record({ operation: fc.constantFrom(...OPERATIONS), index: fc.nat(15), a: int32, b: int32 });
    fc.assert(
      fc.property(fc.array(call, { minLength: 1, maxLength: 50 }), (calls) => {
        for (const { operation, index, a, b } of calls) {
          // Every other exchange finds what it expects.
          const expected = (b & 1) === 0 ? theirs[index] : a;
          const args = operation === "compareExchange" ? [expected, b] : operation === "load" ? [] : [a];
          const before = theirs[index];
          const perform = instructions[operation] as (offset: number, ...values: number[]) => number | undefined;
          (Atomics[operation] as (cells: Int32Array, at: number, ...values: number[]) => number)(
            theirs,
            index,
            ...args,
          );
          expect(perform(index * 4, ...args)).toBe(operation === "store" ? undefined : before);
          expect([...ours]).toEqual([...theirs]);
        }
      }),
    );
  });

  test("act on the memory that a region shares", () => {
    using one = Region.create("instructions", 4096);
    one.instructions.store(8, 42);
    expect(one.words[2]).toBe(42);
    expect(Atomics.compareExchange(one.words, 2, 42, 43)).toBe(42);
    expect(one.instructions.load(8)).toBe(43);
  });

  test("of a region that was unmapped find zeros", () => {
    const region = Region.create("instructions", 4096);
    region.instructions.store(8, 42);
    region[Symbol.dispose]();
    expect(region.instructions.load(8)).toBe(0);
    region.instructions.store(8, 1);
  });
});
