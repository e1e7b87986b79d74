import fc from "fast-check";
import { scenario, times } from "../harness/scenario.ts";
import { acknowledgedWritesAreKept } from "./claims.ts";

/** "Easily load and persist config": `set` reads the whole file, changes one key and replaces the file by the whole. */
export const configstore = scenario(import.meta.url, {
  name: "configstore",
  description: "configstore 8.0.0: two or three processes set a key each",
  input: fc.record({ writers: fc.integer({ min: 2, max: 3 }) }),
  load: async () => ({ Configstore: (await import("configstore")).default }),
  processes: ({ writers }) => times(writers, "writer"),
  roles: {
    async writer(_shared, p, { Configstore }) {
      const config = new Configstore("app", undefined, { configPath: `${p.folder}/config.json` });
      const key = `k${p.number + 1}`;
      await p.operation("set", [key], () => config.set(key, true));
    },
  },
  final: (_shared, folder) => JSON.parse(folder.read("config.json") ?? "{}") as Record<string, unknown>,
  properties: [acknowledgedWritesAreKept("set")],
  violates: ["acknowledged-writes-are-kept"],
});
