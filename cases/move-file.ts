import fc from "fast-check";
import { scenario, times } from "../harness/scenario.ts";
import { oneSucceeds } from "./claims.ts";

/** `overwrite: false`: "Optionally prevent overwriting an existing file." Whether there is one is asked before the renaming. */
export const moveFile = scenario(import.meta.url, {
  name: "move-file",
  description: "move-file 4.1.0: processes move a file each to one name, and must not overwrite",
  input: fc.record({ movers: fc.integer({ min: 2, max: 3 }) }),
  load: () => import("move-file"),
  files: () => ({ "from-1": "", "from-2": "", "from-3": "" }),
  processes: ({ movers }) => times(movers, "mover"),
  roles: {
    async mover(_shared, p, { moveFile }) {
      const from = `from-${p.number + 1}`;
      await p.operation("move", [from, "to"], () => moveFile(from, "to", { overwrite: false })).catch(isThereAlready);
    },
  },
  properties: [oneSucceeds("move")],
  violates: ["one-succeeds"],
});

function isThereAlready(error: Error): void {
  if (!error.message.startsWith("The destination file exists")) throw error;
}
