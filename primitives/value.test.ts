import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { again, freshArena, inFreshArena } from "./fixtures/arena.ts";
import { recorded } from "./fixtures/recording-probe.ts";
import { kinds, type Kind } from "./kinds.ts";
import { withArena } from "./memory/arena.ts";
import { Value } from "./value.ts";

describe("a value", () => {
  test("is an int32 unless told otherwise", () => {
    const value = inFreshArena(() => new Value(2));
    expect(value.kind).toBe("int32");
    expect(value.add(3)).toBe(2);
    expect(value.sub(1)).toBe(5);
    expect(value.compareExchange(4, 9)).toBe(4);
    expect(value.compareExchange(4, 1)).toBe(9);
    value.value += 1;
    expect(value.update((before) => before * 2)).toBe(20);
    expect(value.get()).toBe(20);
  });

  const whole = (Object.keys(kinds) as Kind[]).filter((kind) => kinds[kind].range !== null);
  test.each(whole)("of kind %s holds every whole number within its limits, and none beyond", (kind) => {
    const [low, high] = kinds[kind].range as readonly [number, number];
    const value = inFreshArena(() => new Value(kind as "int32", low));
    expect(value.get()).toBe(low);
    value.set(high);
    expect(value.get()).toBe(high);
    expect(() => value.add((typeof low === "bigint" ? BigInt(1) : 1) as never)).toThrow(RangeError);
    expect(value.get()).toBe(high);
  });

  test.each(["float32", "float64"] as const)("of kind %s holds fractions and NaN", (kind) => {
    const value = inFreshArena(() => new Value(kind, 0.5));
    expect(value.add(0.25)).toBe(0.5);
    expect(value.get()).toBe(0.75);
    value.set(Number.NaN);
    expect(value.get()).toBeNaN();
  });

  test("refuses what does not fit, where C would wrap", () => {
    expect(() => inFreshArena(() => new Value("int8", 300))).toThrow("300 does not fit a int8");
    expect(() => inFreshArena(() => new Value(0.5))).toThrow(RangeError);
    expect(() => inFreshArena(() => new Value("int64", 1 as unknown as bigint))).toThrow(TypeError);
    expect(() => inFreshArena(() => new Value("int99" as "int8", 1))).toThrow("there is no kind int99");
  });

  test("adds up as bigints do, within its range", () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: -(2n ** 50n), max: 2n ** 50n })), (deltas) => {
        const value = inFreshArena(() => new Value("int64", 0n));
        for (const delta of deltas) value.add(delta);
        expect(value.get()).toBe(deltas.reduce((sum, delta) => sum + delta, 0n));
      }),
      { numRuns: 30 },
    );
  });

  test("takes one step for each operation, and a read and a write for +=", async () => {
    const value = inFreshArena(() => new Value(1));
    await recorded((probe) => {
      value.add(1);
      value.get();
      value.set(5);
      value.compareExchange(5, 6);
      value.update((before) => before + 1);
      value.value += 1;
      expect(probe.steps).toEqual(["update", "read", "write", "update", "update", "read", "write"]);
      expect(probe.operations).toEqual([
        "add(1) = 1",
        "get() = 2",
        "set(5)",
        "compareExchange(5, 6) = 5",
        "update() = 7",
        "get() = 7",
        "set(8)",
      ]);
    });
  });

  test("is the same value for everybody who builds it at the same place", () => {
    const arena = freshArena();
    const mine = withArena(arena, () => new Value("float64", 1.5));
    const theirs = again(arena, () => new Value("float64", 0));
    theirs.add(1);
    expect(mine.get()).toBe(2.5);
  });

  test("is read and changed though its holder is dead, in one step and without a wait", async () => {
    const value = inFreshArena(() => new Value(1));
    await recorded((probe) => {
      value.holdSync();
      probe.dead.add(1);
      probe.me = 2;
      probe.steps.length = 0;
      expect(value.get()).toBe(1);
      expect(value.add(1)).toBe(1);
      expect(probe.steps).toEqual(["read", "update"]);
      using _ = value.holdSync();
      expect(value.lock.lastOwnerDied).toBe(true);
      value.lock.markConsistent();
    });
  });

  test("can be held, alone or together with others", async () => {
    const [a, b] = inFreshArena(() => {
      const first = new Value("int32", 0);
      return [first, new Value("int32", 0, { lock: first.lock })] as const;
    });
    {
      await using _ = await a.hold();
      expect(b.lock.tryAcquire()).toBe(false);
      expect(a.get()).toBe(0);
    }
    using _ = b.holdSync();
    expect(() => inFreshArena(() => new Value("int32", 0, { lock: false })).lock).toThrow("made with lock: false");
  });
});
