import type { Dirent } from "node:fs";
import type { FileInterface } from "./file-interface.ts";
import type { Operations } from "./operations.ts";

/**
 * What `opendir` gives under control, with the methods of Node's Dir. As there, what is in the folder is known from the first read on:
 * who makes a file there between opening and reading is seen.
 */
export function folderHandle(
  files: FileInterface,
  operations: Operations,
  path: string,
  recursive: boolean,
): FolderHandle {
  return new FolderHandle(files, () => operations.readdir(path, { withFileTypes: true, recursive }), path);
}

class FolderHandle {
  readonly path: string;
  readonly #files: FileInterface;
  readonly #list: () => ReturnType<Operations["readdir"]>;
  #entries: Dirent[] | null = null;
  #closed = false;

  constructor(files: FileInterface, list: () => ReturnType<Operations["readdir"]>, path: string) {
    this.#files = files;
    this.#list = list;
    this.path = path;
  }

  read(done?: (error: unknown, entry?: Dirent | null) => void): Promise<Dirent | null> | undefined {
    this.#checkOpen();
    if (done === undefined) return this.#next();
    if (this.#entries !== null) process.nextTick(done, null, this.#entries.shift() ?? null);
    else {
      this.#files.start("readdir", this.#list(), (error, entries) => {
        if (error !== null) return done(error);
        this.#entries = entries as Dirent[];
        done(null, this.#entries.shift() ?? null);
      });
    }
    return undefined;
  }

  readSync(): Dirent | null {
    this.#checkOpen();
    this.#entries ??= this.#files.runSync(this.#list()) as Dirent[];
    return this.#entries.shift() ?? null;
  }

  close(done?: (error: unknown) => void): Promise<void> | undefined {
    this.#checkOpen();
    this.#closed = true;
    if (done === undefined) return Promise.resolve();
    process.nextTick(done, null);
    return undefined;
  }

  closeSync(): void {
    this.#checkOpen();
    this.#closed = true;
  }

  async *entries(): AsyncGenerator<Dirent> {
    try {
      for (let entry = await this.read(); entry !== null && entry !== undefined; entry = await this.read()) yield entry;
    } finally {
      if (!this.#closed) this.closeSync();
    }
  }

  [Symbol.asyncIterator](): AsyncGenerator<Dirent> {
    return this.entries();
  }

  async [Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose")](): Promise<void> {
    if (!this.#closed) this.closeSync();
  }

  [Symbol.dispose ?? Symbol.for("Symbol.dispose")](): void {
    if (!this.#closed) this.closeSync();
  }

  async #next(): Promise<Dirent | null> {
    this.#entries ??= (await this.#files.promise("readdir", this.#list())) as Dirent[];
    return this.#entries.shift() ?? null;
  }

  #checkOpen(): void {
    if (this.#closed) throw Object.assign(new Error("Directory handle was closed"), { code: "ERR_DIR_CLOSED" });
  }
}
