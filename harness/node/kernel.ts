import { constants, type Stats } from "node:fs";
import { posix } from "node:path";
import { H, type LaneMemory } from "../engine/lane-memory.ts";
import type { Names } from "../engine/names.ts";
import { Descriptors } from "./descriptors.ts";
import { EPOCH_MS, fileTime, Inodes, realNumber } from "./inodes.ts";
import { ANYTHING, entryOf, foldersOf, KernelSteps, type Steps } from "./kernel-step.ts";
import { realFs } from "./originals.ts";
import type { Place, RunPlace } from "./run-place.ts";

/**
 * The steps that files are used in: what the kernel does at once, each announced with what it touches before it is done for
 * real. Everything bigger is put together of these (operations.ts).
 */
export class Kernel {
  readonly descriptors = new Descriptors();
  readonly place: RunPlace;
  readonly #words: Int32Array;
  readonly #steps: KernelSteps;
  readonly #inodes: Inodes;
  readonly #now: () => number;

  /** @param now virtual time, in milliseconds since the run began */
  constructor(memory: LaneMemory, names: Names, place: RunPlace, now: () => number) {
    this.#words = memory.words;
    this.#steps = new KernelSteps(memory, names);
    this.#inodes = new Inodes(memory);
    this.place = place;
    this.#now = () => EPOCH_MS + fileTime(now());
  }

  /** To be called when the names in the lane's memory are forgotten. */
  forgetNames(): void {
    this.#steps.forgetNames();
  }

  *open(path: Place, flags: number, mode: number | undefined): Steps<number> {
    const creates = (flags & constants.O_CREAT) !== 0;
    const truncates = (flags & constants.O_TRUNC) !== 0;
    const verb = creates
      ? (flags & constants.O_EXCL) !== 0
        ? "create"
        : truncates
          ? "truncate or create"
          : "open or create"
      : truncates
        ? "truncate"
        : "open";
    const writes = [...(creates ? entryOf(path.name) : []), ...(truncates ? [`${path.name}#`] : [])];
    return yield this.#steps.step(
      verb,
      path,
      null,
      () => [[path.name, ...foldersOf(path.name)], writes],
      () => {
        const before = creates ? realNumber(path.real) : null;
        const fd = realFs.openSync(path.real, flags, mode);
        const ino = realFs.fstatSync(fd, { bigint: true }).ino;
        const number = this.#inodes.numberOf(ino, this.#now());
        if (creates && before === null) this.#changedEntry(path);
        else if (truncates) this.#changed(number);
        this.descriptors.add(fd, { name: path.name, ino, number, flags });
        return fd;
      },
    );
  }

  /** Nobody else can see it: it is no step. */
  close(fd: number): void {
    this.descriptors.delete(fd);
    realFs.closeSync(fd);
  }

  *read(fd: number, buffer: NodeJS.ArrayBufferView, offset: number, length: number, position: Position): Steps<number> {
    const file = this.descriptors.get(fd);
    return yield this.#steps.content(
      "read",
      file,
      false,
      () => realFs.readSync(fd, buffer, offset, length, position),
      (count) =>
        `→ ${count === 0 ? "nothing" : textual(Buffer.from(buffer.buffer, buffer.byteOffset + offset, Math.min(count, SHOWN_BYTES_MAX)))}`,
    );
  }

  *write(
    fd: number,
    buffer: NodeJS.ArrayBufferView,
    offset: number,
    length: number,
    position: Position,
  ): Steps<number> {
    const file = this.descriptors.get(fd);
    const write = (bytes: number): number => {
      const count = realFs.writeSync(fd, buffer, offset, bytes, position as number | null);
      this.#changed(file.number);
      return count;
    };
    const step = this.#steps.content(
      "write",
      file,
      true,
      () => write(length),
      (count) =>
        `← ${textual(Buffer.from(buffer.buffer, buffer.byteOffset + offset, Math.min(count, SHOWN_BYTES_MAX)))}`,
    );
    return yield { ...step, performPart: () => write(length >> 1) };
  }

  *size(fd: number): Steps<number> {
    return yield this.#steps.content(
      "size of",
      this.descriptors.get(fd),
      false,
      () => realFs.fstatSync(fd).size,
      (size) => `→ ${size} bytes`,
    );
  }

  *fstat(fd: number, options: StatOptions): Steps<Stats> {
    return yield this.#steps.content(
      "look at",
      this.descriptors.get(fd),
      false,
      () => this.#inodes.translate(realFs.fstatSync(fd, options) as Stats, this.#now()),
      (stats) => this.#describe(stats),
    );
  }

  *truncateOpen(fd: number, length: number): Steps<void> {
    const file = this.descriptors.get(fd);
    return yield this.#steps.content("truncate", file, true, () => {
      realFs.ftruncateSync(fd, length);
      this.#changed(file.number);
    });
  }

  /** Content on its way to the disk is out of every other process's sight. */
  *sync(fd: number, dataOnly: boolean): Steps<void> {
    const file = this.descriptors.get(fd);
    return yield this.#steps.step(
      "flush",
      { name: file.name, real: "", given: "" },
      null,
      () => [[], []],
      () => (dataOnly ? realFs.fdatasyncSync(fd) : realFs.fsyncSync(fd)),
    );
  }

  *setTimesOpen(fd: number, accessed: number, modified: number): Steps<void> {
    const file = this.descriptors.get(fd);
    return yield this.#steps.content("set times of", file, true, () => this.#setTimes(file.number, accessed, modified));
  }

  *changeOpen(fd: number, verb: string, change: () => void): Steps<void> {
    const file = this.descriptors.get(fd);
    return yield this.#steps.content(verb, file, true, () => {
      change();
      this.#inodes.set(file.number, "ctime", this.#now());
    });
  }

  *stat(path: Place, options: StatOptions & { throwIfNoEntry?: boolean }, follow: boolean): Steps<Stats | undefined> {
    return yield this.#steps.look(
      "look at",
      path,
      () => {
        const stats = (follow ? realFs.statSync : realFs.lstatSync)(path.real, options) as Stats | undefined;
        return stats === undefined ? undefined : this.#inodes.translate(stats, this.#now());
      },
      (stats) => (stats === undefined ? "→ nothing" : this.#describe(stats)),
    );
  }

  *access(path: Place, mode: number | undefined): Steps<void> {
    return yield this.#steps.look(
      "look for",
      path,
      () => realFs.accessSync(path.real, mode),
      () => "→ there",
    );
  }

  *exists(path: Place): Steps<boolean> {
    return yield this.#steps.look(
      "look for",
      path,
      () => realFs.existsSync(path.real),
      (there) => (there ? "→ there" : "→ nothing"),
    );
  }

  *realPath(path: Place): Steps<string> {
    return yield this.#steps.look("resolve", path, () => this.place.shown(realFs.realpathSync.native(path.real)));
  }

  *readLink(path: Place): Steps<string> {
    return yield this.#steps.look("read link", path, () => this.place.shown(realFs.readlinkSync(path.real)));
  }

  /** The names in a folder, sorted: a file system may give them in any order, but a run always finds the same one. */
  *list(path: Place): Steps<import("node:fs").Dirent[]> {
    return yield this.#steps.step(
      "list",
      path,
      null,
      () => [[path.name, ...foldersOf(path.name), `${path.name}/`], []],
      () => {
        const entries = realFs.readdirSync(path.real, { withFileTypes: true });
        return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
      },
      (entries) => `→ ${entries.map((entry) => entry.name).join(" ") || "empty"}`,
    );
  }

  *makeFolder(path: Place, mode: number | undefined): Steps<void> {
    return yield this.#steps.entry("make folder", path, () => {
      realFs.mkdirSync(path.real, { mode });
      this.#made(path);
    });
  }

  *removeFolder(path: Place): Steps<void> {
    return yield this.#steps.step(
      "remove folder",
      path,
      null,
      () => [[`${path.name}/`, ...foldersOf(path.name)], entryOf(path.name)],
      () => this.#removed(path, () => realFs.rmdirSync(path.real)),
    );
  }

  *remove(path: Place): Steps<void> {
    return yield this.#steps.entry("remove", path, () => this.#removed(path, () => realFs.unlinkSync(path.real)));
  }

  *rename(from: Place, to: Place): Steps<void> {
    return yield this.#steps.step(
      "rename",
      from,
      to,
      () => [
        [...foldersOf(from.name), ...foldersOf(to.name), `${from.name}/`, `${to.name}/`],
        [...entryOf(from.name), ...entryOf(to.name), `${from.name}#`, `${to.name}#`],
      ],
      () => {
        const moved = realNumber(from.real);
        const replaced = realNumber(to.real);
        realFs.renameSync(from.real, to.real);
        if (moved === null) return;
        if (replaced !== null && replaced.ino !== moved.ino && replaced.links === 1n)
          this.#inodes.free(replaced.ino, this.#now());
        const number = this.#inodes.numberOf(moved.ino, this.#now());
        this.#inodes.set(number, "ctime", this.#now());
        if (this.#isFolder(to)) this.#words[H.aliased] = 1;
        this.#changedEntry(from);
        this.#changedEntry(to);
      },
    );
  }

  *link(from: Place, to: Place): Steps<void> {
    return yield this.#steps.step("link", from, to, ANYTHING, () => {
      realFs.linkSync(from.real, to.real);
      this.#words[H.aliased] = 1;
      this.#changedInode(from);
      this.#changedEntry(to);
    });
  }

  *symbolicLink(target: string, path: Place, type: string | undefined): Steps<void> {
    return yield this.#steps.step("link", path, null, ANYTHING, () => {
      realFs.symlinkSync(target, path.real, type as "file" | undefined);
      this.#words[H.aliased] = 1;
      this.#made(path);
    });
  }

  *truncate(path: Place, length: number): Steps<void> {
    return yield this.#steps.step(
      "truncate",
      path,
      null,
      () => [[path.name, ...foldersOf(path.name)], [`${path.name}#`]],
      () => {
        realFs.truncateSync(path.real, length);
        const found = realNumber(path.real);
        if (found !== null) this.#changed(this.#inodes.numberOf(found.ino, this.#now()));
      },
    );
  }

  *setTimes(path: Place, accessed: number, modified: number, follow: boolean): Steps<void> {
    return yield this.#steps.change("set times of", path, () => {
      const { ino } = (follow ? realFs.statSync : realFs.lstatSync)(path.real, { bigint: true });
      this.#setTimes(this.#inodes.numberOf(ino, this.#now()), accessed, modified);
    });
  }

  /** Permissions and owners. */
  *change(verb: string, path: Place, change: () => void): Steps<void> {
    return yield this.#steps.change(verb, path, () => {
      change();
      this.#changedInode(path);
    });
  }

  // What a step does to numbers and times.

  #made(path: Place): void {
    const found = realNumber(path.real);
    if (found !== null) this.#inodes.numberOf(found.ino, this.#now());
    this.#changedEntry(path);
  }

  #removed(path: Place, remove: () => void): void {
    const found = realNumber(path.real);
    remove();
    if (found === null) return;
    if (found.links === 1n) this.#inodes.free(found.ino, this.#now());
    else this.#inodes.set(this.#inodes.numberOf(found.ino, this.#now()), "ctime", this.#now());
    this.#changedEntry(path);
  }

  /** The folder that the entry is in has changed. */
  #changedEntry(path: Place): void {
    const found = realNumber(posix.dirname(path.real));
    if (found !== null) this.#changed(this.#inodes.numberOf(found.ino, this.#now()));
  }

  #changedInode(path: Place): void {
    const found = realNumber(path.real);
    if (found !== null) this.#inodes.set(this.#inodes.numberOf(found.ino, this.#now()), "ctime", this.#now());
  }

  #changed(number: number): void {
    const now = this.#now();
    this.#inodes.set(number, "mtime", now);
    this.#inodes.set(number, "ctime", now);
  }

  #setTimes(number: number, accessed: number, modified: number): void {
    this.#inodes.set(number, "atime", accessed);
    this.#inodes.set(number, "mtime", modified);
    this.#inodes.set(number, "ctime", this.#now());
  }

  #isFolder(path: Place): boolean {
    return realFs.lstatSync(path.real, { throwIfNoEntry: false })?.isDirectory() === true;
  }

  #describe(stats: Stats): string {
    const changedAt = Number(stats.mtimeMs) - EPOCH_MS;
    const what = stats.isDirectory() ? "folder" : `${stats.size} bytes`;
    return `→ ${what}, changed at ${changedAt} ms`;
  }
}

export type Position = number | bigint | null;
export type StatOptions = { bigint?: boolean };

const SHOWN_BYTES_MAX = 64;

function textual(bytes: Buffer): string {
  return bytes.toString("utf8");
}
