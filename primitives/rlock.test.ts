import { describe, expect, test } from "vitest";
import { NotOwnerError } from "./errors.ts";
import { inFreshArena } from "./fixtures/arena.ts";
import { recorded } from "./fixtures/recording-probe.ts";
import { RLock } from "./rlock.ts";

describe("a recursive lock", () => {
  test("is acquired again by its holder at once, and released as often", async () => {
    const lock = inFreshArena(() => new RLock());
    await recorded(async (probe) => {
      expect(await lock.acquire()).toBe(true);
      expect(lock.tryAcquire()).toBe(true);
      expect(lock.acquireSync()).toBe(true);
      expect(lock.depth).toBe(3);
      lock.release();
      lock.release();
      probe.me = 2;
      expect(lock.tryAcquire()).toBe(false);
      probe.me = 1;
      lock.release();
      probe.me = 2;
      expect(lock.tryAcquire()).toBe(true);
      expect(lock.depth).toBe(1);
    });
  });

  test("costs one step for the first acquire and one for the last release, none between", async () => {
    const lock = inFreshArena(() => new RLock());
    await recorded((probe) => {
      lock.acquireSync();
      lock.acquireSync();
      lock.release();
      lock.release();
      expect(probe.steps).toEqual(["update", "update"]);
    });
  });

  test("is acquired 2^30 times at most", () => {
    const lock = inFreshArena(() => new RLock());
    lock.acquireSync();
    lock.rewind(2 ** 30 - 1);
    expect(lock.tryAcquire()).toBe(true);
    expect(() => lock.acquireSync()).toThrow(RangeError);
    expect(lock.depth).toBe(2 ** 30);
  });

  test("refuses a release by anybody but its holder", async () => {
    const lock = inFreshArena(() => new RLock());
    expect(() => lock.release()).toThrow(NotOwnerError);
    await recorded((probe) => {
      lock.acquireSync();
      probe.me = 2;
      expect(() => lock.release()).toThrow(NotOwnerError);
    });
  });

  test("keeps tasks of one process apart inside run, each of them recursive", async () => {
    const lock = inFreshArena(() => new RLock());
    let inside = 0;
    const task = (): Promise<void> =>
      lock.run(async () => {
        expect(++inside).toBe(1);
        await lock.run(async () => {
          expect(lock.depth).toBe(2);
          await new Promise(setImmediate);
        });
        inside--;
      });
    await Promise.all([task(), task(), task()]);
    expect(lock.depth).toBe(0);
  });

  test("of a dead holder starts again at depth 1", async () => {
    const lock = inFreshArena(() => new RLock());
    await recorded((probe) => {
      lock.acquireSync();
      lock.acquireSync();
      probe.me = 2;
      probe.dead.add(1);
      expect(lock.acquireSync()).toBe(true);
      expect(lock.lastOwnerDied).toBe(true);
      expect(lock.depth).toBe(1);
      lock.markConsistent();
      lock.release();
      expect(lock.owner).toBe(0);
    });
  });
});
