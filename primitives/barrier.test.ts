import { describe, expect, test } from "vitest";
import { Barrier } from "./barrier.ts";
import { BrokenBarrierError } from "./errors.ts";
import { Event } from "./event.ts";
import { child } from "./fixtures/children.ts";
import { inFreshArena } from "./fixtures/arena.ts";
import { isStopped } from "./memory/linux.ts";

describe("a barrier", () => {
  test("lets everybody go when all have arrived, round after round, each with an index of its own", async () => {
    const barrier = inFreshArena(() => new Barrier(3));
    for (let round = 0; round < 5; round++) {
      expect((await Promise.all([barrier.wait(), barrier.wait(), barrier.wait()])).toSorted()).toEqual([0, 1, 2]);
      expect(barrier.waiting).toBe(0);
    }
  });

  test("keeps rounds apart when there are more comers than parties", async () => {
    const barrier = inFreshArena(() => new Barrier(2));
    const indices = await Promise.all(Array.from({ length: 20 }, () => barrier.wait()));
    expect(indices.filter((index) => index === 0)).toHaveLength(10);
  });

  test("runs its action once a round, before anybody goes on", async () => {
    const order: string[] = [];
    const barrier = inFreshArena(
      () =>
        new Barrier(2, {
          action: async () => {
            await new Promise(setImmediate);
            order.push("action");
          },
        }),
    );
    const comer = async (): Promise<void> => {
      await barrier.wait();
      order.push("through");
    };
    await Promise.all([comer(), comer(), comer(), comer()]);
    expect(order).toEqual(["action", "through", "through", "action", "through", "through"]);
  });

  test("breaks when its action throws: the last gets the error, the others hear of it", async () => {
    const barrier = inFreshArena(
      () =>
        new Barrier(2, {
          action: () => {
            throw new Error("in the action");
          },
        }),
    );
    const first = broken(barrier.wait());
    await expect(barrier.wait()).rejects.toThrow("in the action");
    expect(await first).toBe(true);
    expect(barrier.broken).toBe(true);
    await expect(barrier.wait()).rejects.toThrow("broken before this wait");
  });

  test("breaks for all when one of them times out or is aborted, until it is reset", async () => {
    const barrier = inFreshArena(() => new Barrier(3));
    const waiting = broken(barrier.wait());
    await expect(barrier.wait({ timeoutMs: 1 })).rejects.toThrow("timed out");
    expect(await waiting).toBe(true);
    expect(() => barrier.waitSync()).toThrow(BrokenBarrierError);
    barrier.reset();
    expect(barrier.broken).toBe(false);
    const abort = new AbortController();
    const again = broken(barrier.wait());
    const leaving = barrier.wait({ signal: abort.signal });
    await new Promise(setImmediate);
    abort.abort(new Error("no longer"));
    await expect(leaving).rejects.toThrow("no longer");
    expect(await again).toBe(true);
  });

  test("breaks at once for who may not wait, and after the time of all where one has none of his own", async () => {
    const barrier = inFreshArena(() => new Barrier(2, { timeoutMs: 1 }));
    await expect(barrier.wait()).rejects.toThrow("timed out");
    barrier.reset();
    expect(() => barrier.waitSync({ timeoutMs: 0 })).toThrow("timed out");
    expect(barrier.broken).toBe(true);
    barrier.reset();
    const patient = barrier.wait({ timeoutMs: 60_000 });
    expect(await barrier.wait()).toBe(1);
    expect(await patient).toBe(0);
  });

  test("does not keep a newcomer beyond his time who comes while the action runs, and goes on without him", async () => {
    let act: () => void = () => {};
    const action = (): Promise<void> => new Promise<void>((resolve) => (act = resolve));
    const barrier = inFreshArena(() => new Barrier(2, { action }));
    const round = [barrier.wait(), barrier.wait()];
    await new Promise(setImmediate);
    expect(barrier.waiting).toBe(0);
    await expect(barrier.wait({ timeoutMs: 1 })).rejects.toThrow("timed out");
    act();
    expect(await Promise.all(round)).toEqual([0, 1]);
    expect(barrier.broken).toBe(false);
  });

  test("breaks by abort and by reset for those who wait", async () => {
    const barrier = inFreshArena(() => new Barrier(2));
    const one = broken(barrier.wait());
    await new Promise(setImmediate);
    expect(barrier.waiting).toBe(1);
    barrier.reset();
    expect(await one).toBe(true);
    expect(barrier.broken).toBe(false);
    barrier.abort();
    expect(barrier.broken).toBe(true);
  });

  test("is never complete with a dead party: the living hear that it is broken", async () => {
    const barrier = new Barrier(3);
    const party = child("waitsAtBarrier", [barrier]);
    while (barrier.waiting === 0) await new Promise(setImmediate);
    const waiting = broken(barrier.wait());
    party.kill();
    expect(await waiting).toBe(true);
    barrier.reset();
    expect(barrier.waiting).toBe(0);
    await party.join();
  });

  test("waits for who is stopped inside its own lock, also beyond its time, and then goes by its time", async () => {
    const [barrier, inside] = [new Barrier(2), new Event()];
    const stopped = child("standsStillInABarrier", [{ barrier, inside }]);
    await inside.wait();
    const waiting = broken(barrier.wait({ timeoutMs: 1 }));
    while (!isStopped(stopped.pid!)) await new Promise(setImmediate);
    process.kill(stopped.pid!, "SIGCONT");
    expect(await waiting).toBe(true);
    expect(await stopped.join()).toBe(0);
    barrier.reset();
    expect((await Promise.all([barrier.wait(), barrier.wait()])).toSorted()).toEqual([0, 1]);
  });

  test("is broken, and not lost, when who is stopped inside its own lock is killed there", async () => {
    const [barrier, inside] = [new Barrier(2), new Event()];
    const stopped = child("standsStillInABarrier", [{ barrier, inside }]);
    await inside.wait();
    const waiting = broken(barrier.wait());
    stopped.kill();
    expect(await waiting).toBe(true);
    await stopped.join();
    barrier.reset();
    expect((await Promise.all([barrier.wait(), barrier.wait()])).toSorted()).toEqual([0, 1]);
  });

  test("is for 1 party at least", async () => {
    expect(() => inFreshArena(() => new Barrier(0))).toThrow(RangeError);
    expect(inFreshArena(() => new Barrier(1)).waitSync()).toBe(0);
  });
});

async function broken(waiting: Promise<number>): Promise<boolean> {
  try {
    await waiting;
    return false;
  } catch (error) {
    return error instanceof BrokenBarrierError;
  }
}
