import fc from "fast-check";
import { scenario } from "../harness/scenario.ts";
import { mutualExclusion } from "../properties/mutual-exclusion.ts";

/**
 * "Promise-based asynchronous readers-writers lock. Timeout is also supported": `writeLock(ms)` is refused after that
 * time. The other tasks have all the time in the world.
 */
export const asyncRwlock = scenario(import.meta.url, {
  name: "async-rwlock",
  description: "async-rwlock 1.1.1: writers of one process, one of which waits for a limited time only",
  input: fc.record({
    sectionsMs: fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 3 }),
    patienceMs: fc.integer({ min: 1, max: 20 }),
  }),
  load: () => import("async-rwlock"),
  processes: () => ["server"],
  roles: {
    async server(_shared, p, { RWLock }) {
      const lock = new RWLock();
      const write = async (sectionMs: number, patienceMs?: number) => {
        await p.think(10);
        await lock.writeLock(patienceMs);
        await p.critical("section", sectionMs);
        lock.unlock();
      };
      const { sectionsMs, patienceMs } = p.input;
      const hasty = write(1, patienceMs).catch(gaveUp);
      await Promise.all([...sectionsMs.map((ms) => write(ms)), hasty]);
    },
  },
  properties: [mutualExclusion({ operation: "section" })],
  violates: ["no-deadlock"],
});

function gaveUp(error: Error): void {
  if (error.message !== "acquire lock timeout") throw error;
}
