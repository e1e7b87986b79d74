import { constants, type Dirent, type Stats } from "node:fs";
import { posix } from "node:path";
import { bytesOf, encodingOf, millisecondsOf, type OperationOptions } from "./arguments.ts";
import type { Kernel, Position, StatOptions } from "./kernel.ts";
import type { Steps } from "./kernel-step.ts";
import { flagsOf } from "./open-flags.ts";
import { realFs } from "./originals.ts";
import { RUN_ROOT, type Place } from "./run-place.ts";

/**
 * The operations of `fs`, each taken apart into what the kernel does at once, as Node does it: `writeFile` opens and truncates,
 * then writes, then closes, and another process may come in between. One description serves the synchronous, the callback
 * and the promise form.
 *
 * Paths that lead out of the run's folder can be read, without a step: what is there does not change during a run.
 */
export class Operations {
  readonly #kernel: Kernel;
  readonly #refused: (what: string) => void;
  readonly #suffix: () => string;

  /**
   * @param suffix six characters for a name that nobody has yet
   * @param refused hears of what the program was not allowed to do
   */
  constructor(kernel: Kernel, suffix: () => string, refused: (what: string) => void) {
    this.#kernel = kernel;
    this.#suffix = suffix;
    this.#refused = refused;
  }

  /** The path leads into the run's folder. */
  owns(path: unknown): boolean {
    return this.#kernel.place.locate(path) !== null;
  }

  *open(path: unknown, flags?: string | number, mode?: number): Steps<number> {
    const bits = flagsOf(flags);
    const reads = (bits & (constants.O_WRONLY | constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC)) === 0;
    const place = this.#at(path, "open", !reads);
    if (place === null) return realFs.openSync(path as string, bits, mode);
    return yield* this.#kernel.open(place, bits, mode);
  }

  // eslint-disable-next-line require-yield
  *close(fd: number): Steps<void> {
    if (this.#kernel.descriptors.has(fd)) this.#kernel.close(fd);
    else realFs.closeSync(fd);
  }

  *read(fd: number, buffer: NodeJS.ArrayBufferView, offset: number, length: number, position: Position): Steps<number> {
    if (!this.#kernel.descriptors.has(fd)) return realFs.readSync(fd, buffer, offset, length, position);
    if (length === 0) return 0;
    return yield* this.#kernel.read(fd, buffer, offset, length, position);
  }

  *readv(fd: number, buffers: readonly NodeJS.ArrayBufferView[], position: number | null): Steps<number> {
    let total = 0;
    for (const buffer of buffers) {
      const count = yield* this.read(fd, buffer, 0, buffer.byteLength, position === null ? null : position + total);
      total += count;
      if (count < buffer.byteLength) break;
    }
    return total;
  }

  /** A long one may be seen half done: it is written in two pieces. */
  *write(
    fd: number,
    buffer: NodeJS.ArrayBufferView,
    offset: number,
    length: number,
    position: Position,
  ): Steps<number> {
    if (!this.#kernel.descriptors.has(fd))
      return realFs.writeSync(fd, buffer, offset, length, position as number | null);
    if (length <= WHOLE_WRITE_BYTES_MAX) return yield* this.#kernel.write(fd, buffer, offset, length, position);
    const half = Math.ceil(length / 2 / WHOLE_WRITE_BYTES_MAX) * WHOLE_WRITE_BYTES_MAX;
    const first = yield* this.#kernel.write(fd, buffer, offset, half, position);
    if (first < half) return first;
    const next = typeof position === "number" ? position + half : position;
    return first + (yield* this.#kernel.write(fd, buffer, offset + half, length - half, next));
  }

  *writev(fd: number, buffers: readonly NodeJS.ArrayBufferView[], position: number | null): Steps<number> {
    const whole = Buffer.concat(
      buffers.map((buffer) => Buffer.from(buffer.buffer, buffer.byteOffset, buffer.byteLength)),
    );
    return yield* this.write(fd, whole, 0, whole.byteLength, position);
  }

  *fstat(fd: number, options: StatOptions = {}): Steps<Stats> {
    if (!this.#kernel.descriptors.has(fd)) return realFs.fstatSync(fd, options) as Stats;
    return yield* this.#kernel.fstat(fd, options ?? {});
  }

  *ftruncate(fd: number, length = 0): Steps<void> {
    yield* this.#kernel.truncateOpen(fd, length ?? 0);
  }

  *fsync(fd: number): Steps<void> {
    yield* this.#kernel.sync(fd, false);
  }

  *fdatasync(fd: number): Steps<void> {
    yield* this.#kernel.sync(fd, true);
  }

  *futimes(fd: number, accessed: unknown, modified: unknown): Steps<void> {
    yield* this.#kernel.setTimesOpen(fd, millisecondsOf(accessed), millisecondsOf(modified));
  }

  *fchmod(fd: number, mode: number | string): Steps<void> {
    yield* this.#kernel.changeOpen(fd, "set mode of", () => realFs.fchmodSync(fd, mode));
  }

  *fchown(fd: number, user: number, group: number): Steps<void> {
    yield* this.#kernel.changeOpen(fd, "set owner of", () => realFs.fchownSync(fd, user, group));
  }

  *readFile(target: unknown, options?: OperationOptions, atOnce = false): Steps<Buffer | string> {
    const encoding = encodingOf(options);
    if (typeof target !== "number" && this.#at(target, "readFile", false) === null)
      return realFs.readFileSync(target as string, options as BufferEncoding);
    const fd = typeof target === "number" ? target : yield* this.open(target, flagOf(options, "r"));
    try {
      const bytes = yield* this.#wholeContent(fd, atOnce && encoding !== null);
      return encoding === null ? bytes : bytes.toString(encoding);
    } finally {
      if (typeof target !== "number") yield* this.close(fd);
    }
  }

  *writeFile(target: unknown, data: unknown, options?: OperationOptions, flag = "w"): Steps<void> {
    const bytes = bytesOf(data, encodingOf(options) ?? "utf8");
    const fd = typeof target === "number" ? target : yield* this.open(target, flagOf(options, flag), modeOf(options));
    try {
      for (let done = 0; done < bytes.byteLength;) {
        done += yield* this.write(fd, bytes, done, bytes.byteLength - done, null);
      }
      if (typeof options === "object" && options?.flush === true) yield* this.fsync(fd);
    } finally {
      if (typeof target !== "number") yield* this.close(fd);
    }
  }

  *appendFile(target: unknown, data: unknown, options?: OperationOptions): Steps<void> {
    yield* this.writeFile(target, data, options, "a");
  }

  *copyFile(from: unknown, to: unknown, mode = 0): Steps<void> {
    const source = yield* this.open(from, "r");
    try {
      const excludes = (mode & constants.COPYFILE_EXCL) !== 0;
      const target = yield* this.open(to, excludes ? "wx" : "w");
      try {
        const bytes = yield* this.#wholeContent(source, false);
        if (bytes.byteLength > 0) yield* this.write(target, bytes, 0, bytes.byteLength, null);
      } finally {
        yield* this.close(target);
      }
    } finally {
      yield* this.close(source);
    }
  }

  *truncate(path: unknown, length = 0): Steps<void> {
    if (typeof path === "number") return yield* this.ftruncate(path, length);
    yield* this.#kernel.truncate(this.#inside(path, "truncate"), length ?? 0);
  }

  *access(path: unknown, mode?: number): Steps<void> {
    const place = this.#at(path, "access", false);
    if (place === null) return realFs.accessSync(path as string, mode);
    yield* this.#kernel.access(place, mode);
  }

  *exists(path: unknown): Steps<boolean> {
    const place = this.#at(path, "exists", false);
    if (place === null) return realFs.existsSync(path as string);
    return yield* this.#kernel.exists(place);
  }

  *stat(path: unknown, options: StatOptions = {}): Steps<Stats | undefined> {
    const place = this.#at(path, "stat", false);
    if (place === null) return realFs.statSync(path as string, options) as Stats;
    return yield* this.#kernel.stat(place, options ?? {}, true);
  }

  *lstat(path: unknown, options: StatOptions = {}): Steps<Stats | undefined> {
    const place = this.#at(path, "lstat", false);
    if (place === null) return realFs.lstatSync(path as string, options) as Stats;
    return yield* this.#kernel.stat(place, options ?? {}, false);
  }

  *realpath(path: unknown): Steps<string> {
    const place = this.#at(path, "realpath", false);
    if (place === null) return realFs.realpathSync(path as string);
    return yield* this.#kernel.realPath(place);
  }

  *readlink(path: unknown): Steps<string> {
    const place = this.#at(path, "readlink", false);
    if (place === null) return realFs.readlinkSync(path as string);
    return yield* this.#kernel.readLink(place);
  }

  *readdir(path: unknown, options?: ListOptions): Steps<(string | Buffer | Dirent)[]> {
    const place = this.#at(path, "readdir", false);
    if (place === null) return realFs.readdirSync(path as string, options as { withFileTypes: true });
    const {
      withFileTypes = false,
      recursive = false,
      encoding = null,
    } = typeof options === "object" && options !== null ? options : { encoding: options };
    const entries = yield* this.#list(place, recursive);
    if (withFileTypes) return entries.map(({ entry, folder }) => relocated(entry, folder, place));
    const names = entries.map(({ entry, folder }) => posix.join(posix.relative(place.name, folder), entry.name));
    return encoding === "buffer" ? names.map((name) => Buffer.from(name)) : names;
  }

  /** What `opendir` does before anything is read. */
  *lookIntoFolder(path: unknown): Steps<void> {
    const place = this.#inside(path, "opendir");
    const stats = yield* this.#kernel.stat(place, {}, true);
    if (stats?.isDirectory() === true) return;
    throw Object.assign(new Error(`ENOTDIR: not a directory, opendir '${place.given}'`), {
      errno: -20,
      code: "ENOTDIR",
      syscall: "opendir",
      path: place.given,
    });
  }

  *mkdir(path: unknown, options?: MakeOptions): Steps<string | undefined> {
    const { recursive = false, mode } = typeof options === "object" && options !== null ? options : { mode: options };
    const place = this.#inside(path, "mkdir");
    if (recursive) return yield* this.#makeFolders(place, numeric(mode));
    yield* this.#kernel.makeFolder(place, numeric(mode));
    return undefined;
  }

  *mkdtemp(prefix: string): Steps<string> {
    for (;;) {
      const path = `${prefix}${this.#suffix()}`;
      try {
        yield* this.#kernel.makeFolder(this.#inside(path, "mkdtemp"), 0o700);
        return path;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
    }
  }

  *rmdir(path: unknown, options?: { recursive?: boolean }): Steps<void> {
    const place = this.#inside(path, "rmdir");
    if (options?.recursive === true) yield* this.#removeAll(place, true);
    else yield* this.#kernel.removeFolder(place);
  }

  *unlink(path: unknown): Steps<void> {
    yield* this.#kernel.remove(this.#inside(path, "unlink"));
  }

  *rm(path: unknown, options?: { recursive?: boolean; force?: boolean }): Steps<void> {
    const place = this.#inside(path, "rm");
    yield* this.#removeAll(place, options?.recursive === true, options?.force === true);
  }

  *rename(from: unknown, to: unknown): Steps<void> {
    yield* this.#kernel.rename(this.#inside(from, "rename"), this.#inside(to, "rename"));
  }

  *link(from: unknown, to: unknown): Steps<void> {
    yield* this.#kernel.link(this.#inside(from, "link"), this.#inside(to, "link"));
  }

  *symlink(target: unknown, path: unknown, type?: string): Steps<void> {
    const absolute = this.#kernel.place.locate(target);
    const shown = String(target).startsWith("/") && absolute !== null ? absolute.real : String(target);
    yield* this.#kernel.symbolicLink(shown, this.#inside(path, "symlink"), type);
  }

  *chmod(path: unknown, mode: number | string): Steps<void> {
    const place = this.#inside(path, "chmod");
    yield* this.#kernel.change("set mode of", place, () => realFs.chmodSync(place.real, mode));
  }

  *chown(path: unknown, user: number, group: number): Steps<void> {
    const place = this.#inside(path, "chown");
    yield* this.#kernel.change("set owner of", place, () => realFs.chownSync(place.real, user, group));
  }

  *lchown(path: unknown, user: number, group: number): Steps<void> {
    const place = this.#inside(path, "lchown");
    yield* this.#kernel.change("set owner of", place, () => realFs.lchownSync(place.real, user, group));
  }

  *utimes(path: unknown, accessed: unknown, modified: unknown): Steps<void> {
    const place = this.#inside(path, "utimes");
    yield* this.#kernel.setTimes(place, millisecondsOf(accessed), millisecondsOf(modified), true);
  }

  *lutimes(path: unknown, accessed: unknown, modified: unknown): Steps<void> {
    const place = this.#inside(path, "lutimes");
    yield* this.#kernel.setTimes(place, millisecondsOf(accessed), millisecondsOf(modified), false);
  }

  *cp(from: unknown, to: unknown, options?: CopyOptions): Steps<void> {
    const stats = (yield* this.lstat(from)) as Stats;
    if (!stats.isDirectory()) {
      const keep = options?.force === false || options?.errorOnExist === true;
      if (keep && (yield* this.exists(to))) {
        if (options?.errorOnExist !== true) return;
        throw Object.assign(new Error(`Target already exists: cp returned EEXIST (${String(to)} already exists)`), {
          code: "ERR_FS_CP_EEXIST",
        });
      }
      return yield* this.copyFile(from, to, keep ? constants.COPYFILE_EXCL : 0);
    }
    if (options?.recursive !== true)
      throw Object.assign(new Error(`Recursive option not enabled, cannot copy a directory: ${String(from)}`), {
        code: "ERR_FS_EISDIR",
      });
    yield* this.mkdir(to, { recursive: true });
    for (const name of (yield* this.readdir(from)) as string[]) {
      yield* this.cp(posix.join(String(from), name), posix.join(String(to), name), options);
    }
  }

  // What several of them share.

  *#wholeContent(fd: number, untilEnd: boolean): Steps<Buffer> {
    const size = untilEnd || !this.#kernel.descriptors.has(fd) ? 0 : yield* this.#kernel.size(fd);
    const pieces: Buffer[] = [];
    let total = 0;
    for (;;) {
      // A file that was empty when its size was asked for is read to its end, as Node does.
      const piece = Buffer.allocUnsafe(size === 0 ? READ_BYTES : size - total);
      const count = yield* this.read(fd, piece, 0, piece.byteLength, null);
      if (count > 0) pieces.push(piece.subarray(0, count));
      total += count;
      // A regular file gives as much as there is: less means that this was its end.
      if (count < piece.byteLength || total === size) return pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
    }
  }

  *#list(place: Place, recursive: boolean): Steps<{ entry: Dirent; folder: string }[]> {
    const entries = yield* this.#kernel.list(place);
    const found: { entry: Dirent; folder: string }[] = [];
    for (const entry of entries) {
      found.push({ entry, folder: place.name });
      if (recursive && entry.isDirectory()) found.push(...(yield* this.#list(below(place, entry.name), true)));
    }
    return found;
  }

  *#makeFolders(place: Place, mode: number | undefined): Steps<string | undefined> {
    try {
      yield* this.#kernel.makeFolder(place, mode);
      return this.#kernel.place.shown(place.real);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EEXIST") {
        const stats = yield* this.#kernel.stat(place, {}, true);
        if (stats?.isDirectory() === true) return undefined;
        throw error;
      }
      if (code !== "ENOENT" || place.name === ".") throw error;
    }
    const made = yield* this.#makeFolders(above(place), mode);
    const own = yield* this.#makeFolders(place, mode);
    return made ?? own;
  }

  *#removeAll(place: Place, recursive: boolean, force = false): Steps<void> {
    let stats: Stats | undefined;
    try {
      stats = yield* this.#kernel.stat(place, {}, false);
    } catch (error) {
      if (force && (error as NodeJS.ErrnoException).code === "ENOENT") return;
      throw error;
    }
    if (stats?.isDirectory() !== true) return yield* this.#gone(this.#kernel.remove(place), force);
    if (!recursive) {
      throw Object.assign(new Error(`Path is a directory: rm returned EISDIR (is a directory) ${place.given}`), {
        code: "ERR_FS_EISDIR",
        errno: 21,
        syscall: "rm",
        path: place.given,
      });
    }
    for (;;) {
      try {
        return yield* this.#gone(this.#kernel.removeFolder(place), force);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
      }
      const entries = yield* this.#kernel.list(place);
      for (const entry of entries) yield* this.#removeAll(below(place, entry.name), true, true);
    }
  }

  *#gone(steps: Steps<void>, force: boolean): Steps<void> {
    try {
      yield* steps;
    } catch (error) {
      if (!force || (error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }

  /** Null for a path out of the run's folder that is only read. */
  #at(path: unknown, operation: string, writes: boolean): Place | null {
    const place = this.#kernel.place.locate(path);
    if (place === null && writes && !DEVICES.test(String(path))) throw this.#refusal(path, operation);
    return place;
  }

  #inside(path: unknown, operation: string): Place {
    const place = this.#kernel.place.locate(path);
    if (place === null) throw this.#refusal(path, operation);
    return place;
  }

  #refusal(path: unknown, operation: string): Error {
    if (path === undefined || path === null || typeof path === "boolean" || typeof path === "function") {
      return Object.assign(
        new TypeError(
          `The "path" argument must be of type string or an instance of Buffer or URL. Received ${String(path)}`,
        ),
        { code: "ERR_INVALID_ARG_TYPE" },
      );
    }
    const what = `${operation} of ${String(path)}`;
    this.#refused(what);
    return Object.assign(
      new Error(
        `${what} would change something outside of the run's folder, which the next run would find there. ` +
          `Have it work below ${RUN_ROOT}: the working directory, the home folder and the folder for temporary files all are.`,
      ),
      { code: "ERR_FORKCHECK_OUTSIDE" },
    );
  }
}

interface ListOptions {
  readonly withFileTypes?: boolean;
  readonly recursive?: boolean;
  readonly encoding?: string | null;
}

type MakeOptions = number | string | { readonly recursive?: boolean; readonly mode?: number | string } | null;

interface CopyOptions {
  readonly recursive?: boolean;
  readonly force?: boolean;
  readonly errorOnExist?: boolean;
}

/** Nothing that is written there is found by anybody. */
const DEVICES = /^\/dev\/(null|zero|full|stdout|stderr|tty)$/;
/** A page: what is not longer is written at once. */
const WHOLE_WRITE_BYTES_MAX = 4096;
const READ_BYTES = 65_536;

function flagOf(options: OperationOptions, otherwise: string): string | number {
  return (typeof options === "object" && options !== null ? (options.flag ?? options.flags) : undefined) ?? otherwise;
}

function modeOf(options: OperationOptions): number | undefined {
  return numeric(typeof options === "object" && options !== null ? options.mode : undefined);
}

function numeric(mode: number | string | null | undefined): number | undefined {
  return typeof mode === "string" ? Number.parseInt(mode, 8) : (mode ?? undefined);
}

function below(place: Place, name: string): Place {
  return {
    name: place.name === "." ? name : `${place.name}/${name}`,
    real: `${place.real}/${name}`,
    given: posix.join(place.given, name),
  };
}

function above(place: Place): Place {
  return { name: posix.dirname(place.name), real: posix.dirname(place.real), given: posix.dirname(place.given) };
}

function relocated(entry: Dirent, folder: string, place: Place): Dirent {
  const parent = posix.join(place.given, posix.relative(place.name, folder));
  const own = entry as unknown as Record<string, unknown>;
  if ("path" in own) own.path = parent;
  own.parentPath = parent;
  return entry;
}
