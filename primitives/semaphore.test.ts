import { describe, expect, test } from "vitest";
import { OverReleaseError } from "./errors.ts";
import { child } from "./fixtures/children.ts";
import { inFreshArena } from "./fixtures/arena.ts";
import { recorded } from "./fixtures/recording-probe.ts";
import { BoundedSemaphore, Semaphore } from "./semaphore.ts";

describe("a semaphore", () => {
  test("lets in as many as it has permits", async () => {
    const rooms = inFreshArena(() => new Semaphore(2));
    expect(await rooms.acquire()).toBe(true);
    expect(rooms.tryAcquire()).toBe(true);
    expect(rooms.tryAcquire()).toBe(false);
    expect(rooms.acquireSync({ timeoutMs: 1 })).toBe(false);
    expect(rooms.value).toBe(0);
    rooms.release();
    expect(rooms.value).toBe(1);
  });

  test("wakes as many waiters as permits are released at once", async () => {
    const rooms = inFreshArena(() => new Semaphore(0));
    const entering = [rooms.acquire(), rooms.acquire(), rooms.acquire()];
    rooms.release(2);
    await Promise.race(entering);
    rooms.release();
    expect(await Promise.all(entering)).toEqual([true, true, true]);
    expect(rooms.value).toBe(0);
  });

  test("passes a wake on when there are permits for more than the one who was woken", async () => {
    const rooms = inFreshArena(() => new Semaphore(0));
    const entering = [rooms.acquire(), rooms.acquire()];
    rooms.release();
    rooms.release();
    expect(await Promise.all(entering)).toEqual([true, true]);
  });

  test("may be given more permits than it began with, a bounded one may not", () => {
    const rooms = inFreshArena(() => new Semaphore(1));
    rooms.release(2);
    expect(rooms.value).toBe(3);
    const bounded = inFreshArena(() => new BoundedSemaphore(2));
    bounded.acquireSync();
    expect(() => bounded.release(2)).toThrow(OverReleaseError);
    expect(bounded.value).toBe(1);
    bounded.release();
    expect(() => bounded.release()).toThrow("2 is the most");
    expect(bounded.value).toBe(2);
  });

  test("that is bounded and begins with nothing is never released", () => {
    const bounded = inFreshArena(() => new BoundedSemaphore(0));
    expect(() => bounded.release()).toThrow(OverReleaseError);
    expect(bounded.value).toBe(0);
  });

  test("begins with a whole number of permits from 0, and releases one from 1", () => {
    expect(() => inFreshArena(() => new Semaphore(-1))).toThrow(RangeError);
    expect(() => inFreshArena(() => new Semaphore(0.5))).toThrow(RangeError);
    expect(() => inFreshArena(() => new Semaphore()).release(0)).toThrow(RangeError);
  });

  test("has the permits of a dead process again, and counts them", async () => {
    const rooms = inFreshArena(() => new Semaphore(3));
    await recorded((probe) => {
      rooms.acquireSync();
      probe.me = 2;
      rooms.acquireSync();
      rooms.acquireSync();
      probe.me = 3;
      expect(rooms.tryAcquire()).toBe(false);
      probe.dead.add(2);
      expect(rooms.acquireSync()).toBe(true);
      expect(rooms.recovered).toBe(2);
      expect(rooms.value).toBe(1);
      rooms.release();
      probe.me = 1;
      rooms.release();
      expect(rooms.value).toBe(3);
    });
  });

  test("that has refused a release still has the permits of the dead again", async () => {
    const rooms = inFreshArena(() => new BoundedSemaphore(1));
    await recorded((probe) => {
      expect(() => rooms.release()).toThrow(OverReleaseError);
      rooms.acquireSync();
      probe.dead.add(1);
      probe.me = 2;
      expect(rooms.tryAcquire()).toBe(true);
      expect(rooms.recovered).toBe(1);
    });
  });

  test("of which more is released than held is a signal: nothing comes back", async () => {
    const signal = inFreshArena(() => new Semaphore(0));
    await recorded((probe) => {
      signal.release();
      probe.me = 2;
      signal.acquireSync();
      probe.dead.add(2);
      probe.me = 3;
      expect(signal.tryAcquire()).toBe(false);
      expect(signal.recovered).toBe(0);
    });
  });

  test("gives a permit to somebody who waits when a real process dies with one", async () => {
    const rooms = new Semaphore(1);
    const guest = child("staysInside", [rooms]);
    while (rooms.value > 0) await new Promise(setImmediate);
    const entering = rooms.acquire();
    guest.kill();
    expect(await entering).toBe(true);
    expect(rooms.recovered).toBe(1);
    await guest.join();
  });

  test("costs one step to acquire and one to release", async () => {
    const rooms = inFreshArena(() => new Semaphore(2));
    await recorded(async (probe) => {
      await rooms.acquire();
      rooms.tryAcquire();
      rooms.release(2);
      expect(probe.steps).toEqual(["update", "update", "update"]);
      expect(probe.operations).toEqual(["acquire() = true", "tryAcquire() = true", "release(2)"]);
    });
  });
});
