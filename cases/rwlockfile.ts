import fc from "fast-check";
import { scenario, times } from "../harness/scenario.ts";
import { mutualExclusion } from "../properties/mutual-exclusion.ts";

/** "1 writer is allowed at one time iff there are no current readers." Who holds it is in a file, guarded by a lock of its own. */
export const rwlockfile = scenario(import.meta.url, {
  name: "rwlockfile",
  description: "rwlockfile 2.0.25: two or three processes write",
  input: fc.record({ writers: fc.integer({ min: 2, max: 3 }) }),
  load: () => import("rwlockfile"),
  processes: ({ writers }) => times(writers, "writer"),
  roles: {
    async writer(_shared, p, { RWLockfile }) {
      const lock = new RWLockfile("data");
      await lock.add("write");
      await p.critical("write");
      await lock.remove("write");
    },
  },
  properties: [mutualExclusion({ operation: "write" })],
});
