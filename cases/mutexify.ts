import fc from "fast-check";
import { scenario, times } from "../harness/scenario.ts";
import { mutualExclusion } from "../properties/mutual-exclusion.ts";

/** "Bike shed mutex lock implementation": one task at a time. */
export const mutexify = scenario(import.meta.url, {
  name: "mutexify",
  description: "mutexify 1.4.0: tasks of one process take a mutex",
  input: fc.record({ tasks: fc.integer({ min: 2, max: 4 }) }),
  load: async () => ({ mutexify: (await import("mutexify/promise.js")).default }),
  processes: () => ["server"],
  roles: {
    async server(_shared, p, { mutexify }) {
      const lock = mutexify();
      const task = async () => {
        await p.think(10);
        const release = await lock();
        await p.critical("section", () => p.think(10));
        release();
      };
      await Promise.all(times(p.input.tasks, "").map(task));
    },
  },
  properties: [mutualExclusion({ operation: "section" })],
});
