import fc from "fast-check";
import { scenario } from "../harness/scenario.ts";
import { readsAreWhole } from "./claims.ts";

/** A buffer of this many bytes and more is stored in a file of its own, beside the entry that names it. */
const BUFFER_BYTES = 1024;

/** "Works well with the cluster module": writers lock; a reader locks only if what it reads is no JSON. */
export const cacheManagerFsHash = scenario(import.meta.url, {
  name: "cache-manager-fs-hash",
  description: "cache-manager-fs-hash 3.0.0: one process sets a buffer anew while another gets it",
  input: fc.constant({}),
  load: async () => ({ DiskStore: (await import("cache-manager-fs-hash")).default.DiskStore }),
  processes: () => ["writer", "reader"],
  roles: {
    async writer(_shared, p, { DiskStore }) {
      const store = new DiskStore({ path: "cache", subdirs: false });
      for (const letter of ["a", "b"]) {
        await p.operation("set", [letter], () => store.set("key", Buffer.alloc(BUFFER_BYTES, letter)));
      }
    },
    async reader(_shared, p, { DiskStore }) {
      const store = new DiskStore({ path: "cache", subdirs: false });
      await p.operation("get", async () => letterOf(await store.get("key")));
    },
  },
  properties: [readsAreWhole("get", ["nothing", "a", "b"])],
  violates: ["reads-are-whole"],
});

/** The letter that the whole buffer is made of. */
function letterOf(value: unknown): string {
  if (value === undefined) return "nothing";
  const letters = [...new Set((value as Buffer).toString("latin1"))];
  return letters.map((letter) => (letter === "\0" ? "zeros" : letter)).join(" and ");
}
