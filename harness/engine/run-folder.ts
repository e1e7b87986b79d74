import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { EPOCH_MS, realNumber, TIME_NAMES, type Inodes } from "../node/inodes.ts";
import type { FilesAtStart } from "../scenario.ts";
import { OutsideError } from "./trouble.ts";

/** The folder in which a run's processes work: their working directory, put back in order before each run. */
export class RunFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** @throws {OutsideError} there is no room for them, or the device fails */
  reset(files: FilesAtStart): void {
    try {
      this.#reset(files);
    } catch (error) {
      const { code = "", message } = error as NodeJS.ErrnoException;
      if (!["ENOSPC", "EDQUOT", "EIO", "EMFILE", "ENFILE"].includes(code)) throw error;
      throw new OutsideError(`the files of a run could not be written: ${message}. Make room in ${dirname(this.path)}`);
    }
  }

  #reset(files: FilesAtStart): void {
    for (const entry of readdirSync(this.path, { withFileTypes: true })) {
      if (entry.isDirectory() || !(entry.name in files)) {
        rmSync(join(this.path, entry.name), { recursive: true, force: true });
      }
    }
    for (const [name, file] of Object.entries(files)) {
      const path = join(this.path, name);
      if (name.includes("/")) mkdirSync(name.endsWith("/") ? path : dirname(path), { recursive: true });
      if (!name.endsWith("/")) writeFileSync(path, typeof file === "string" ? file : (file.text ?? ""));
    }
  }

  /** Gives what is there its number and its times, as a package under control is to see them. */
  register(inodes: Inodes, files: FilesAtStart): void {
    this.#number(inodes, this.path, 0);
    for (const name of Object.keys(files).sort()) {
      const file = files[name];
      this.#number(inodes, join(this.path, name), typeof file === "string" ? 0 : (file.ageMs ?? 0));
    }
  }

  /** Null if there is no such file. */
  read(name: string): string | null {
    try {
      return readFileSync(join(this.path, name), "utf8");
    } catch (error) {
      if (["ENOENT", "EISDIR", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return null;
      throw error;
    }
  }

  list(name = "."): string[] {
    const folder = join(this.path, name);
    return existsSync(folder) ? readdirSync(folder).sort() : [];
  }

  #number(inodes: Inodes, path: string, ageMs: number): void {
    const found = realNumber(path.replace(/\/$/, ""));
    if (found === null) return;
    const number = inodes.numberOf(found.ino, EPOCH_MS);
    for (const time of TIME_NAMES) inodes.set(number, time, EPOCH_MS - ageMs);
  }
}
