import fc from "fast-check";
import { scenario, times } from "../harness/scenario.ts";
import { mutualExclusion } from "../properties/mutual-exclusion.ts";

/** The longest that a task may be inside, in milliseconds of virtual time. */
const LIMIT_MS = 10;
const SHORT_MS = 6;
const TOO_LONG_MS = 12;

/**
 * "Lock on asynchronous code", with `maxExecutionTime`: the "max amount of time allowed between acquiring the lock and
 * completing execution". A task that takes longer is refused, and the next one is let in; the tasks that keep to the
 * limit are held to be inside one at a time.
 */
export const asyncLock = scenario(import.meta.url, {
  name: "async-lock",
  description: "async-lock 1.5.0: tasks of one process, the first of which stays inside longer than is allowed",
  input: fc.record({ tasks: fc.integer({ min: 2, max: 4 }) }),
  load: async () => ({ AsyncLock: (await import("async-lock")).default }),
  processes: () => ["server"],
  roles: {
    async server(_shared, p, { AsyncLock }) {
      const lock = new AsyncLock({ maxExecutionTime: LIMIT_MS });
      const tooLong = lock.acquire("key", () => p.critical("too long a section", TOO_LONG_MS)).catch(tookTooLong);
      const others = times(p.input.tasks - 1, "").map(() => lock.acquire("key", () => p.critical("section", SHORT_MS)));
      await Promise.all([tooLong, ...others]);
    },
  },
  properties: [mutualExclusion({ operation: "section" })],
  violates: ["mutual-exclusion"],
});

function tookTooLong(error: Error): void {
  if (!error.message.startsWith("Maximum execution time is exceeded")) throw error;
}
