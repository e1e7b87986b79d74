import fc from "fast-check";
import { scenario } from "../harness/scenario.ts";
import { readsAreWhole } from "./claims.ts";

/** "A simple key/value storage using files to persist the data": `save` empties the file and then writes it. */
export const flatCache = scenario(import.meta.url, {
  name: "flat-cache",
  description: "flat-cache 6.1.23: one process saves its cache while another loads it",
  input: fc.constant({}),
  load: () => import("flat-cache"),
  files: () => ({ ".cache/one": '[["1"],{"key":"2","value":"3"},"key","old"]' }),
  processes: () => ["saver", "loader"],
  roles: {
    saver(_shared, _p, { FlatCache }) {
      const cache = new FlatCache({ cacheId: "one" });
      cache.set("key", "new");
      cache.save();
    },
    async loader(_shared, p, { createFromFile }) {
      await p.operation("load", () => createFromFile(".cache/one").get("key")).catch(judgedByTheProperty);
    },
  },
  properties: [readsAreWhole("load", ["old", "new"])],
  violates: ["reads-are-whole"],
});

function judgedByTheProperty(): void {}
