import fc from "fast-check";
import { scenario } from "../harness/scenario.ts";
import { readsAreWhole } from "./claims.ts";

/** "Atomic": who reads the file meanwhile finds the old content or the new one. */
export const writeFileAtomic = scenario(import.meta.url, {
  name: "write-file-atomic",
  description: "write-file-atomic 7.0.1: two processes write one file while a third reads it",
  input: fc.constant({}),
  load: async () => ({
    writeFileAtomic: (await import("write-file-atomic")).default,
    readFile: (await import("node:fs/promises")).readFile,
  }),
  files: () => ({ data: "old" }),
  processes: () => ["writer", "writer", "reader"],
  roles: {
    async writer(_shared, p, { writeFileAtomic }) {
      await writeFileAtomic("data", `by ${p.name}`);
    },
    async reader(_shared, p, { readFile }) {
      for (let time = 0; time < 2; time++) await p.operation("read", () => readFile("data", "utf8"));
    },
  },
  properties: [readsAreWhole("read", ["old", "by writer 1", "by writer 2"])],
});
