import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import {
  NotOwnerError,
  OverReleaseError,
  OwnerDiedError,
  TimeoutError,
  UnrecoverableError,
  WouldDeadlockError,
} from "./errors.ts";
import { inFreshArena } from "./fixtures/arena.ts";
import { recorded } from "./fixtures/recording-probe.ts";
import { Lock } from "./lock.ts";

describe("a lock", () => {
  test("is held by one at a time", async () => {
    const lock = inFreshArena(() => new Lock());
    expect(await lock.acquire()).toBe(true);
    expect(lock.tryAcquire()).toBe(false);
    expect(await lock.acquire({ timeoutMs: 0 })).toBe(false);
    expect(lock.acquireSync({ timeoutMs: 1 })).toBe(false);
    lock.release();
    expect(lock.tryAcquire()).toBe(true);
  });

  test("tells people who has it", async () => {
    const lock = inFreshArena(() => new Lock());
    expect(inspect(lock)).toBe("Lock { free }");
    lock.acquireSync();
    expect(inspect({ lock })).toBe(`{ lock: Lock { held by process ${process.pid} } }`);
    const waiting = lock.acquire();
    expect(inspect(lock)).toBe(`Lock { held by process ${process.pid}, perhaps waited for }`);
    lock.release();
    await waiting;
  });

  test("goes to a task that waits, when it is released", async () => {
    const lock = inFreshArena(() => new Lock());
    lock.acquireSync();
    const waiting = lock.acquire();
    lock.release();
    expect(await waiting).toBe(true);
  });

  test("is released at the end of a scope, also after an error", async () => {
    const lock = inFreshArena(() => new Lock());
    const failing = async (): Promise<void> => {
      await using _ = await lock.hold();
      throw new Error("inside");
    };
    await expect(failing()).rejects.toThrow("inside");
    using _ = lock.holdSync();
    await expect(lock.hold({ timeoutMs: 0 })).rejects.toThrow(TimeoutError);
  });

  test("costs one step to acquire and one to release when nobody else wants it", async () => {
    const lock = inFreshArena(() => new Lock());
    await recorded(async (probe) => {
      await lock.acquire();
      lock.release();
      expect(probe.steps).toEqual(["update", "update"]);
      expect(probe.operations).toEqual(["acquire() = true", "release()"]);
    });
  });

  test("wakes one waiter on release, and only if somebody waits", async () => {
    const lock = inFreshArena(() => new Lock());
    await recorded(async (probe) => {
      lock.acquireSync();
      probe.me = 2;
      expect(lock.acquireSync({ timeoutMs: 5 })).toBe(false);
      probe.me = 1;
      probe.steps.length = 0;
      lock.release();
      expect(probe.steps).toEqual(["update", "wake 1"]);
    });
  });

  test("refuses a release by somebody who does not hold it, and stays as it was", async () => {
    const lock = inFreshArena(() => new Lock());
    expect(() => lock.release()).toThrow(OverReleaseError);
    await recorded((probe) => {
      lock.acquireSync();
      probe.me = 2;
      expect(() => lock.release()).toThrow(NotOwnerError);
      expect(lock.owner).toBe(1);
    });
  });

  test("that is transferable may be released by anyone", async () => {
    const lock = inFreshArena(() => new Lock({ transferable: true }));
    await recorded((probe) => {
      lock.acquireSync();
      probe.me = 2;
      lock.release();
      expect(lock.owner).toBe(0);
    });
  });

  test("with errorCheck names the process that waits for itself", () => {
    const lock = inFreshArena(() => new Lock({ errorCheck: true }));
    lock.acquireSync();
    expect(() => lock.acquireSync()).toThrow(WouldDeadlockError);
  });

  test("of a dead holder goes to the next one, who is told", async () => {
    const lock = inFreshArena(() => new Lock());
    await recorded(async (probe) => {
      lock.acquireSync();
      probe.me = 2;
      probe.dead.add(1);
      await expect(lock.acquire({ onOwnerDeath: "throw" })).rejects.toThrow(OwnerDiedError);
      expect(await lock.acquire()).toBe(true);
      expect(lock.lastOwnerDied).toBe(true);
      lock.markConsistent();
      expect(lock.lastOwnerDied).toBe(false);
      lock.release();
      expect(lock.tryAcquire()).toBe(true);
    });
  });

  test("released by the heir without a repair is unrecoverable for everybody", async () => {
    const lock = inFreshArena(() => new Lock());
    await recorded((probe) => {
      lock.acquireSync();
      probe.me = 2;
      probe.dead.add(1);
      expect(lock.tryAcquire()).toBe(true);
      lock.release();
      expect(() => lock.tryAcquire()).toThrow(UnrecoverableError);
      expect(() => lock.acquireSync()).toThrow(UnrecoverableError);
      expect(() => lock.release()).toThrow(UnrecoverableError);
    });
  });

  test("rejects a time-out that is no number before it touches anything", () => {
    const lock = inFreshArena(() => new Lock());
    expect(() => lock.acquireSync({ timeoutMs: Number.NaN })).toThrow(TypeError);
    expect(lock.owner).toBe(0);
  });

  test("is not acquired once the signal is aborted", async () => {
    const lock = inFreshArena(() => new Lock());
    lock.acquireSync();
    const abort = new AbortController();
    const waiting = lock.acquire({ signal: abort.signal });
    abort.abort(new Error("no longer"));
    await expect(waiting).rejects.toThrow("no longer");
    await expect(lock.acquire({ signal: abort.signal })).rejects.toThrow("no longer");
  });
});
