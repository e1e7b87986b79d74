import { describe, expect, test } from "vitest";
import { freshArena, inFreshArena } from "./fixtures/arena.ts";
import { recorded } from "./fixtures/recording-probe.ts";
import { Lock } from "./lock.ts";
import { withArena } from "./memory/arena.ts";
import { SharedArray } from "./shared-array.ts";
import { SharedBytes } from "./shared-bytes.ts";

describe("a shared array", () => {
  test("holds as many numbers as it was made with", () => {
    const array = inFreshArena(() => new SharedArray("float64", [0.5, 1.5]));
    array.set(1, 2.5);
    expect([...array]).toEqual([0.5, 2.5]);
    expect(array.get(-1)).toBe(2.5);
    expect(array.slice(1)).toEqual([2.5]);
    expect([...inFreshArena(() => new SharedArray("uint8", 3))]).toEqual([0, 0, 0]);
  });

  test("is all zeros also where something else was before", () => {
    const arena = freshArena();
    arena.region.bytes.fill(255);
    const [array, bytes] = withArena(arena, () => [new SharedArray("int16", 3), new SharedBytes(3)] as const);
    expect([...array]).toEqual([0, 0, 0]);
    expect([...bytes.raw]).toEqual([0, 0, 0]);
    expect(array.lock.owner).toBe(0);
  });

  test("refuses indices that it has not and values that do not fit", () => {
    const array = inFreshArena(() => new SharedArray("uint8", 2));
    expect(() => array.get(2)).toThrow("there is no element 2");
    expect(() => array.set(-3, 0)).toThrow(RangeError);
    expect(() => array.set(0, 256)).toThrow("256 does not fit a uint8");
    expect(() => array.add(0, -1)).toThrow(RangeError);
    expect(() => inFreshArena(() => new SharedArray("int8", [1, 200]))).toThrow(RangeError);
    expect(() => inFreshArena(() => new SharedArray("int8", -1))).toThrow(RangeError);
  });

  test("reads and changes an element in one step", async () => {
    const array = inFreshArena(() => new SharedArray("int64", [1n, 2n]));
    await recorded((probe) => {
      expect(array.add(0, 5n)).toBe(1n);
      expect(array.compareExchange(1, 2n, 7n)).toBe(2n);
      array.slice();
      expect(probe.steps).toEqual(["update", "update", "read", "read"]);
      expect(probe.operations.slice(2)).toEqual(["get(0) = 6", "get(1) = 7"]);
    });
  });

  test("can be held, with a lock that it shares", async () => {
    const lock = inFreshArena(() => new Lock());
    const array = inFreshArena(() => new SharedArray("int32", 2, { lock }));
    await using _ = await array.hold();
    expect(lock.mine).toBe(true);
  });
});
