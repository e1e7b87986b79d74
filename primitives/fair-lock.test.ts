import { describe, expect, test } from "vitest";
import { child } from "./fixtures/children.ts";
import { inFreshArena } from "./fixtures/arena.ts";
import { UnrecoverableError } from "./errors.ts";
import { FairLock } from "./fair-lock.ts";
import { recorded } from "./fixtures/recording-probe.ts";

describe("a fair lock", () => {
  test("goes to those who wait in the order in which they came, and to no newcomer", async () => {
    const lock = inFreshArena(() => new FairLock());
    const order: number[] = [];
    await lock.acquire();
    const tasks = [1, 2, 3].map(async (task) => {
      await lock.acquire();
      order.push(task);
      await new Promise(setImmediate);
      lock.release();
    });
    await new Promise(setImmediate);
    lock.release();
    expect(lock.tryAcquire()).toBe(false);
    await Promise.all(tasks);
    expect(order).toEqual([1, 2, 3]);
    expect(lock.tryAcquire()).toBe(true);
  });

  test("passes over those who have left", async () => {
    const lock = inFreshArena(() => new FairLock());
    await lock.acquire();
    const abort = new AbortController();
    const aborted = lock.acquire({ signal: abort.signal });
    const late = lock.acquire({ timeoutMs: 1 });
    const staying = lock.acquire();
    expect(await late).toBe(false);
    abort.abort(new Error("gone"));
    await expect(aborted).rejects.toThrow("gone");
    lock.release();
    expect(await staying).toBe(true);
    lock.release();
    expect(lock.owner).toBe(0);
  });

  test("takes more who wait than it keeps in order", async () => {
    const lock = inFreshArena(() => new FairLock());
    let inside = 0;
    await lock.acquire();
    const tasks = Array.from({ length: 80 }, async () => {
      await lock.acquire();
      inside++;
      lock.release();
    });
    lock.release();
    await Promise.all(tasks);
    expect(inside).toBe(80);
  });

  test("tells the first in the line that the holder died, and everybody if that is not repaired", async () => {
    const lock = new FairLock();
    const holder = child("diesHolding", [lock]);
    await holder.join();
    const first = lock.acquire();
    const second = lock.acquire();
    expect(await first).toBe(true);
    expect(lock.lastOwnerDied).toBe(true);
    lock.release();
    await expect(second).rejects.toThrow(UnrecoverableError);
    await expect(lock.acquire()).rejects.toThrow(UnrecoverableError);
  });

  test("passes over the dead in its line", async () => {
    await recorded(async (probe) => {
      const lock = inFreshArena(() => new FairLock());
      lock.acquireSync();
      probe.me = 2;
      // Waits in vain, and is not there any more when the lock is released.
      expect(lock.acquireSync({ timeoutMs: 1 })).toBe(false);
      probe.me = 1;
      lock.release();
      expect(lock.owner).toBe(0);
    });
  });
});
