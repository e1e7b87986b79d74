import fc from "fast-check";
import { scenario, times } from "../harness/scenario.ts";
import { mutualExclusion } from "../properties/mutual-exclusion.ts";

/** No process of a run has this number. */
const DEAD_PID = "999999";

/** "Ensure that at most one instance is running, based on PIDs": the file of a dead process is removed, and made anew. */
export const pidlockfile = scenario(import.meta.url, {
  name: "pidlockfile",
  description: "pidlockfile 1.1.1: several processes meet the file of a process that is dead",
  input: fc.record({ instances: fc.integer({ min: 2, max: 3 }) }),
  load: async () => ({ lockfile: (await import("pidlockfile")).default }),
  files: () => ({ lock: DEAD_PID }),
  processes: ({ instances }) => times(instances, "instance"),
  roles: {
    async instance(_shared, p, { lockfile }) {
      const error = await new Promise<Error | null>((resolve) => lockfile.lock("lock", resolve));
      if (error === null) await p.critical("running");
    },
  },
  properties: [mutualExclusion({ operation: "running" })],
  violates: ["mutual-exclusion"],
});
