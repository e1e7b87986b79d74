import { describe, expect, test } from "vitest";
import { QueueEmpty } from "./errors.ts";
import { typescriptFlags } from "./fixtures/children.ts";
import { stressed } from "./fixtures/stress-roles.ts";
import { Process } from "./process/process.ts";

const PROCESSES = 8;
const KILLS = 8;
/** Rounds of the others between two kills: every round uses every primitive. */
const ROUNDS_BETWEEN_KILLS = 12;

describe("all primitives together", () => {
  test("lose nothing, give nothing twice and keep nobody waiting when processes are killed at any moment", async () => {
    const shared = stressed();
    const started = (): Process => {
      const worker = new Process(new URL("./fixtures/stress-roles.ts", import.meta.url), "stresses", {
        args: [shared],
        nodeFlags: typescriptFlags,
      });
      worker.start();
      return worker;
    };
    const living = Array.from({ length: PROCESSES }, started);
    for (let kill = 0; kill < KILLS; kill++) {
      const before = shared.rounds.get();
      while (shared.rounds.get() < before + ROUNDS_BETWEEN_KILLS) {
        expect(living.filter((worker) => worker.exitCode !== null).map((worker) => worker.exitCode)).toEqual([]);
        await shared.bell.wait({ timeoutMs: 5 });
      }
      // Not in any order that the workers could follow.
      const [victim] = living.splice((kill * 5) % living.length, 1);
      victim.kill();
      await victim.join();
      if (kill < KILLS / 4) living.push(started());
    }
    shared.stop.set();
    for (const worker of living) expect(await worker.join({ timeoutMs: 20_000 })).toBe(0);

    // Permits: all are there.
    for (let room = 0; room < 3; room++) expect(shared.rooms.tryAcquire()).toBe(true);
    expect(shared.rooms.tryAcquire()).toBe(false);
    expect(shared.seats.tryAcquire() && shared.seats.tryAcquire()).toBe(true);
    expect(shared.seats.tryAcquire()).toBe(false);

    // Items: none twice; missing are at most those that somebody was killed with in its hands.
    for (;;) {
      const item = emptied(() => shared.queue.tryGet());
      if (item === undefined) break;
      expect(shared.got.add(item, 1)).toBe(0);
    }
    let missing = 0;
    for (let item = 0; item < shared.items.get(); item++) {
      expect(shared.got.get(item)).toBeLessThanOrEqual(1);
      if (shared.put.get(item) === 1 && shared.got.get(item) === 0) missing++;
    }
    expect(missing).toBeLessThanOrEqual(KILLS);

    // Dishes: those of the dead are handed out again, and then the queue can be joined.
    while (emptied(() => shared.dishes.tryGet()) !== undefined) shared.dishes.taskDone();
    expect(await shared.dishes.join({ timeoutMs: 1000 })).toBe(true);
  }, 180_000);
});

function emptied<T>(get: () => T): T | undefined {
  try {
    return get();
  } catch (error) {
    if (error instanceof QueueEmpty) return undefined;
    throw error;
  }
}
