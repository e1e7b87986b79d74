import fc from "fast-check";
import { scenario, times } from "../../harness/scenario.ts";
import { Lock } from "../../primitives/lock.ts";
import { mutualExclusion } from "../../properties/mutual-exclusion.ts";
import type { Claim } from "./claim.ts";

export const lockMutualExclusion = scenario(import.meta.url, lockKeepsOthersOut(Lock));

/** Each process takes several turns: who waits for the second time finds the marks that the first time left. */
export function lockKeepsOthersOut(type: new () => Lock): Claim<{ processes: number }, { lock: Lock }> {
  return {
    name: "lock-mutual-exclusion",
    description: "two to four processes take turns under a lock: one at a time, and everybody gets in",
    input: fc.record({ processes: fc.integer({ min: 2, max: 4 }) }),
    shared: () => ({ lock: new type() }),
    processes: ({ processes }) => times(processes, "user"),
    roles: {
      async user({ lock }, p) {
        for (let turn = 1; turn <= TURNS; turn++) {
          await lock.acquire();
          await p.step("use", () => {});
          lock.release();
        }
      },
    },
    properties: [mutualExclusion({ object: "lock" })],
  };
}

const TURNS = 2;
