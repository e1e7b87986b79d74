import fc from "fast-check";
import { scenario, times } from "../harness/scenario.ts";
import { mutualExclusion } from "../properties/mutual-exclusion.ts";

/**
 * "Cross-process file locking solution with lock-queue": the lock is a file that says which process has it. Whether it is
 * there is asked in one step, and it is written in another.
 */
export const crossProcessLock = scenario(import.meta.url, {
  name: "cross-process-lock",
  description: "cross-process-lock 2.2.0: two or three processes lock one file",
  input: fc.record({ holders: fc.integer({ min: 2, max: 3 }) }),
  load: () => import("cross-process-lock"),
  files: () => ({ data: "" }),
  processes: ({ holders }) => times(holders, "holder"),
  roles: {
    async holder(_shared, p, { lock }) {
      const unlock = await lock("data");
      await p.critical("data");
      await unlock();
    },
  },
  properties: [mutualExclusion({ operation: "data" })],
  violates: ["mutual-exclusion"],
});
