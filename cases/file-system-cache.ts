import fc from "fast-check";
import { scenario } from "../harness/scenario.ts";
import { readsAreWhole } from "./claims.ts";

/** "A super-fast, promise-based cache that reads and writes to the file-system." */
export const fileSystemCache = scenario(import.meta.url, {
  name: "file-system-cache",
  description: "file-system-cache 2.4.7: one process sets a value while another gets it",
  input: fc.constant({}),
  load: async () => ({ Cache: (await import("file-system-cache")).Cache }),
  processes: () => ["writer", "reader"],
  roles: {
    async writer(_shared, _p, { Cache }) {
      await new Cache({ basePath: "./cache" }).set("key", "value");
    },
    async reader(_shared, p, { Cache }) {
      const cache = new Cache({ basePath: "./cache" });
      await p.operation("get", () => cache.get("key", "nothing")).catch(judgedByTheProperty);
    },
  },
  properties: [readsAreWhole("get", ["nothing", "value"])],
  violates: ["reads-are-whole"],
});

function judgedByTheProperty(): void {}
