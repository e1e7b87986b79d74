import fc from "fast-check";
import { scenario, times } from "../harness/scenario.ts";
import { mutualExclusion } from "../properties/mutual-exclusion.ts";
import { oneHolderOrTold } from "./claims.ts";

/**
 * "An inter-process and inter-machine lockfile utility": a lock is a folder, made by mkdir; one whose mtime is older than
 * `stale` was left behind by a process that died, and is taken over.
 */
export const properLockfileStale = scenario(import.meta.url, {
  name: "proper-lockfile-stale",
  description: "proper-lockfile 4.1.2: several processes meet one lock that was left behind",
  input: fc.record({ holders: fc.integer({ min: 2, max: 3 }) }),
  load: async () => ({ lockfile: (await import("proper-lockfile")).default }),
  files: () => ({ data: "", "data.lock/": { ageMs: 60_000 } }),
  processes: ({ holders }) => times(holders, "holder"),
  roles: {
    async holder(_shared, p, { lockfile }) {
      const release = await lockfile.lock("data").catch(refused);
      if (release === null) return;
      await p.critical("data", 10);
      await release();
    },
  },
  properties: [mutualExclusion({ operation: "data" })],
  violates: ["mutual-exclusion"],
});

export const properLockfile = scenario(import.meta.url, {
  name: "proper-lockfile",
  description: "proper-lockfile 4.1.2: several processes, and no lock that was left behind",
  input: fc.record({ holders: fc.integer({ min: 2, max: 3 }) }),
  load: async () => ({ lockfile: (await import("proper-lockfile")).default }),
  files: () => ({ data: "" }),
  processes: ({ holders }) => times(holders, "holder"),
  roles: {
    async holder(_shared, p, { lockfile }) {
      const release = await lockfile.lock("data", { retries: { retries: 5, minTimeout: 20, factor: 1 } });
      await p.critical("data");
      await release();
    },
  },
  properties: [mutualExclusion({ operation: "data" })],
});

/** A holder that stands still for longer than this, in milliseconds, is taken for dead. */
const STALE_MS = 2000;

/**
 * The holder renews its lock's mtime, and "onCompromised" is called when it finds that it could not in time. Who stands still
 * for longer than `stale` finds out after it goes on, at its next renewal.
 */
export const properLockfilePaused = scenario(import.meta.url, {
  name: "proper-lockfile-paused",
  description: "proper-lockfile 4.1.2: two processes, one of which stands still for a while",
  input: fc.constant({}),
  load: async () => ({ lockfile: (await import("proper-lockfile")).default }),
  files: () => ({ data: "" }),
  processes: () => times(2, "holder"),
  roles: {
    async holder(_shared, p, { lockfile }) {
      const onCompromised = () => void p.operation("is told", () => {});
      const retries = { retries: 5, minTimeout: STALE_MS / 2, factor: 1 };
      const release = await lockfile.lock("data", { stale: STALE_MS, retries, onCompromised }).catch(refused);
      if (release === null) return;
      await p.critical("data", 10);
      await release().catch(isReleased);
    },
  },
  properties: [oneHolderOrTold("data", "is told")],
  survives: ["pause"],
  violates: ["one-holder-or-told"],
});

/** ELOCKED: another one has it. ENOENT: another one has just removed it. Either way this process does not hold it. */
function refused(error: NodeJS.ErrnoException): null {
  if (error.code === "ELOCKED" || error.code === "ENOENT") return null;
  throw error;
}

/** It was told that its lock was lost. */
function isReleased(error: NodeJS.ErrnoException): void {
  if (error.code !== "ERELEASED") throw error;
}
