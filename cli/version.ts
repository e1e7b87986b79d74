import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The package's version, from its package.json: two folders up in dist/, one up in the sources. */
export const VERSION: string = versionOf(["../package.json", "../../package.json"]);

function versionOf(places: readonly string[]): string {
  for (const place of places) {
    const path = fileURLToPath(new URL(place, import.meta.url));
    if (!existsSync(path)) continue;
    const { name, version } = JSON.parse(readFileSync(path, "utf8")) as { name?: string; version?: string };
    if (name === "forkcheck" && version !== undefined) return version;
  }
  return "unknown";
}
