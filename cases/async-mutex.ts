import fc from "fast-check";
import { scenario, times } from "../harness/scenario.ts";
import { mutualExclusion } from "../properties/mutual-exclusion.ts";

/** "A mutex for guarding async workflows". */
export const asyncMutex = scenario(import.meta.url, {
  name: "async-mutex",
  description: "async-mutex 0.5.0: tasks of one process take a mutex several times each",
  input: fc.record({ tasks: fc.integer({ min: 2, max: 4 }), sections: fc.integer({ min: 1, max: 2 }) }),
  examples: [{ tasks: 2, sections: 2 }],
  load: () => import("async-mutex"),
  processes: () => ["server"],
  roles: {
    async server(_shared, p, { Mutex }) {
      const mutex = new Mutex();
      const task = async () => {
        for (let section = 0; section < p.input.sections; section++) {
          await p.think(10);
          await mutex.runExclusive(() => p.critical("section", () => p.think(10)));
        }
      };
      await Promise.all(times(p.input.tasks, "").map(task));
    },
  },
  properties: [mutualExclusion({ operation: "section" })],
});
