import fc from "fast-check";
import { scenario } from "../harness/scenario.ts";

/** As `forked-counter`, with threads: two of them read, change and write back one file. */
export const threadedCounter = scenario(import.meta.url, {
  name: "threaded-counter",
  description: "a module that starts two threads, each of which adds one to the number in a file",
  input: fc.constant({ threads: 2 }),
  files: () => ({ count: "0" }),
  load: () => import("./threaded-counter/add.ts"),
  processes: () => ["main"],
  roles: {
    main: (_shared, p, { addSideBySide }) => p.operation("add", () => addSideBySide("count", p.input.threads)),
  },
  final: (_shared, folder) => folder.read("count"),
  properties: [
    {
      name: "every-add-counts",
      claim: "the number in the file is that of the threads",
      check: ({ final, input }) => {
        const { threads } = input as { threads: number };
        return final === String(threads)
          ? null
          : { message: `${threads} threads have added one each, and the number is ${String(final)}`, operations: [] };
      },
    },
  ],
  violates: ["every-add-counts"],
});
