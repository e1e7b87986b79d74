import fc from "fast-check";
import { scenario } from "../harness/scenario.ts";
import { lastWriteIsStored, readsAreWhole } from "./claims.ts";

/**
 * "No partial writes (writes are atomic). No race conditions (writes are ordered even if they're async)", for one writer of
 * the file, as its manual asks for.
 */
export const steno = scenario(import.meta.url, {
  name: "steno",
  description: "steno 4.0.2: tasks of one process write by one writer, and another process reads",
  input: fc.record({ writes: fc.integer({ min: 2, max: 3 }) }),
  load: async () => ({
    Writer: (await import("steno")).Writer,
    readFile: (await import("node:fs/promises")).readFile,
  }),
  files: () => ({ data: "write 0" }),
  processes: () => ["server", "reader"],
  roles: {
    async server(_shared, p, { Writer }) {
      const file = new Writer("data");
      const writes: Promise<void>[] = [];
      for (let write = 1; write <= p.input.writes; write++) {
        writes.push(p.operation("write", [`write ${write}`], () => file.write(`write ${write}`)));
        await p.think(10);
      }
      await Promise.all(writes);
    },
    async reader(_shared, p, { readFile }) {
      await p.operation("read", () => readFile("data", "utf8"));
    },
  },
  final: (_shared, folder) => folder.read("data"),
  properties: [
    lastWriteIsStored("write", ({ args: [text] }) => text),
    readsAreWhole("read", ["write 0", "write 1", "write 2", "write 3"]),
  ],
});
