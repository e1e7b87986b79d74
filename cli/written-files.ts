import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { RequestError } from "../harness/request-error.ts";
import type { Result } from "../harness/result.ts";
import { formatJUnit, renderPage } from "../reports/index.ts";

/** Writes the page of some results. */
export function writePage(file: string, results: readonly Result[], runsMax?: number): void {
  const page = renderPage(results, {
    root: process.cwd(),
    readSource: lineOf,
    ...(runsMax === undefined ? {} : { runsMax }),
  });
  writeWhole(file, page);
}

export function writeJUnit(file: string, results: readonly Result[]): void {
  writeWhole(file, formatJUnit(results));
}

/** Under another name first: whoever reads the file finds the old one or the new one, never half of it. */
function writeWhole(file: string, text: string): void {
  const next = `${file}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(next, text);
    renameSync(next, file);
  } catch (error) {
    rmSync(next, { force: true });
    throw new RequestError(
      `${file} could not be written: ${(error as Error).message}.`,
      "Choose a place that can be written and has room; what was there before is untouched.",
    );
  }
}

/** The text of a line of code, by a place as traces have it: "/home/me/ticket-rush.ts:12". */
function lineOf(place: string): string | null {
  const at = place.lastIndexOf(":");
  try {
    return readFileSync(place.slice(0, at), "utf8").split("\n")[Number(place.slice(at + 1)) - 1] ?? null;
  } catch {
    return null;
  }
}
