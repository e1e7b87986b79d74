import childProcess from "node:child_process";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beside } from "./beyond.ts";
import { ControlledChild } from "./controlled-child.ts";
import type { Kin, Serialization } from "./kin.ts";
import { RUN_ROOT } from "./run-place.ts";
import type { StartOptions } from "./start-options.ts";

/**
 * `fork`, and `spawn` and `execFile` of Node itself with a file to run: the child is a further process of the run, under control as
 * its parent is. Any other program would run beside the schedule, and ends the check.
 */
export class ChildProcesses {
  readonly #kin: Kin;
  readonly #options: StartOptions;

  constructor(kin: Kin, options: StartOptions) {
    this.#kin = kin;
    this.#options = options;
  }

  /** To be called once. */
  replace(): void {
    const { gate } = this.#kin;
    const put = (name: "fork" | "spawn" | "execFile" | "exec", controlled: (...args: unknown[]) => unknown): void => {
      const original = childProcess[name] as unknown as (...args: unknown[]) => unknown;
      const replacement = (...args: unknown[]): unknown => (gate.active ? controlled(...args) : original(...args));
      const value = Object.assign(replacement, { [promisify.custom]: promised(replacement) });
      if (name === "fork" || name === "spawn") delete (value as { [promisify.custom]?: unknown })[promisify.custom];
      Object.defineProperty(childProcess, name, { value, writable: true, configurable: true, enumerable: true });
    };
    put("fork", (file, ...others) => {
      const { args, options } = readArguments(others);
      const silent = options.silent === true ? "pipe" : "inherit";
      return this.#start(String(file instanceof URL ? fileURLToPath(file) : file), args, options, "fork", silent);
    });
    put("spawn", (command, ...others) => {
      const { args, options } = readArguments(others);
      return this.#spawn("spawn", String(command), args, options);
    });
    put("execFile", (command, ...others) => {
      const { args, options, callback } = readArguments(others);
      const child = this.#spawn("execFile", String(command), args, { ...options, stdio: "pipe" });
      collect(child, [String(command), ...args].join(" "), options.encoding, callback);
      return child;
    });
    put("exec", () => gate.refuse(beside("child_process.exec")));
  }

  #spawn(name: string, command: string, args: readonly string[], options: Options): ControlledChild {
    const isNode = command === process.execPath || command === "node";
    const [file] = args;
    if (!isNode || file === undefined || file.startsWith("-") || (options.shell ?? false) !== false)
      this.#kin.gate.refuse(beside(`child_process.${name}`));
    return this.#start(file, args.slice(1), options, name, "pipe");
  }

  #start(
    path: string,
    args: readonly string[],
    options: Options,
    name: string,
    stdio: "pipe" | "inherit",
  ): ControlledChild {
    const { gate } = this.#kin;
    const refuse = (what: string, instead = "Leave it out."): never =>
      gate.refuse(
        `child_process.${name} is called with ${what}, which has no form that a schedule could order. ${instead}`,
      );
    for (const option of NOT_CONTROLLED) if (options[option] !== undefined) refuse(`the option \`${option}\``);
    if (options.execPath !== undefined && options.execPath !== process.execPath) refuse("another `execPath`");
    this.#options.checkNodeOptions(options.execArgv, refuse);
    const ways = waysOf(options.stdio, name === "fork" ? stdio : "pipe");
    const odd = ways.slice(0, 3).find((way) => !WAYS.includes(way));
    if (odd !== undefined) refuse(`${String(odd)} for \`stdio\``);

    const cwd = this.#options.place.locate(options.cwd ?? ".");
    if (cwd === null) refuse(`a folder outside of the run's (${String(options.cwd)})`);
    const file = this.#options.file(path, refuse);
    const serialization: Serialization = options.serialization === "advanced" ? "advanced" : "json";
    const linked = name === "fork" || ways.includes("ipc");
    const program = {
      title: basename(file),
      file,
      args: args.map(String),
      env: this.#options.differences(options.env ?? process.env),
      cwd: cwd === null || cwd.name === "." ? RUN_ROOT : `${RUN_ROOT}/${cwd.name}`,
      serialization,
      pipes: [ways[1] === "pipe", ways[2] === "pipe"] as const,
    };
    const child = new ControlledChild(this.#kin, this.#kin.start(program, linked), program, {
      linked,
      input: ways[0] === "pipe",
    });
    const { signal } = options;
    signal?.addEventListener("abort", () => child.abort(signal.reason, options.killSignal), { once: true });
    return child;
  }
}

interface Options {
  readonly [option: string]: unknown;
  readonly cwd?: string | URL;
  readonly env?: Record<string, unknown>;
  readonly encoding?: BufferEncoding | "buffer" | null;
  readonly execArgv?: readonly string[];
  readonly execPath?: string;
  readonly killSignal?: NodeJS.Signals | number;
  readonly serialization?: string;
  readonly shell?: boolean | string;
  readonly signal?: AbortSignal;
  readonly silent?: boolean;
  readonly stdio?: unknown;
}

/** Options that would have to do something, and don't. */
const NOT_CONTROLLED = ["uid", "gid", "timeout", "input"];
const WAYS: readonly unknown[] = ["pipe", "inherit", "ignore"];

/** `[args][, options][, callback]`, each of which may be left out. */
function readArguments(given: readonly unknown[]): {
  readonly args: readonly string[];
  readonly options: Options;
  readonly callback: Callback | undefined;
} {
  const callback = given.find((one) => typeof one === "function") as Callback | undefined;
  const args = (given.find((one) => Array.isArray(one)) ?? []) as readonly string[];
  const options = given.find((one) => typeof one === "object" && one !== null && !Array.isArray(one)) as Options;
  return { args, options: options ?? {}, callback };
}

function waysOf(stdio: unknown, usual: string): unknown[] {
  const given = Array.isArray(stdio) ? (stdio as unknown[]) : Array.from({ length: 3 }, () => stdio);
  const ways = given.map((way, index) => {
    if (way === undefined || way === null) return usual;
    if (way === "overlapped") return "pipe";
    return way === index || way === [process.stdin, process.stdout, process.stderr][index] ? "inherit" : way;
  });
  while (ways.length < 3) ways.push(usual);
  return ways;
}

type Callback = (error: Error | null, stdout: unknown, stderr: unknown) => void;

/** What `execFile` adds to `spawn`. */
function collect(child: ControlledChild, command: string, encoding: Options["encoding"], callback?: Callback): void {
  const [out, err] = [child.stdout, child.stderr].map((stream) => {
    const chunks: Buffer[] = [];
    stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
    return () => {
      const whole = Buffer.concat(chunks);
      return encoding === "buffer" || encoding === null ? whole : whole.toString(encoding ?? "utf8");
    };
  });
  child.on("close", (code: number | null, signal: string | null) => {
    const [stdout, stderr] = [out(), err()];
    if (code === 0) return callback?.(null, stdout, stderr);
    const error = new Error(`Command failed: ${command}\n${String(stderr)}`);
    callback?.(Object.assign(error, { code, killed: child.killed, signal, cmd: command }), stdout, stderr);
  });
}

/** As `util.promisify` of Node's own has it: both outputs, and the child beside the promise. */
function promised(execFile: (...args: unknown[]) => unknown): (...args: unknown[]) => Promise<unknown> {
  return (...args) => {
    let child: unknown;
    const promise = new Promise((resolve, reject) => {
      child = execFile(...args, (error: Error | null, stdout: unknown, stderr: unknown) => {
        if (error === null) resolve({ stdout, stderr });
        else reject(Object.assign(error, { stdout, stderr }));
      });
    });
    return Object.assign(promise, { child });
  };
}
