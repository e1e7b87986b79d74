import { Readable } from "node:stream";
import { KIND } from "../engine/kinds.ts";
import { H, P, PROCESS, type LaneMemory } from "../engine/lane-memory.ts";
import type { Names } from "../engine/names.ts";
import { processAt } from "../engine/strands.ts";
import { footprintText } from "../footprint.ts";
import { signalled } from "./controlled-child.ts";
import type { Gate } from "./gate.ts";
import { KeptProperties } from "./kept-properties.ts";
import { FIRST_PID, type Kin } from "./kin.ts";
import { real } from "./originals.ts";
import { refuseAll } from "./refusal.ts";
import { RUN_ROOT, type RunPlace } from "./run-place.ts";

/**
 * What a program under control sees of its process: a number that is the same in every run, a working directory that is the
 * run's folder, and of other processes whether they live. Handlers for signals and for the end of the process last as long as
 * the run.
 */
export class ProcessFacade {
  readonly #kin: Kin;
  readonly #gate: Gate;
  readonly #memory: LaneMemory;
  readonly #names: Names;
  readonly #index: number;
  /** The process's own functions and listeners before the run. */
  #kept: KeptProperties | null = null;
  readonly #mask = process.umask();
  #maskChanged = false;
  #input: Readable | null = null;
  #listeners: ReadonlyMap<string | symbol, readonly unknown[]> = new Map();

  constructor(kin: Kin, memory: LaneMemory, names: Names) {
    this.#kin = kin;
    this.#gate = kin.gate;
    this.#memory = memory;
    this.#names = names;
    this.#index = kin.index;
  }

  /** To be called once. */
  replace(place: RunPlace): void {
    const gate = this.#gate;
    Object.defineProperty(process, "pid", {
      get: () => (gate.active ? this.#kin.pid : real.pid),
      configurable: true,
      enumerable: true,
    });
    Object.defineProperty(process, "ppid", {
      get: () => (gate.active ? this.#kin.ppid || PARENT_PID : real.ppid),
      configurable: true,
      enumerable: true,
    });
    process.cwd = () => (gate.active ? place.cwd : real.cwd());
    process.chdir = (folder: string) => {
      if (!gate.active) return real.chdir(folder);
      if (this.#kin.thread !== 0) throw unsupportedInThread("process.chdir()");
      if (gate.family.threadsOf(this.#index).length > 0) {
        gate.refuse(
          `process.chdir(${folder}) changes the folder of its threads, too, in a moment that no schedule orders. Call it before ` +
            "the first of them is started.",
        );
      }
      const target = place.locate(folder);
      if (target === null) {
        throw new Error(`process.chdir(${folder}) leaves the run's folder. Stay below ${RUN_ROOT}.`);
      }
      place.cwd = target.name === "." ? RUN_ROOT : `${RUN_ROOT}/${target.name}`;
    };
    process.kill = (pid: number, signal?: string | number) =>
      gate.active ? this.#kill(pid, signal ?? "SIGTERM") : real.kill(pid, signal);
    this.#replaceEnd();
    this.#replaceTicks();
    this.#replaceWarnings();
    this.#replaceInput();
    const umask = process.umask.bind(process);
    process.umask = (mask?: string | number) => {
      if (gate.active && mask !== undefined) {
        if (this.#kin.thread !== 0) throw unsupportedInThread("Setting process.umask()");
        this.#maskChanged = true;
      }
      return mask === undefined ? umask() : umask(mask);
    };
    refuseAll(process, REFUSED, "process", () => gate.active);
  }

  /** Remembers what is to be put back when a run is over. */
  remember(): void {
    this.#kept = new KeptProperties(process, OWN_FUNCTIONS);
    this.#listeners = new Map(process.eventNames().map((event) => [event, process.rawListeners(event as string)]));
  }

  end(): void {
    this.#input = null;
    this.#kept?.putBack();
    if (this.#maskChanged) process.umask(this.#mask);
    this.#maskChanged = false;
    for (const event of process.eventNames()) {
      const kept = this.#listeners.get(event) ?? [];
      if (process.listenerCount(event) === kept.length) continue;
      for (const listener of process.rawListeners(event)) {
        if (!kept.includes(listener)) process.removeListener(event, listener as () => void);
      }
    }
  }

  /** What a program wants done at the end of its process. */
  atExit(code: number): void {
    process.emit("exit", code);
  }

  /** Packages that want to hear of the end of a process call what `process.exit` itself calls. */
  #replaceEnd(): void {
    const own = process as unknown as { reallyExit: (code?: number) => never };
    const reallyExit = own.reallyExit.bind(process);
    own.reallyExit = (code) => (this.#gate.active ? process.exit(code) : reallyExit(code));
  }

  /** What one throws would go up to where all of them are run from, and leave that in the middle of it. */
  #replaceTicks(): void {
    const gate = this.#gate;
    const nextTick = process.nextTick.bind(process);
    process.nextTick = (callback: (...args: unknown[]) => void, ...args: unknown[]): void => {
      if (!gate.active || typeof callback !== "function") return nextTick(callback, ...args);
      nextTick(() => {
        try {
          callback(...args);
        } catch (error) {
          gate.uncaught(error);
        }
      });
    };
  }

  /** Nobody types anything in. */
  #replaceInput(): void {
    const { get } = Object.getOwnPropertyDescriptor(process, "stdin") as PropertyDescriptor;
    Object.defineProperty(process, "stdin", {
      get: () => {
        if (!this.#gate.active) return get?.call(process) as unknown;
        this.#input ??= Object.assign(Readable.from([]), { fd: 0 });
        return this.#input;
      },
      configurable: true,
      enumerable: true,
    });
  }

  /** What Node says once in a process would be printed in the first of its runs alone. */
  #replaceWarnings(): void {
    const gate = this.#gate;
    process.noDeprecation = true;
    const emitWarning = process.emitWarning.bind(process) as (...args: unknown[]) => void;
    process.emitWarning = (...args: unknown[]) => {
      if (!gate.active || !args.includes("ExperimentalWarning")) emitWarning(...args);
    };
    // The first time Node's own listener adds a hint.
    const printers = process.listeners("warning");
    process.removeAllListeners("warning");
    process.on("warning", (warning) => {
      if (gate.active) process.stderr.write(`(node:${process.pid}) ${warning.name}: ${warning.message}\n`);
      else for (const print of printers) print(warning);
    });
  }

  #kill(pid: number, signal: string | number): true {
    if (pid === this.#kin.pid && signal !== 0) return this.#raise(signal);
    const { words } = this.#memory;
    const index = pid - FIRST_PID;
    const known =
      Number.isInteger(index) && index >= 0 && index < words[H.processes] && this.#gate.family.threadOf(index) === 0;
    if (signal !== 0 && known && this.#gate.family.parentOf(index) >= 0) {
      signalled(this.#kin, index, signal as NodeJS.Signals);
      return true;
    }
    if (signal !== 0) {
      throw new Error(
        `process.kill(${pid}, ${String(signal)}) is not under control: one process of a run can't end another one. ` +
          "Ask only whether it lives (signal 0), unless it was started by one.",
      );
    }
    if (known && pid !== this.#kin.pid) this.#look(index);
    if (pid === PARENT_PID || (known && words[processAt(index) + P.state] === PROCESS.live)) return true;
    throw Object.assign(new Error("kill ESRCH"), { errno: -3, code: "ESRCH", syscall: "kill" });
  }

  /** Whether another process still lives depends on all that it has done. */
  #look(index: number): void {
    const intern = (text: string): number => this.#names.intern(text);
    this.#gate.block({
      kind: KIND.file,
      object: -intern(`process ${FIRST_PID + index}`),
      label: intern(`look whether process ${FIRST_PID + index} lives`),
      footprint: intern(footprintText({ reads: [], writes: ["*"] })),
      place: "",
    });
    this.#gate.found(this.#memory.words[processAt(index) + P.state] === PROCESS.live ? "→ it does" : "→ it does not");
  }

  #raise(given: string | number): true {
    const owner = this.#gate.family.ownerOf(this.#index);
    if (this.#gate.family.parentOf(owner) >= 0) {
      signalled(this.#kin, owner, given as NodeJS.Signals);
      return true;
    }
    if (owner !== this.#index) {
      throw new Error(
        `process.kill(process.pid, ${String(given)}) is not under control in a thread. Have its process do that.`,
      );
    }
    const signal = String(given);
    if (process.listenerCount(signal) > 0) {
      process.emit(signal as NodeJS.Signals, signal as NodeJS.Signals);
      return true;
    }
    return process.exit(KILLED_BY_SIGNAL);
  }
}

function unsupportedInThread(what: string): Error {
  const error = new TypeError(`${what} is not supported in workers`);
  return Object.assign(error, { code: "ERR_WORKER_UNSUPPORTED_OPERATION" });
}

const PARENT_PID = 1000;
/** What a shell makes of a process that SIGTERM ended. */
const KILLED_BY_SIGNAL = 143;
/** They would change the worker that other runs are done in, or read what is not there on another machine. */
const REFUSED = ["execve", "initgroups", "loadEnvFile", "setegid", "seteuid", "setgid", "setgroups", "setuid"];
/** What packages replace in order to hear of the end of a process. */
const OWN_FUNCTIONS = [
  "emit",
  "exit",
  "reallyExit",
  "cwd",
  "chdir",
  "kill",
  "on",
  "once",
  "addListener",
  "exitCode",
  "argv",
  "execArgv",
];
