import fc from "fast-check";
import { scenario } from "../harness/scenario.ts";
import { readsAreWhole } from "./claims.ts";

/** "Reads and writes to the file-system"; of several processes it says nothing. A value is written over in place. */
export const fileSystemCache = scenario(import.meta.url, {
  name: "file-system-cache",
  description: "file-system-cache 2.4.7: one process sets a value anew while another gets it",
  input: fc.constant({}),
  load: async () => ({ Cache: (await import("file-system-cache")).Cache }),
  processes: () => ["setter", "getter"],
  roles: {
    async setter(_shared, p, { Cache }) {
      const cache = new Cache({ basePath: "./cache" });
      for (const value of ["first", "second"]) await p.operation("set", [value], () => cache.set("key", value));
    },
    async getter(_shared, p, { Cache }) {
      const cache = new Cache({ basePath: "./cache" });
      await p.operation("get", () => cache.get("key", "nothing")).catch(isInTheHistory);
    },
  },
  properties: [readsAreWhole("get", ["nothing", "first", "second"])],
  violates: ["reads-are-whole"],
});

/** The property says what a failed get means. */
function isInTheHistory(): void {}
