import { describe, expect, test } from "vitest";
import { Barrier } from "../barrier.ts";
import { Arena, withArena } from "./arena.ts";
import { Region } from "./region.ts";

/** An arena of which other processes take something before each of our own allocations that `others` names. */
function contested(region: Region, others: readonly number[]): Arena {
  let next = 0;
  let allocations = 0;
  const reserve = (bytes: number): number => {
    if (others.includes(allocations++)) next += 4096;
    next += bytes;
    return next - bytes;
  };
  return new Arena(region, { start: 0, end: region.byteLength, creating: true, reserve });
}

describe("an arena that several processes allocate from", () => {
  test.each([[[]], [[0]], [[2]], [[1, 3]], [[0, 1, 2, 3, 4, 5]]])(
    "tells where an object lies whose pieces are apart, others being faster before %j",
    (others) => {
      const region = Region.create("arena-test", 64 * 1024);
      const arena = contested(
        region,
        others.map((nth) => nth + 2),
      );
      const sizes = [8, 24, 64, 8, 16, 40];
      arena.allocate("before", 8);
      arena.allocate("before", 16);
      const lies = arena.track();
      const places = sizes.map((size) => arena.allocate("piece", size));
      arena.allocate("after", 8);
      const there = Arena.of(region, lies());
      expect(sizes.map((size) => there.allocate("piece", size))).toEqual(places);
    },
  );

  test("gives an object in pieces to another process whole", () => {
    const region = Region.create("arena-test", 64 * 1024);
    const arena = contested(region, [1, 3, 4]);
    const lies = arena.track();
    const barrier = withArena(arena, () => new Barrier(2));
    const there = withArena(Arena.of(region, lies()), () => new Barrier(2));
    there.abort();
    expect(barrier.broken).toBe(true);
    barrier.reset();
    expect(there.broken).toBe(false);
  });
});
