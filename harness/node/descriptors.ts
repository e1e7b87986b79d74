import { realFs } from "./originals.ts";

/** The files that a program under control has open: descriptors that do not stand here are none of its run's. */
export class Descriptors {
  readonly #open = new Map<number, OpenFile>();

  has(fd: unknown): fd is number {
    return this.#open.has(fd as number);
  }

  get(fd: number): OpenFile {
    const file = this.#open.get(fd);
    if (file !== undefined) return file;
    const failed = Object.assign(new Error("EBADF: bad file descriptor"), { errno: -9, code: "EBADF" });
    throw failed;
  }

  add(fd: number, file: OpenFile): void {
    this.#open.set(fd, file);
  }

  delete(fd: number): void {
    this.#open.delete(fd);
  }

  /** What the kernel does when a process ends. */
  closeAll(): void {
    for (const fd of this.#open.keys()) {
      try {
        realFs.closeSync(fd);
      } catch {
        // It may have been closed behind our back, by a stream of Node's own.
      }
    }
    this.#open.clear();
  }
}

export interface OpenFile {
  /** The name that it was opened by, below the run's folder. */
  readonly name: string;
  readonly ino: bigint;
  /** In the table of inodes. */
  readonly number: number;
  readonly flags: number;
}
