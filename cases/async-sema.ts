import fc from "fast-check";
import { scenario, times } from "../harness/scenario.ts";
import { atMost } from "../properties/at-most.ts";

/** "A semaphore implementation": at most so many are inside. */
export const asyncSema = scenario(import.meta.url, {
  name: "async-sema",
  description: "async-sema 3.1.1: four tasks of one process take a semaphore of two",
  input: fc.record({ tasks: fc.integer({ min: 3, max: 4 }) }),
  load: () => import("async-sema"),
  processes: () => ["server"],
  roles: {
    async server(_shared, p, { Sema }) {
      const sema = new Sema(2);
      const task = async () => {
        await p.think(10);
        await sema.acquire();
        await p.critical("section", () => p.think(10));
        sema.release();
      };
      await Promise.all(times(p.input.tasks, "").map(task));
    },
  },
  properties: [atMost(2, { operation: "section" })],
});
