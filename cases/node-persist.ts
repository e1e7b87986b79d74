import fc from "fast-check";
import { scenario } from "../harness/scenario.ts";
import { lastWriteIsStored } from "./claims.ts";

/**
 * "If you setItem() multiple times to the same key, only the last one would be set, but the others would still resolve
 * with the results of the last one."
 */
export const nodePersist = scenario(import.meta.url, {
  name: "node-persist",
  description: "node-persist 4.0.4: two tasks of one process set one key",
  input: fc.constant({}),
  load: async () => ({ storage: (await import("node-persist")).default }),
  files: () => ({ "storage/": {} }),
  processes: () => ["server"],
  roles: {
    async server(_shared, p, { storage }) {
      const store = storage.create({ dir: "storage" });
      await store.init();
      const set = (value: number) => p.operation("setItem", ["key", value], () => store.setItem("key", value));
      const first = set(1);
      await p.think(10);
      await Promise.all([first, set(2)]);
    },
  },
  final: (_shared, folder) => {
    const [name] = folder.list("storage");
    return (JSON.parse(folder.read(`storage/${name}`) ?? "null") as { value: number } | null)?.value;
  },
  properties: [lastWriteIsStored("setItem", ({ args: [, value] }) => value)],
  violates: ["last-write-is-stored"],
});
