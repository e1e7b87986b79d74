import { isAbsolute, posix } from "node:path";
import { RUN_ROOT, type RunPlace } from "./run-place.ts";

/** What a program may say of the processes and threads that it starts: their file, their environment, options for Node. */
export class StartOptions {
  readonly place: RunPlace;
  /** What every process of the scenario begins with. */
  readonly #env = { ...process.env };

  constructor(place: RunPlace) {
    this.place = place;
  }

  /** In which the environment differs from that of a process of the scenario; null for what it lacks. */
  differences(env: Readonly<Record<string, unknown>>): Record<string, string | null> {
    const differences: Record<string, string | null> = {};
    for (const name of Object.keys(this.#env)) if (env[name] === undefined) differences[name] = null;
    for (const [name, value] of Object.entries(env)) {
      if (value !== undefined && String(value) !== this.#env[name]) differences[name] = String(value);
    }
    return differences;
  }

  /** @param refuse is told of options that the process itself was not started with: packages hand those on */
  checkNodeOptions(execArgv: readonly string[] | undefined, refuse: (what: string) => void): void {
    const own = (execArgv ?? []).filter((argument) => argument !== "" && !process.execArgv.includes(argument));
    if (own.length > 0) refuse(`options for Node (${own.join(" ")})`);
  }

  /** The absolute path of what is to run. */
  file(path: string, refuse: Refuse): string {
    const file = isAbsolute(path) ? path : posix.join(this.place.cwd, path);
    if (file.startsWith(`${RUN_ROOT}/`))
      refuse(`a file in the run's folder (${path})`, "Give it the path of a module that is there before the run.");
    return file;
  }
}

/** @param instead what to do, where that is not just to leave it out */
export type Refuse = (what: string, instead?: string) => never;
