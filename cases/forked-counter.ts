import fc from "fast-check";
import { scenario } from "../harness/scenario.ts";

/** What a program does that forks processes of its own: here two, which read, change and write back one file. */
export const forkedCounter = scenario(import.meta.url, {
  name: "forked-counter",
  description: "a module that forks two workers, each of which adds one to the number in a file",
  input: fc.constant({ workers: 2 }),
  files: () => ({ count: "0" }),
  load: () => import("./forked-counter/add.ts"),
  processes: () => ["main"],
  roles: {
    main: (_shared, p, { addSideBySide }) => p.operation("add", () => addSideBySide("count", p.input.workers)),
  },
  final: (_shared, folder) => folder.read("count"),
  properties: [
    {
      name: "every-add-counts",
      claim: "the number in the file is that of the workers",
      check: ({ final, input }) => {
        const { workers } = input as { workers: number };
        return final === String(workers)
          ? null
          : { message: `${workers} workers have added one each, and the number is ${String(final)}`, operations: [] };
      },
    },
  ],
  violates: ["every-add-counts"],
});
