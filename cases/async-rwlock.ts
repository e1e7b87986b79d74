import fc from "fast-check";
import { scenario } from "../harness/scenario.ts";

/** How long a writer waits at most, and the longest that a reader is inside, in milliseconds of virtual time. */
const PATIENCE_MS = 10;
const READING_MS_MAX = 20;

/** "Timeout is also supported": a writer that has given up stays in the queue, and is handed the lock that it never gives back. */
export const asyncRwlock = scenario(import.meta.url, {
  name: "async-rwlock",
  description: "async-rwlock 1.1.1: a task reads, one writes if that is possible soon, and one reads afterwards",
  input: fc.record({ readingMs: fc.integer({ min: 1, max: READING_MS_MAX }) }),
  load: () => import("async-rwlock"),
  processes: () => ["server"],
  roles: {
    async server(_shared, p, { RWLock }) {
      const lock = new RWLock();
      const read = async () => {
        await p.operation("readLock", () => lock.readLock());
        await p.sleep(p.input.readingMs);
        lock.unlock();
      };
      const write = () =>
        p.operation("writeLock", [PATIENCE_MS], () => lock.writeLock(PATIENCE_MS)).then(() => lock.unlock(), gaveUp);
      await Promise.all([read(), write()]);
      await read();
    },
  },
  properties: [],
  violates: ["no-deadlock"],
});

function gaveUp(error: Error): void {
  if (error.message !== "acquire lock timeout") throw error;
}
