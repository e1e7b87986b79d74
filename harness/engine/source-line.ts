import { readFileSync } from "node:fs";

/** The text of a line of code by its place, "file:line"; null if it cannot be had. */
export function lineAt(place: string): string | null {
  const [, file, line] = /^(.+):(\d+)$/.exec(place) ?? [];
  if (file === undefined) return null;
  try {
    return readFileSync(file, "utf8").split("\n")[Number(line) - 1] ?? null;
  } catch {
    return null;
  }
}
