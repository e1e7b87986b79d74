import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { RequestError } from "../harness/request-error.ts";

/**
 * Writes a file, under another name first: whoever reads it, whenever the writer dies or the disk is full, finds the old one
 * or the new one, never half of it.
 *
 * @throws {RequestError} the place cannot be written
 * @throws {OutputError} it can, and there is no room, or the device fails
 */
export function writeWhole(file: string, text: string): void {
  const next = join(dirname(file), `.${basename(file)}.${process.pid}.tmp`);
  try {
    if (statSync(file, { throwIfNoEntry: false })?.isFile() === false) throw new Error("it is no regular file");
    mkdirSync(dirname(file), { recursive: true });
    removeLeftovers(file);
    writeFileSync(next, text, { flush: true });
    renameSync(next, file);
  } catch (error) {
    rmSync(next, { force: true });
    const what = `${file} could not be written: ${(error as Error).message}.`;
    if (NO_FAULT_OF_THE_PLACE.has((error as NodeJS.ErrnoException).code ?? "")) {
      throw new OutputError(`${what} Make room, and run again; what was there before is untouched.`);
    }
    throw new RequestError(what, "Choose a place that can be written; what was there before is untouched.");
  }
}

/** What was found could not be written down, though the request was right. */
export class OutputError extends Error {}

const NO_FAULT_OF_THE_PLACE: ReadonlySet<string> = new Set([
  "ENOSPC",
  "EDQUOT",
  "EFBIG",
  "EIO",
  "EMFILE",
  "ENFILE",
  "ENOMEM",
]);

/** Of writers that were killed in the middle of it. */
function removeLeftovers(file: string): void {
  const start = `.${basename(file)}.`;
  for (const name of readdirSync(dirname(file))) {
    const [, pid] = /^(\d+)\.tmp$/.exec(name.startsWith(start) ? name.slice(start.length) : "") ?? [];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(dirname(file), name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
