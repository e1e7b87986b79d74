import fc from "fast-check";
import { scenario, times } from "../../harness/scenario.ts";
import { RLock } from "../../primitives/rlock.ts";
import { mutualExclusion } from "../../properties/mutual-exclusion.ts";
import type { Claim } from "./claim.ts";

export const rlockMutualExclusion = scenario(import.meta.url, rlockKeepsOthersOut(RLock));

/** Between the two releases the lock is still held, though given back once. */
export function rlockKeepsOthersOut(type: new () => RLock): Claim<{ processes: number }, { lock: RLock }> {
  return {
    name: "rlock-mutual-exclusion",
    description: "each process acquires twice and releases twice: it has the lock until the second release",
    input: fc.record({ processes: fc.integer({ min: 2, max: 3 }) }),
    shared: () => ({ lock: new type() }),
    processes: ({ processes }) => times(processes, "user"),
    roles: {
      async user({ lock }, p) {
        await lock.acquire();
        await p.step("use", () => {});
        await lock.acquire();
        lock.release();
        await p.step("use", () => {});
        lock.release();
      },
    },
    properties: [mutualExclusion({ object: "lock", reentrant: true })],
  };
}
