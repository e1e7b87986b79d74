import fc from "fast-check";
import type { Property } from "../harness/property.ts";
import { scenario, times, type RoleContext } from "../harness/scenario.ts";
import { Lock } from "../primitives/lock.ts";
import { mutualExclusion } from "../properties/mutual-exclusion.ts";

/**
 * Twelve palaces: each saint starts one, fights for a while, and has passed it. Without a lock nothing is broken, and every
 * order is fine: what does not hold is only that they go one at a time. Who wants that needs the lock.
 */
interface Zodiac {
  readonly palaces: number;
}

/** How long a fight may take, in milliseconds. */
const FIGHT_MS = 1000;

const everyPalaceIsPassed: Property = {
  name: "every-palace-is-passed",
  claim: "every saint passes one palace",
  check({ operations, processes }) {
    const passed = operations.filter(({ operation, outcome }) => operation === "palace" && outcome === "returned");
    if (passed.length === processes.length) return null;
    return { message: `${passed.length} of ${processes.length} palaces were passed`, operations: [] };
  },
};

const twelve = {
  input: fc.record({ palaces: fc.integer({ min: 2, max: 12 }) }),
  examples: [{ palaces: 12 }],
  processes: ({ palaces }: Zodiac) => times(palaces, "saint"),
  properties: [everyPalaceIsPassed, mutualExclusion({ operation: "palace" })],
};

export const palaces = scenario(import.meta.url, {
  ...twelve,
  name: "palaces",
  description: "twelve palaces without a lock: all are passed, but not one at a time",
  roles: {
    async saint(_shared, p) {
      await p.operation("palace", () => pass(p));
    },
  },
  violates: ["mutual-exclusion"],
});

export const palacesLocked = scenario(import.meta.url, {
  ...twelve,
  name: "palaces-locked",
  description: "the same under a lock: one palace at a time, in whatever order",
  shared: () => ({ lock: new Lock() }),
  roles: {
    async saint({ lock }, p) {
      await lock.acquire();
      try {
        await p.operation("palace", () => pass(p));
      } finally {
        lock.release();
      }
    },
  },
});

async function pass(p: RoleContext): Promise<void> {
  await p.step("start", () => console.log("start"));
  await p.think(FIGHT_MS);
  await p.step("pass", () => console.log("passed"));
}
