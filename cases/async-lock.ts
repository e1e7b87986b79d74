import fc from "fast-check";
import { scenario } from "../harness/scenario.ts";
import { mutualExclusion } from "../properties/mutual-exclusion.ts";

/** The longest that a task may be inside, in milliseconds of virtual time. */
const LIMIT_MS = 10;

/**
 * "Lock on asynchronous code", with `maxExecutionTime`: the "max amount of time allowed between acquiring the lock and
 * completing execution". A task that takes longer is refused, and the next one is let in; the tasks that keep to the
 * limit are held to be inside one at a time.
 */
export const asyncLock = scenario(import.meta.url, {
  name: "async-lock",
  description: "async-lock 1.5.0: three tasks of one process, one of which may stay inside longer than is allowed",
  input: fc.record({ sectionsMs: fc.array(fc.integer({ min: 1, max: 2 * LIMIT_MS }), { minLength: 2, maxLength: 4 }) }),
  load: async () => ({ AsyncLock: (await import("async-lock")).default }),
  processes: () => ["server"],
  roles: {
    async server(_shared, p, { AsyncLock }) {
      const lock = new AsyncLock({ maxExecutionTime: LIMIT_MS });
      const tasks = p.input.sectionsMs.map((ms) =>
        lock.acquire("key", () => p.critical(ms < LIMIT_MS ? "section" : "too long a section", ms)).catch(tookTooLong),
      );
      await Promise.all(tasks);
    },
  },
  properties: [mutualExclusion({ operation: "section" })],
  violates: ["mutual-exclusion"],
});

function tookTooLong(error: Error): void {
  if (!error.message.startsWith("Maximum execution time is exceeded")) throw error;
}
