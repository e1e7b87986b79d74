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
    return { name: name === "" ? "." : name, real: name === "" ? this.#folder : `${this.#folder}/${name}`, given };
  }

  /** The absolute path that the program knows for a path in the real folder. */
  shown(realPath: string): string {
    if (realPath === this.#folder) return RUN_ROOT;
    return realPath.startsWith(`${this.#folder}/`) ? RUN_ROOT + realPath.slice(this.#folder.length) : realPath;
  }

  /** An error of the real folder's in the words of the program's. */
  translate(error: unknown, ...places: readonly (Place | null)[]): unknown {
    if (!(error instanceof Error)) return error;
    const failed = error as NodeJS.ErrnoException & { dest?: string };
    let { message } = failed;
    const [first, second] = places;
    if (second != null) message = message.replaceAll(`'${second.real}'`, `'${second.given}'`);
    if (first != null) message = message.replaceAll(`'${first.real}'`, `'${first.given}'`);
    message = message.replaceAll(this.#folder, RUN_ROOT);
    if (message !== failed.message) {
      const stack = failed.stack;
      failed.message = message;
      if (stack !== undefined) failed.stack = stack.replaceAll(this.#folder, RUN_ROOT);
    }
    if (failed.path !== undefined && first != null) failed.path = first.given;
    if (failed.dest !== undefined && second != null) failed.dest = second.given;
    return failed;
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
