import fs from "node:fs";
import { promisify } from "node:util";
import { fileHandleClass, type FileHandleClass } from "./file-handle.ts";
import type { FileInterface } from "./file-interface.ts";
import { folderHandle } from "./folder-handle.ts";
import type { Steps } from "./kernel-step.ts";
import type { Operations } from "./operations.ts";
import { realFs, realPromises } from "./originals.ts";
import { refusal } from "./refusal.ts";

/** Replaces the functions of `fs`, of `fs.promises` and so of `fs/promises`: each acts under control while a role is played. */
export function replaceFileFunctions(files: FileInterface, operations: Operations): void {
  const handles = fileHandleClass(files, operations);
  for (const name of SAME_IN_ALL_FORMS) {
    const describe = (...args: unknown[]) =>
      (operations[name] as (...args: unknown[]) => Steps<unknown>).call(operations, ...args);
    replaceSync(files, `${name}Sync`, describe);
    replaceCallback(files, name, describe);
    if (name in realPromises) replacePromise(files, name, (...args) => [describe(...args), unchanged]);
  }
  replaceThoseThatDiffer(files, operations, handles);
  replaceOpendir(files, operations);
  refuseTheRest(files, operations);
}

/** Operations whose three forms take the same arguments and give the same result. */
const SAME_IN_ALL_FORMS = [
  "access",
  "appendFile",
  "chmod",
  "chown",
  "copyFile",
  "cp",
  "lchown",
  "link",
  "lstat",
  "lutimes",
  "mkdir",
  "mkdtemp",
  "readFile",
  "readdir",
  "readlink",
  "realpath",
  "rename",
  "rm",
  "rmdir",
  "stat",
  "symlink",
  "truncate",
  "unlink",
  "utimes",
  "writeFile",
] as const satisfies readonly (keyof Operations)[];

/** Of these there is no promise form. */
const ON_DESCRIPTORS = ["close", "fchmod", "fchown", "fdatasync", "fstat", "fsync", "ftruncate", "futimes"] as const;

function replaceThoseThatDiffer(files: FileInterface, operations: Operations, handles: FileHandleClass): void {
  for (const name of ON_DESCRIPTORS) {
    const describe = (...args: unknown[]) =>
      (operations[name] as (...args: unknown[]) => Steps<unknown>).call(operations, ...args);
    replaceSync(files, `${name}Sync`, describe);
    replaceCallback(files, name, describe);
  }
  const open = (path: unknown, flags?: string | number, mode?: number) => operations.open(path, flags, mode);
  replaceSync(files, "openSync", open as Describe);
  replaceCallback(files, "open", open as Describe);
  replacePromise(files, "open", (...args) => [
    open(...(args as Parameters<typeof open>)),
    (fd) => handles.around(fd as number),
  ]);
  // A text that is read at once, in one piece, is read without asking for its size first.
  replaceSync(files, "readFileSync", (target, options) => operations.readFile(target, options as string, true));
  replaceSync(files, "existsSync", (path) => existsQuietly(operations, path));
  replaceExists(files, operations);
  for (const name of ["read", "write", "readv", "writev"] as const) replaceTransfer(files, operations, name);
  replaceRealpath(files, operations);
  replaceHandleTargets(files, operations, handles);
}

type Describe = (...args: unknown[]) => Steps<unknown>;

const table = fs as unknown as Record<string, (...args: unknown[]) => unknown>;
const promises = fs.promises as unknown as Record<string, (...args: unknown[]) => unknown>;
const originals = realFs as unknown as Record<string, (...args: unknown[]) => unknown>;
const originalPromises = realPromises as unknown as Record<string, (...args: unknown[]) => unknown>;

function replaceSync(files: FileInterface, name: string, describe: Describe): void {
  const original = originals[name];
  if (original === undefined) return;
  table[name] = dressed(original, (...args) => {
    if (!files.controls) return original(...args);
    return files.runSync(tolerant(name, describe(...args), args));
  });
}

/** `statSync` and `lstatSync` may be told to return undefined for what is not there. */
function* tolerant(name: string, steps: Steps<unknown>, args: readonly unknown[]): Steps<unknown> {
  const quiet =
    (name === "statSync" || name === "lstatSync") &&
    (args[1] as { throwIfNoEntry?: boolean } | undefined)?.throwIfNoEntry === false;
  try {
    return yield* steps;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (quiet && (code === "ENOENT" || code === "ENOTDIR")) return undefined;
    throw error;
  }
}

function replaceCallback(files: FileInterface, name: string, describe: Describe): void {
  const original = originals[name];
  if (original === undefined) return;
  table[name] = dressed(original, (...args) => {
    const done = args.at(-1);
    if (!files.controls || typeof done !== "function") return original(...args);
    files.start(name, describe(...args.slice(0, -1)), (error, value) => {
      if (error !== null) done(error);
      else if (value === undefined) done(null);
      else done(null, value);
    });
    return undefined;
  });
}

function replacePromise(
  files: FileInterface,
  name: string,
  describe: (...args: unknown[]) => readonly [Steps<unknown>, (value: unknown) => unknown],
): void {
  const original = originalPromises[name];
  promises[name] = dressed(original, async (...args) => {
    if (!files.controls) return original(...args);
    const [steps, made] = describe(...args);
    return made(await files.promise(name, steps));
  });
}

function unchanged(value: unknown): unknown {
  return value;
}

function* existsQuietly(operations: Operations, path: unknown): Steps<boolean> {
  try {
    return yield* operations.exists(path);
  } catch {
    return false;
  }
}

function replaceExists(files: FileInterface, operations: Operations): void {
  const original = originals.exists;
  const exists = dressed(original, (path, done) => {
    if (!files.controls || typeof done !== "function") return original(path, done);
    files.start("exists", existsQuietly(operations, path), (_, there) => done(there === true));
    return undefined;
  });
  Object.defineProperty(exists, promisify.custom, {
    value: (path: unknown) =>
      files.controls ? files.promise("exists", existsQuietly(operations, path)) : promisify(fs.exists)(path as string),
  });
  table.exists = exists;
}

/** `read` and `write` take their arguments in several ways, and hand the buffer to the callback. */
function replaceTransfer(
  files: FileInterface,
  operations: Operations,
  name: "read" | "write" | "readv" | "writev",
): void {
  const original = originals[name];
  const originalSync = originals[`${name}Sync`];
  table[`${name}Sync`] = dressed(originalSync, (fd, ...rest) => {
    if (!files.controls || isStream(fd)) return originalSync(fd, ...rest);
    return files.runSync(transferOf(operations, name, fd as number, rest).steps);
  });
  table[name] = dressed(original, (fd, ...rest) => {
    const done = rest.at(-1);
    if (!files.controls || typeof done !== "function" || isStream(fd)) return original(fd, ...rest);
    const { steps, buffer } = transferOf(operations, name, fd as number, rest.slice(0, -1));
    files.start(name, steps, (error, count) => (error === null ? done(null, count, buffer) : done(error)));
    return undefined;
  });
}

/** Standard input, output and error are Node's own matter. */
function isStream(fd: unknown): boolean {
  return typeof fd === "number" && fd <= 2;
}

/** What is to be read or written, from any of the ways to say it. */
export function transferOf(
  operations: Operations,
  name: "read" | "write" | "readv" | "writev",
  fd: number,
  args: readonly unknown[],
): { readonly steps: Steps<number>; readonly buffer: unknown } {
  const [first, second, third, fourth] = args;
  if (name === "readv" || name === "writev") {
    const position = typeof second === "number" ? second : null;
    return { steps: operations[name](fd, first as NodeJS.ArrayBufferView[], position), buffer: first };
  }
  if (typeof first === "string") {
    const position = typeof second === "number" ? second : null;
    const bytes = Buffer.from(first, (third as BufferEncoding | undefined) ?? "utf8");
    return { steps: operations.write(fd, bytes, 0, bytes.byteLength, position), buffer: first };
  }
  const named = ArrayBuffer.isView(first) ? second : first;
  const options = (typeof named === "object" && named !== null && !ArrayBuffer.isView(named) ? named : {}) as Transfer;
  const buffer = ArrayBuffer.isView(first)
    ? (first as NodeJS.ArrayBufferView)
    : (options.buffer ?? Buffer.alloc(READ_BYTES));
  const offset = (typeof second === "number" ? second : options.offset) ?? 0;
  const length = (typeof third === "number" ? third : options.length) ?? buffer.byteLength - offset;
  const position = (typeof fourth === "number" || typeof fourth === "bigint" ? fourth : options.position) ?? null;
  const where = typeof position === "number" && position < 0 ? null : position;
  return { steps: operations[name](fd, buffer, offset, length, where), buffer };
}

interface Transfer {
  readonly buffer?: NodeJS.ArrayBufferView;
  readonly offset?: number;
  readonly length?: number | null;
  readonly position?: number | bigint | null;
}

const READ_BYTES = 16_384;

/** `realpath` has a second form of its own, `realpath.native`. */
function replaceRealpath(files: FileInterface, operations: Operations): void {
  const describe = (path: unknown) => operations.realpath(path);
  for (const name of ["realpath", "realpathSync"] as const) {
    const original = realFs[name].native as (...args: unknown[]) => unknown;
    const replaced = dressed(original, (...args) => {
      const done = args.at(-1);
      if (!files.controls) return original(...args);
      if (name === "realpathSync") return files.runSync(describe(args[0]));
      files.start(name, describe(args[0]), (error, value) =>
        error === null ? (done as Done)(null, value) : (done as Done)(error),
      );
      return undefined;
    });
    (table[name] as unknown as { native: unknown }).native = replaced;
  }
}

type Done = (error: unknown, value?: unknown) => void;

/** The promise forms of reading and writing whole files also take an open file, and data that comes bit by bit. */
function replaceHandleTargets(files: FileInterface, operations: Operations, handles: FileHandleClass): void {
  for (const name of ["readFile", "writeFile", "appendFile"] as const) {
    const original = originalPromises[name];
    promises[name] = dressed(original, async (target, ...rest) => {
      if (!files.controls) return original(target, ...rest);
      const handle = handles.is(target) ? target : null;
      if (name === "readFile") {
        (rest[0] as { signal?: AbortSignal } | undefined)?.signal?.throwIfAborted();
        return files.promise(name, operations.readFile(handle?.fd ?? target, rest[0] as string));
      }
      const [data, options] = rest as [unknown, string];
      if (!isIterable(data)) return files.promise(name, operations[name](handle?.fd ?? target, data, options));
      const fd = handle?.fd ?? (await files.promise("open", operations.open(target, name === "writeFile" ? "w" : "a")));
      try {
        for await (const piece of data) await files.promise("write", operations.writeFile(fd, piece, options));
      } finally {
        if (handle === null) await files.promise("close", operations.close(fd));
      }
      return undefined;
    });
  }
}

function isIterable(data: unknown): data is AsyncIterable<unknown> | Iterable<unknown> {
  if (typeof data !== "object" || data === null || ArrayBuffer.isView(data)) return false;
  return Symbol.asyncIterator in data || Symbol.iterator in data;
}

/** Opening looks at the folder; closing is nobody else's business. */
function replaceOpendir(files: FileInterface, operations: Operations): void {
  const describe = (path: unknown) => operations.lookIntoFolder(path);
  const opened = (path: unknown, options: unknown) =>
    folderHandle(files, operations, String(path), (options as { recursive?: boolean } | undefined)?.recursive === true);
  const isOutside = (path: unknown) => !files.controls || !operations.owns(path);
  table.opendirSync = dressed(originals.opendirSync, (path, options) => {
    if (isOutside(path)) return originals.opendirSync(path, options);
    files.runSync(describe(path));
    return opened(path, options);
  });
  table.opendir = dressed(originals.opendir, (path, ...rest) => {
    const done = rest.at(-1) as Done;
    if (isOutside(path) || typeof done !== "function") return originals.opendir(path, ...rest);
    files.start("opendir", describe(path), (error) =>
      error === null ? done(null, opened(path, rest[0])) : done(error),
    );
    return undefined;
  });
  promises.opendir = dressed(originalPromises.opendir, async (path, options) => {
    if (isOutside(path)) return originalPromises.opendir(path, options);
    await files.promise("opendir", describe(path));
    return opened(path, options);
  });
}

/**
 * What there is no controlled form of, be it that this version of Node is newer than what is known here: an error that says so.
 * What only reads may be used outside of the run's folder.
 */
function refuseTheRest(files: FileInterface, operations: Operations): void {
  for (const [owner, own, said] of [
    [table, originals, "fs"],
    [promises, originalPromises, "fs.promises"],
  ] as const) {
    for (const key of Object.keys(own)) {
      const original = own[key];
      if (typeof original !== "function" || owner[key] !== original || NEEDS_NO_CONTROL.has(key)) continue;
      const check = (first: unknown): void => {
        const isOutside = ONLY_READS.has(key) && !operations.owns(first);
        if (files.controls && !isOutside) throw refusal(`${said}.${key}`, "Use another function of fs there.");
      };
      const value = new Proxy(original, {
        apply(target, self, args: unknown[]) {
          check(args[0]);
          return Reflect.apply(target, self, args);
        },
        construct(target, args: unknown[], newTarget) {
          check(args[0]);
          return Reflect.construct(target, args, newTarget) as object;
        },
      });
      // Some are there by a getter alone.
      Object.defineProperty(owner, key, { value, writable: true, configurable: true, enumerable: true });
    }
  }
}

/** These reach nothing by themselves, or only by others of `fs`. */
const NEEDS_NO_CONTROL: ReadonlySet<string> = new Set([
  "Dir",
  "Dirent",
  "FileReadStream",
  "FileWriteStream",
  "ReadStream",
  "Stats",
  "WriteStream",
  "_toUnixTimestamp",
  "createReadStream",
  "createWriteStream",
  "unwatchFile",
]);

const ONLY_READS: ReadonlySet<string> = new Set(["openAsBlob", "statfs", "statfsSync", "watch", "watchFile"]);

/** With the name, the length and the other properties of what it replaces. */
function dressed(
  original: (...args: unknown[]) => unknown,
  replacement: (...args: any[]) => unknown,
): (...args: unknown[]) => unknown {
  for (const key of Reflect.ownKeys(original)) {
    if (key === "prototype" || key === promisify.custom) continue;
    Object.defineProperty(replacement, key, Object.getOwnPropertyDescriptor(original, key) as PropertyDescriptor);
  }
  return replacement;
}
