import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Lock } from "../../primitives/index.ts";
import { monotonicNow } from "../../primitives/memory/monotonic.ts";
import type { Measure } from "./measure.ts";

/** Whether tasks that await a primitive are in the way of others. */
export const reads: readonly Measure[] = [
  { name: "a file read, 1,000 awaits pending", unit: "us", peer: "none pending", take: readsUs },
];

/** Reading a file while 1,000 tasks await a lock and while none does, in turns; the best round of each. */
async function readsUs(): Promise<{ value: number; peerValue: number }> {
  const best = { value: Infinity, peerValue: Infinity };
  for (let round = 0; round < 10; round++) {
    best.value = Math.min(best.value, await readUs(1000));
    best.peerValue = Math.min(best.peerValue, await readUs(0));
  }
  return best;
}

async function readUs(pending: number): Promise<number> {
  const lock = new Lock();
  lock.acquireSync();
  const tasks = Array.from({ length: pending }, async () => {
    await lock.acquire();
    lock.release();
  });
  const path = fileURLToPath(import.meta.url);
  const before = monotonicNow();
  for (let n = 0; n < 200; n++) await readFile(path);
  const us = ((monotonicNow() - before) / 200) * 1000;
  lock.release();
  await Promise.all(tasks);
  return us;
}
