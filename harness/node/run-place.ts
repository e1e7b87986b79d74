import { posix } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Where a run takes place, as its program sees it: always the same path, whichever lane and machine it runs on. A program may
 * put a path into a file's content or name, and a replay must find the same one there.
 */
export const RUN_ROOT = "/forkcheck";

/** Translates between the paths that a program uses and those of the folder that its run really takes place in. */
export class RunPlace {
  cwd = RUN_ROOT;
  readonly #folder: string;

  /** @param folder the real path of the run's folder */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Null if the path leads out of the run's folder. */
  locate(path: unknown): Place | null {
    const given = textOf(path);
    if (given === null) return null;
    const absolute = given.startsWith("/") ? given : `${this.cwd}/${given}`;
    if (absolute.startsWith("/proc/")) return null;
    const normal = posix.normalize(absolute);
    if (normal !== RUN_ROOT && !normal.startsWith(`${RUN_ROOT}/`)) return null;
    const name = normal.slice(RUN_ROOT.length + 1).replace(/\/$/, "");
    return {
      name: name === "" ? "." : name,
      real: name === "" ? this.#folder : `${this.#folder}/${name}`,
      given,
    };
  }

  /** The absolute path that the program knows for a path in the real folder. */
  shown(realPath: string): string {
    if (realPath === this.#folder) return RUN_ROOT;
    return realPath.startsWith(`${this.#folder}/`) ? RUN_ROOT + realPath.slice(this.#folder.length) : realPath;
  }

  /** An error of the real folder's in the words of the program's paths. */
  translate(error: unknown, first: Place | null, second: Place | null): unknown {
    if (!(error instanceof Error) || !("syscall" in error)) return error;
    const failed = error as NodeJS.ErrnoException & { dest?: string };
    let { message } = failed;
    if (second !== null) message = message.replaceAll(`'${second.real}'`, `'${second.given}'`);
    if (first !== null) message = message.replaceAll(`'${first.real}'`, `'${first.given}'`);
    // A new one, because the stack of the other one shows the real path, and to change it is to have it formatted.
    const translated: NodeJS.ErrnoException & { dest?: string } = new Error(message.replaceAll(this.#folder, RUN_ROOT));
    translated.errno = failed.errno;
    translated.code = failed.code;
    translated.syscall = failed.syscall;
    if (failed.path !== undefined) translated.path = first?.given ?? failed.path;
    if (failed.dest !== undefined) translated.dest = second?.given ?? failed.dest;
    return translated;
  }
}

export interface Place {
  /** Below the run's folder: "a/b.json"; "." is the folder itself. */
  readonly name: string;
  readonly real: string;
  /** As the program said it. */
  readonly given: string;
}

function textOf(path: unknown): string | null {
  if (typeof path === "string") return path;
  if (path instanceof URL) return path.protocol === "file:" ? fileURLToPath(path) : null;
  if (ArrayBuffer.isView(path)) return Buffer.from(path.buffer, path.byteOffset, path.byteLength).toString();
  return null;
}
