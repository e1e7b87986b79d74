import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Event, JoinableQueue, Lock, Queue } from "../../primitives/index.ts";
import { monotonicNow } from "../../primitives/memory/monotonic.ts";
import type { Measure } from "./measure.ts";

/** What tasks await of an object that does not let them through, and what does let them. */
interface Awaited {
  readonly what: string;
  readonly make: () => { await(): Promise<unknown>; letAllThrough(tasks: number): void };
}

const AWAITED: readonly Awaited[] = [
  {
    what: "a lock",
    make() {
      const lock = new Lock();
      lock.acquireSync();
      return {
        async await() {
          await lock.acquire();
          lock.release();
        },
        letAllThrough: () => lock.release(),
      };
    },
  },
  {
    what: "an item",
    make() {
      const queue = new Queue({ bytes: 64 * 1024 });
      return {
        await: () => queue.get(),
        letAllThrough(tasks) {
          for (let task = 0; task < tasks; task++) queue.putSync(task);
        },
      };
    },
  },
  {
    what: "an event",
    make() {
      const event = new Event();
      return { await: () => event.wait(), letAllThrough: () => event.set() };
    },
  },
  {
    what: "a join",
    make() {
      const queue = new JoinableQueue({ bytes: 1024 });
      queue.putSync(1);
      return {
        await: () => queue.join(),
        letAllThrough() {
          queue.getSync();
          queue.taskDone();
        },
      };
    },
  },
];

/** Whether tasks that await a primitive are in the way of others. */
export const reads: readonly Measure[] = AWAITED.map(({ what, make }) => ({
  name: `a file read, 1,000 tasks await ${what}`,
  unit: "us",
  peer: "none pending",
  take: () => readsUs(make),
}));

/** Reading a file while 1,000 tasks await and while none does, in turns; the best round of each. */
async function readsUs(make: Awaited["make"]): Promise<{ value: number; peerValue: number }> {
  const best = { value: Infinity, peerValue: Infinity };
  for (let round = 0; round < 10; round++) {
    best.value = Math.min(best.value, await readUs(make, 1000));
    best.peerValue = Math.min(best.peerValue, await readUs(make, 0));
  }
  return best;
}

async function readUs(make: Awaited["make"], pending: number): Promise<number> {
  const awaited = make();
  const tasks = Array.from({ length: pending }, () => awaited.await());
  const path = fileURLToPath(import.meta.url);
  const before = monotonicNow();
  for (let n = 0; n < 200; n++) await readFile(path);
  const us = ((monotonicNow() - before) / 200) * 1000;
  awaited.letAllThrough(pending);
  await Promise.all(tasks);
  return us;
}
