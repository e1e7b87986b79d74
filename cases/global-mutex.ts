import fc from "fast-check";
import { scenario, times } from "../harness/scenario.ts";
import { mutualExclusion } from "../properties/mutual-exclusion.ts";

/**
 * "A file-based mutex for Node.js: coordinate access to shared resources across multiple processes", by its own provider,
 * which stands in where proper-lockfile is not installed.
 */
export const globalMutex = scenario(import.meta.url, {
  name: "global-mutex",
  description: "@ster5/global-mutex 3.3.0, native provider: processes take it several times each",
  input: fc.record({ holders: fc.integer({ min: 2, max: 3 }), sections: fc.integer({ min: 1, max: 2 }) }),
  load: async () => {
    const { setLockProvider, withLock } = await import("@ster5/global-mutex");
    setLockProvider("native");
    return { withLock };
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
