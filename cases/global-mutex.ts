import fc from "fast-check";
import { scenario, times } from "../harness/scenario.ts";
import { mutualExclusion } from "../properties/mutual-exclusion.ts";

/**
 * "Coordinate access to shared resources across multiple processes", with the provider that needs no other package. A lock
 * that is gone when it looks how old it is counts as old, and is removed: by then another process may have made it anew.
 */
export const globalMutex = scenario(import.meta.url, {
  name: "global-mutex",
  description: "@ster5/global-mutex 3.3.0, native provider: two processes, and no lock that was left behind",
  input: fc.constant({ holders: 2, sections: 2 }),
  load: async () => {
    const mutex = await import("@ster5/global-mutex");
    mutex.setLockProvider("native");
    return mutex;
  },
  processes: ({ holders }) => times(holders, "holder"),
  roles: {
    async holder(_shared, p, { withLock }) {
      for (let section = 0; section < p.input.sections; section++) {
        await withLock({ fileToLock: "data" }, () => p.critical("data"));
      }
    },
  },
  properties: [mutualExclusion({ operation: "data" })],
  violates: ["mutual-exclusion"],
});
