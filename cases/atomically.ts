import fc from "fast-check";
import { scenario } from "../harness/scenario.ts";
import { readsAreWhole } from "./claims.ts";

/** "It's impossible to get a corrupt/partially-written file": also with several processes that write it. */
export const atomically = scenario(import.meta.url, {
  name: "atomically",
  description: "atomically 2.1.1: two processes write one file while a third reads it",
  input: fc.constant({}),
  load: () => import("atomically"),
  files: () => ({ data: "old" }),
  processes: () => ["writer", "writer", "reader"],
  roles: {
    async writer(_shared, p, { writeFile }) {
      await writeFile("data", `by ${p.name}`);
    },
    async reader(_shared, p, { readFile }) {
      for (let time = 0; time < 2; time++) await p.operation("read", () => readFile("data", "utf8"));
    },
  },
  properties: [readsAreWhole("read", ["old", "by writer 1", "by writer 2"])],
});
