import { describe, expect, test } from "vitest";
import { Condition } from "./condition.ts";
import { NotOwnerError } from "./errors.ts";
import { inFreshArena } from "./fixtures/arena.ts";
import { recorded, type RecordingProbe } from "./fixtures/recording-probe.ts";
import { Lock } from "./lock.ts";
import { RLock } from "./rlock.ts";
import { Value } from "./value.ts";

// Two tasks of one process: a plain lock keeps them apart as it keeps processes apart.
function conditionOfTasks(): Condition {
  return inFreshArena(() => new Condition(new Lock()));
}

describe("a condition", () => {
  test("wakes as many as are notified, longest waiting first", async () => {
    const condition = conditionOfTasks();
    const woken: number[] = [];
    const waiters = [1, 2, 3].map(async (waiter) => {
      await condition.acquire();
      expect(await condition.wait()).toBe(true);
      woken.push(waiter);
      condition.release();
    });
    await settled();
    await condition.acquire();
    condition.notify();
    condition.release();
    await waiters[0];
    expect(woken).toEqual([1]);
    await condition.acquire();
    condition.notifyAll();
    condition.release();
    await Promise.all(waiters);
    expect(woken.toSorted()).toEqual([1, 2, 3]);
  });

  test("gives the lock up while it waits, at whatever depth, and has it again afterwards", async () => {
    const lock = inFreshArena(() => new RLock());
    const condition = inFreshArena(() => new Condition(lock));
    await recorded((probe) => {
      lock.acquireSync();
      lock.acquireSync();
      probe.waits.push(() => {
        expect(lock.owner).toBe(0);
        return "timed-out";
      });
      expect(condition.waitSync({ timeoutMs: 5 })).toBe(false);
      expect(lock.depth).toBe(2);
    });
  });

  test("gives the lock up also where it may not wait", async () => {
    const condition = conditionOfTasks();
    await recorded((probe) => {
      condition.acquireSync();
      probe.waits.push(() => {
        expect(condition.lock.owner).toBe(0);
        return "timed-out";
      });
      expect(condition.waitSync({ timeoutMs: 0 })).toBe(false);
      expect(condition.lock.mine).toBe(true);
    });
  });

  test("has an RLock of its own unless it is given a lock", () => {
    expect(inFreshArena(() => new Condition()).lock).toBeInstanceOf(RLock);
  });

  test("wakes nobody if none are to be notified, and at rest has nobody on a place", async () => {
    class Seen extends Condition {
      get taken(): number {
        return this.seats.taken().length;
      }
    }
    const condition = inFreshArena(() => new Seen(new Lock()));
    condition.acquireSync();
    const waiting = condition.wait();
    await settled();
    await condition.acquire();
    for (const count of [0, -1]) condition.notify(count);
    expect(condition.taken).toBe(1);
    condition.notify(2);
    condition.release();
    expect(await waiting).toBe(true);
    expect(condition.taken).toBe(0);
  });

  test("has one time-out for all waits for a predicate", async () => {
    const condition = conditionOfTasks();
    await recorded((probe) => {
      condition.acquireSync();
      let asked = 0;
      for (let wait = 0; wait < 9; wait++) {
        probe.waits.push(() => {
          probe.clockMs += 4;
          const { me } = probe;
          probe.me = 2;
          condition.acquireSync();
          condition.notify();
          condition.release();
          probe.me = me;
          return "woken";
        });
      }
      expect(condition.waitForSync(() => ++asked > 100, { timeoutMs: 10 })).toBe(false);
      expect(asked).toBe(4);
    });
  });

  test("goes on as it was after somebody else has tried to release its lock", async () => {
    const condition = conditionOfTasks();
    await recorded((probe) => {
      condition.acquireSync();
      probe.me = 2;
      expect(() => condition.release()).toThrow(NotOwnerError);
      probe.me = 1;
      condition.notify();
      expect(condition.waitSync({ timeoutMs: 1 })).toBe(false);
      condition.release();
    });
  });

  test("forgets a notification that nobody waits for", () => {
    const condition = conditionOfTasks();
    condition.acquireSync();
    condition.notify();
    expect(condition.waitSync({ timeoutMs: 0 })).toBe(false);
  });

  test("is waited on and notified by the holder of its lock only", async () => {
    const condition = conditionOfTasks();
    await expect(condition.wait()).rejects.toThrow(NotOwnerError);
    expect(() => condition.waitSync()).toThrow(NotOwnerError);
    expect(() => condition.notify()).toThrow(NotOwnerError);
    expect(() => condition.notifyAll()).toThrow(NotOwnerError);
  });

  test("passes over a waiter that died", async () => {
    const condition = conditionOfTasks();
    await recorded(async (probe) => {
      // Process 1 dies in its wait, process 2 goes on.
      condition.acquireSync();
      probe.waits.push(() => {
        throw new Died();
      });
      expect(() => condition.waitSync()).toThrow(Died);
      probe.dead.add(1);
      probe.me = 2;
      condition.acquireSync();
      probe.waits.push(() => {
        probe.me = 3;
        condition.acquireSync();
        condition.notify();
        condition.release();
        probe.me = 2;
        return "woken";
      });
      expect(condition.waitSync()).toBe(true);
    });
  });

  test("gives a notification to the next one if the waiter that got it died", () => diesNotified());

  test("gives it to who waited then, also if somebody new has taken the dead one's place meanwhile", () =>
    diesNotified((condition, probe) => {
      probe.me = 4;
      condition.acquireSync();
      expect(condition.waitSync({ timeoutMs: 5 })).toBe(false);
      condition.release();
    }));

  test("takes the lock again before an abort is thrown, and takes a notification that came first", async () => {
    const condition = conditionOfTasks();
    condition.acquireSync();
    const abort = new AbortController();
    const waiting = condition.wait({ signal: abort.signal });
    abort.abort(new Error("no longer"));
    await expect(waiting).rejects.toThrow("no longer");
    expect(condition.lock.mine).toBe(true);
  });

  test("waits for a predicate and answers with its value", async () => {
    const condition = conditionOfTasks();
    const stock = inFreshArena(() => new Value(0));
    condition.acquireSync();
    expect(condition.waitForSync(() => stock.get(), { timeoutMs: 2 })).toBe(0);
    const waiting = condition.waitFor(() => stock.get());
    await settled();
    await condition.acquire();
    stock.set(7);
    condition.notify();
    condition.release();
    expect(await waiting).toBe(7);
  });
});

class Died extends Error {}

/** Process 1 waits; 2 waits too; 3 notifies 1, which dies before it can say so; then something happens before 2 looks. */
async function diesNotified(meanwhile?: (condition: Condition, probe: RecordingProbe) => void): Promise<void> {
  const condition = conditionOfTasks();
  await recorded((probe) => {
    condition.acquireSync();
    probe.waits.push(() => {
      probe.me = 2;
      condition.acquireSync();
      probe.waits.push(() => {
        probe.me = 3;
        condition.acquireSync();
        condition.notify();
        condition.release();
        probe.dead.add(1);
        meanwhile?.(condition, probe);
        probe.me = 2;
        return "woken";
      });
      expect(condition.waitSync()).toBe(true);
      throw new Died();
    });
    expect(() => condition.waitSync()).toThrow(Died);
  });
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
}
