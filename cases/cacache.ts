import fc from "fast-check";
import { scenario, times } from "../harness/scenario.ts";
import { readsAreWhole } from "./claims.ts";

/** "It will never give you corrupted data": immune to "partial writes, process races", and without locks. */
export const cacache = scenario(import.meta.url, {
  name: "cacache",
  description: "cacache 20.0.4: two processes put a value of one key and get it",
  input: fc.constant({}),
  load: async () => ({ cacache: (await import("cacache")).default }),
  processes: () => times(2, "client"),
  roles: {
    async client(_shared, p, { cacache }) {
      await cacache.put("cache", "key", `by ${p.name}`);
      await p.operation("get", async () => (await cacache.get("cache", "key")).data.toString());
    },
  },
  properties: [readsAreWhole("get", ["by client 1", "by client 2"])],
});
