import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The folder in which a run's processes work: their working directory, put back in order before each run. */
export class RunFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  reset(files: Readonly<Record<string, string>>): void {
    for (const entry of readdirSync(this.path, { withFileTypes: true })) {
      if (entry.isDirectory() || !(entry.name in files)) {
        rmSync(join(this.path, entry.name), { recursive: true, force: true });
      }
    }
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.path, name), text);
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
    return existsSync(this.path) ? readdirSync(this.path).sort() : [];
  }
}
