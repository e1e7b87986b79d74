import fc from "fast-check";
import { scenario, times } from "../harness/scenario.ts";
import { oneSucceeds } from "./claims.ts";

/** `move` with `overwrite` false, its default: the destination must not exist. Whether it does is asked before it is renamed. */
export const fsExtraMove = scenario(import.meta.url, {
  name: "fs-extra-move",
  description: "fs-extra 11.4.1: processes move a file each to one name, and must not overwrite",
  input: fc.record({ movers: fc.integer({ min: 2, max: 3 }) }),
  load: async () => ({ fse: (await import("fs-extra")).default }),
  files: () => ({ "from-1": "", "from-2": "", "from-3": "" }),
  processes: ({ movers }) => times(movers, "mover"),
  roles: {
    async mover(_shared, p, { fse }) {
      const from = `from-${p.number + 1}`;
      await p.operation("move", [from, "to"], () => fse.move(from, "to")).catch(isThereAlready);
    },
  },
  properties: [oneSucceeds("move")],
  violates: ["one-succeeds"],
});

function isThereAlready(error: Error): void {
  if (error.message !== "dest already exists.") throw error;
}
