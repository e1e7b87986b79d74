import type { Result } from "../harness/result.ts";
import { VERSION } from "./version.ts";

/** The document that `--json` prints. Values that JSON has no words for are written as text: 7n as "7n". */
export function resultDocument(seed: number, results: readonly Result[]): string {
  return JSON.stringify({ forkcheck: VERSION, seed, results }, (_key, value: unknown) => {
    if (typeof value === "bigint") return `${value}n`;
    if (value instanceof Map || value instanceof Set) return [...value];
    return value === undefined ? null : value;
  });
}
