import { EventEmitter } from "node:events";
import fs from "node:fs";
import { createInterface } from "node:readline";
import type { OperationOptions } from "./arguments.ts";
import { transferOf } from "./file-functions.ts";
import type { FileInterface } from "./file-interface.ts";
import type { Operations } from "./operations.ts";
import type { StatOptions } from "./kernel.ts";
import { refusal } from "./refusal.ts";

/** Makes what `fs.promises.open` gives under control, with the methods of Node's FileHandle. */
export function fileHandleClass(files: FileInterface, operations: Operations): FileHandleClass {
  class FileHandle extends EventEmitter {
    #fd: number;

    constructor(fd: number) {
      super();
      this.#fd = fd;
    }

    get fd(): number {
      return this.#fd;
    }

    async read(...args: unknown[]): Promise<{ bytesRead: number; buffer: unknown }> {
      const { steps, buffer } = transferOf(operations, "read", this.#fd, args);
      return { bytesRead: await files.promise("read", steps), buffer };
    }

    async readv(...args: unknown[]): Promise<{ bytesRead: number; buffers: unknown }> {
      const { steps, buffer } = transferOf(operations, "readv", this.#fd, args);
      return { bytesRead: await files.promise("readv", steps), buffers: buffer };
    }

    async write(...args: unknown[]): Promise<{ bytesWritten: number; buffer: unknown }> {
      const { steps, buffer } = transferOf(operations, "write", this.#fd, args);
      return { bytesWritten: await files.promise("write", steps), buffer };
    }

    async writev(...args: unknown[]): Promise<{ bytesWritten: number; buffers: unknown }> {
      const { steps, buffer } = transferOf(operations, "writev", this.#fd, args);
      return { bytesWritten: await files.promise("writev", steps), buffers: buffer };
    }

    readFile(options?: OperationOptions): Promise<Buffer | string> {
      return files.promise("readFile", operations.readFile(this.#fd, options));
    }

    writeFile(data: unknown, options?: OperationOptions): Promise<void> {
      return fs.promises.writeFile(this as never, data as string, options as BufferEncoding);
    }

    appendFile(data: unknown, options?: OperationOptions): Promise<void> {
      return fs.promises.appendFile(this as never, data as string, options as BufferEncoding);
    }

    stat(options?: StatOptions): Promise<unknown> {
      return files.promise("stat", operations.fstat(this.#fd, options));
    }

    truncate(length?: number): Promise<void> {
      return files.promise("truncate", operations.ftruncate(this.#fd, length));
    }

    sync(): Promise<void> {
      return files.promise("sync", operations.fsync(this.#fd));
    }

    datasync(): Promise<void> {
      return files.promise("datasync", operations.fdatasync(this.#fd));
    }

    utimes(accessed: unknown, modified: unknown): Promise<void> {
      return files.promise("utimes", operations.futimes(this.#fd, accessed, modified));
    }

    chmod(mode: number | string): Promise<void> {
      return files.promise("chmod", operations.fchmod(this.#fd, mode));
    }

    chown(user: number, group: number): Promise<void> {
      return files.promise("chown", operations.fchown(this.#fd, user, group));
    }

    createReadStream(options?: object): fs.ReadStream {
      return fs.createReadStream("", { ...options, fd: this.#fd, fs });
    }

    createWriteStream(options?: object): fs.WriteStream {
      return fs.createWriteStream("", { ...options, fd: this.#fd, fs });
    }

    readLines(options?: object): ReturnType<typeof createInterface> {
      return createInterface({ input: this.createReadStream(options), crlfDelay: Infinity });
    }

    readableWebStream(): never {
      throw refusal("FileHandle.readableWebStream", "Use createReadStream.");
    }

    getAsyncId(): number {
      return -1;
    }

    async close(): Promise<void> {
      if (this.#fd < 0) return;
      const fd = this.#fd;
      this.#fd = -1;
      await files.promise("close", operations.close(fd));
      this.emit("close");
    }

    async [Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose")](): Promise<void> {
      await this.close();
    }
  }
  return {
    around: (fd) => new FileHandle(fd),
    is: (value): value is { readonly fd: number } => value instanceof FileHandle,
  };
}

export interface FileHandleClass {
  around(fd: number): unknown;
  is(value: unknown): value is { readonly fd: number };
}
