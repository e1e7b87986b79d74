import { beforeEach, describe, expect, test, vi } from "vitest";
import { Patience, Standstill } from "./outside.ts";

const world = vi.hoisted(() => ({ now: 0, stopped: false }));
vi.mock("../../primitives/memory/monotonic.ts", () => ({ monotonicNow: () => world.now }));
vi.mock("../../primitives/memory/linux.ts", () => ({ isStopped: () => world.stopped }));

beforeEach(() => Object.assign(world, { now: 0, stopped: false }));

describe("patience", () => {
  test("is lost by the time in which one could look", () => {
    const patience = new Patience();
    for (let look = 1; look <= 5; look++) {
      world.now += 250;
      expect(patience.look()).toBe(250 * look);
    }
  });

  test("is not lost by who stood still himself: a stretch without a look counts as a second at most", () => {
    const patience = new Patience();
    world.now += 3_600_000;
    expect(patience.look()).toBe(1000);
    world.now += 100;
    expect(patience.look()).toBe(1100);
  });

  test("begins anew when something has moved", () => {
    const patience = new Patience();
    world.now += 900;
    patience.look();
    patience.renew();
    expect(patience.look()).toBe(0);
    world.now += 10;
    expect(patience.look()).toBe(10);
  });
});

describe("who is stopped", () => {
  test("is given up after two seconds in which it was seen so, and not if it went on in between", () => {
    const standstill = new Standstill();
    world.stopped = true;
    const looks = (count: number): boolean[] =>
      Array.from({ length: count }, () => {
        world.now += 500;
        return standstill.isTooLong(1);
      });
    expect(looks(4)).toEqual([false, false, false, false]);
    world.stopped = false;
    expect(looks(1)).toEqual([false]);
    world.stopped = true;
    expect(looks(5)).toEqual([false, false, false, false, true]);
  });

  test("is not given up by who was stopped with it", () => {
    const standstill = new Standstill();
    world.stopped = true;
    world.now += 3_600_000;
    expect(standstill.isTooLong(1)).toBe(false);
  });
});
