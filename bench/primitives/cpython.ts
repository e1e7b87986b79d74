import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { COUNTS } from "./messages.ts";

/** What cpython.py measures under these names; nothing without python3. */
export function cpythonFigures(names: readonly string[]): Record<string, number> {
  if (names.length === 0) return {};
  const script = fileURLToPath(new URL("cpython.py", import.meta.url));
  try {
    execFileSync("python3", ["-c", "import multiprocessing"]);
  } catch {
    return {};
  }
  const output = execFileSync("python3", [script, JSON.stringify({ counts: COUNTS, names })], { encoding: "utf8" });
  return JSON.parse(output) as Record<string, number>;
}
