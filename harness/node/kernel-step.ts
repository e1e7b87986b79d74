import { posix } from "node:path";
import { H, type LaneMemory } from "../engine/lane-memory.ts";
import { KIND } from "../engine/kinds.ts";
import type { Names } from "../engine/names.ts";
import { footprintText } from "../footprint.ts";
import type { OpenFile } from "./descriptors.ts";
import type { Announcement } from "./gate.ts";
import type { Place } from "./run-place.ts";

/** What the kernel does at once. */
export interface KernelStep<T = unknown> {
  /** What the scheduler is told of it. */
  readonly known: Announcement;
  readonly path: Place;
  readonly other: Place | null;
  /** What an error calls it. */
  readonly syscall: string;
  /** Does it for real. */
  readonly perform: () => T;
  /** Does half of it, where that is a thing that can happen. */
  readonly performPart?: () => T;
  readonly detail: (result: unknown) => string;
}

/** An operation on files: it yields the steps that it takes, gets each one's outcome back, and returns its own. */
export type Steps<T> = Generator<KernelStep, T>;

/** Makes the kernel's steps: says of each what the scheduler is to know of it, once for all steps that are the same. */
export class KernelSteps {
  readonly #words: Int32Array;
  readonly #names: Names;
  readonly #known = new Map<string, Announcement>();

  constructor(memory: LaneMemory, names: Names) {
    this.#words = memory.words;
    this.#names = names;
  }

  /** To be called when the names in the lane's memory are forgotten. */
  forgetNames(): void {
    this.#known.clear();
  }

  /** Looks at whatever a path leads to. */
  look<T>(verb: string, path: Place, perform: () => T, detail?: (result: T) => string): KernelStep<T> {
    return this.step(
      verb,
      path,
      null,
      () => [[path.name, `${path.name}#`, `${path.name}/`, ...foldersOf(path.name)], []],
      perform,
      detail,
    );
  }

  /** Changes what a path leads to, and not the path. */
  change<T>(verb: string, path: Place, perform: () => T): KernelStep<T> {
    return this.step(verb, path, null, () => [[path.name, ...foldersOf(path.name)], [`${path.name}#`]], perform);
  }

  /** Makes or removes what has a name. */
  entry<T>(verb: string, path: Place, perform: () => T): KernelStep<T> {
    return this.step(verb, path, null, () => [foldersOf(path.name), entryOf(path.name)], perform);
  }

  /** Reads or changes what is in an open file. */
  content<T>(
    verb: string,
    file: OpenFile,
    writes: boolean,
    perform: () => T,
    detail?: (result: T) => string,
  ): KernelStep<T> {
    const content = [`${file.name}#`];
    return this.step(
      verb,
      { name: file.name, real: "", given: "" },
      null,
      () => (writes ? [[], content] : [content, []]),
      perform,
      detail,
    );
  }

  /** @param touches what it reads and what it writes: see footprint.ts */
  step<T>(
    verb: string,
    path: Place,
    other: Place | null,
    touches: () => readonly [readonly string[], readonly string[]],
    perform: () => T,
    detail: (result: T) => string = nothing,
  ): KernelStep<T> {
    const aliased = this.#words[H.aliased] === 1;
    const key = `${verb}${aliased ? "*" : " "}${path.name}${other === null ? "" : `\0${other.name}`}`;
    let known = this.#known.get(key);
    if (known === undefined) {
      const [reads, writes] = aliased ? ANYTHING() : touches();
      const label = other === null ? `${verb} ${path.name}` : `${verb} ${path.name} to ${other.name}`;
      known = {
        kind: KIND.file,
        object: -this.#names.intern(path.name),
        label: this.#names.intern(label),
        footprint: this.#names.intern(footprintText({ reads, writes })),
        place: "",
      };
      this.#known.set(key, known);
    }
    const syscall = SYSCALLS[verb] ?? verb;
    return { known, path, other, syscall, perform, detail: detail as (result: unknown) => string };
  }
}

/** What Node's errors call what the trace says in words. */
const SYSCALLS: Readonly<Record<string, string>> = {
  create: "open",
  "truncate or create": "open",
  "open or create": "open",
  truncate: "open",
  "size of": "fstat",
  "look at": "stat",
  "look for": "access",
  resolve: "realpath",
  "read link": "readlink",
  list: "scandir",
  "make folder": "mkdir",
  "remove folder": "rmdir",
  remove: "unlink",
  "set times of": "utime",
  "set mode of": "chmod",
  "set owner of": "chown",
  flush: "fsync",
};

/** Touches whatever there is: see `aliased` in the lane's memory. */
export const ANYTHING = (): [string[], string[]] => [[], ["*"]];

function nothing(): string {
  return "";
}

/** The entry itself, and the list of its folder. */
export function entryOf(name: string): string[] {
  return [name, `${posix.dirname(name)}/`];
}

/** The folders on the way to a name, below the run's own. */
export function foldersOf(name: string): string[] {
  const folders: string[] = [];
  for (let folder = posix.dirname(name); folder !== "."; folder = posix.dirname(folder)) folders.push(folder);
  return folders;
}
