import { Lock } from "../../primitives/index.ts";
import { monotonicNow } from "../../primitives/memory/monotonic.ts";
import { started } from "./gate.ts";
import type { Measure } from "./measure.ts";
import { robustMutexDeathMs } from "./robust-mutex.ts";

/** How soon the next owner hears of a death. */
export const deaths: readonly Measure[] = [
  {
    name: "holder killed to next owner told",
    unit: "ms",
    peer: "robust mutex",
    take: async () => ({ value: await deathMs(), peerValue: (await robustMutexDeathMs(DEATHS)) ?? undefined }),
  },
];

const DEATHS = 4;

/** The worst of some deaths, with the next owner awaiting the lock already. */
async function deathMs(): Promise<number> {
  let worst = 0;
  for (let round = 0; round < DEATHS; round++) {
    const lock = new Lock();
    const holder = started(import.meta.url, "hold", [lock]);
    while (lock.owner === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    const waiting = lock.acquire();
    const before = monotonicNow();
    holder.kill();
    await waiting;
    worst = Math.max(worst, monotonicNow() - before);
    await holder.join();
  }
  return worst;
}

export async function hold(lock: Lock): Promise<void> {
  await lock.acquire();
  await new Promise((resolve) => setTimeout(resolve, 2 ** 30));
}
