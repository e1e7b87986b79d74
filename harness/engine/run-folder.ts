import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The folder in which a run's processes work: their working directory, put back in order before each run. */
export class RunFolder {
  readonly path: string;
  #made = false;

  constructor(path: string) {
    this.path = path;
  }

  reset(files: Readonly<Record<string, string>>): void {
    this.make();
    for (const entry of readdirSync(this.path, { withFileTypes: true })) {
      if (entry.isDirectory() || !(entry.name in files))
        rmSync(join(this.path, entry.name), { recursive: true, force: true });
    }
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.path, name), text);
  }

  /** Creates the folder if it is not there yet: most scenarios use no files. */
  make(): void {
    if (this.#made) return;
    mkdirSync(this.path, { recursive: true });
    this.#made = true;
  }

  read(name: string): string | null {
    try {
      return readFileSync(join(this.path, name), "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw error;
    }
  }

  list(): string[] {
    return this.#made ? readdirSync(this.path).sort() : [];
  }

  remove(): void {
    if (this.#made) rmSync(this.path, { recursive: true, force: true });
  }
}
