import fc from "fast-check";
import { scenario, times } from "../harness/scenario.ts";
import { mutualExclusion } from "../properties/mutual-exclusion.ts";

/** From this age on, in milliseconds, a lock counts as left behind. */
const STALE_MS = 10_000;

const holders = {
  input: fc.record({ holders: fc.integer({ min: 2, max: 3 }) }),
  load: async () => ({ lockfile: (await import("lockfile")).default }),
  files: () => ({ lock: { ageMs: 6 * STALE_MS } }),
  processes: ({ holders }: { holders: number }) => times(holders, "holder"),
  properties: [mutualExclusion({ operation: "lock" })],
};

/** "A very polite lock file utility": `lockSync` finds a lock old, removes it and makes its own, in three steps. */
export const lockfileSync = scenario(import.meta.url, {
  ...holders,
  name: "lockfile-sync",
  description: "lockfile 1.0.4: several processes meet one lock that was left behind, and call lockSync",
  roles: {
    async holder(_shared, p, { lockfile }) {
      try {
        lockfile.lockSync("lock", { stale: STALE_MS });
      } catch (error) {
        if (refused(error as NodeJS.ErrnoException)) return;
        throw error;
      }
      await p.critical("lock", 10);
      lockfile.unlockSync("lock");
    },
  },
  violates: ["mutual-exclusion"],
});

/**
 * `lock`, which takes a second lock, `.STALE`, for removing the first one. Who finds that second lock taken, and gone when it looks
 * how old it is, makes it with an option changed on the way: from then on every lock is old, the other's new one, too.
 */
export const lockfileAsync = scenario(import.meta.url, {
  ...holders,
  name: "lockfile-async",
  description: "lockfile 1.0.4: several processes meet one lock that was left behind, and call lock",
  roles: {
    async holder(_shared, p, { lockfile }) {
      const error = await new Promise<NodeJS.ErrnoException | null | undefined>((resolve) => {
        lockfile.lock("lock", { stale: STALE_MS }, resolve);
      });
      if (error) {
        if (refused(error)) return;
        throw error;
      }
      await p.critical("lock", 10);
      lockfile.unlockSync("lock");
    },
  },
  violates: ["mutual-exclusion"],
});

/** EEXIST: another one has it. ENOENT: another one has just removed it. Either way this process does not hold it. */
function refused(error: NodeJS.ErrnoException): boolean {
  return error.code === "EEXIST" || error.code === "ENOENT";
}
