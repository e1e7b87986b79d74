import { spawn, type ChildProcess } from "node:child_process";
import { closeSync } from "node:fs";
import { constants } from "node:os";
import {
  AlreadyStartedError,
  ClosedError,
  DaemonChildError,
  NotStartedError,
  StartRefusedError,
  StillRunningError,
} from "../errors.ts";
import { deadlineAfter, now } from "../memory/clock.ts";
import { commons, COMMONS_VARIABLE } from "../memory/commons.ts";
import type { Region } from "../memory/region.ts";
import type { WaitOptions } from "../operation.ts";
import { triesOnce } from "../waiting.ts";
import { childCommand } from "./child-command.ts";
import { childEnded, childStarted, currentProcess, nextName } from "./family.ts";
import { sealed, writeLetter } from "./letter.ts";

/** Where a child finds its memory and its letter. */
const COMMONS_FD = 3;
export const LETTER_FD = 4;

/**
 * A process that runs one exported function of a module. Primitives in `args` are the same objects on both sides.
 *
 * Source: CPython's multiprocessing manual, Process, start method "spawn". Different on purpose: a child dies with its
 * parent, however that ends, and `join` tells the exit code.
 *
 * @example
 * const stock = new Value(2);
 * const child = new Process(new URL("./roles.ts", import.meta.url), "buyer", { args: [stock] });
 * child.start();
 * await child.join(); // 0, the exit code
 */
export class Process implements Disposable, AsyncDisposable {
  readonly module: string;
  readonly role: string;
  readonly name: string;
  readonly daemon: boolean;
  readonly #args: Uint8Array;
  readonly #options: ProcessOptions;
  #child: ChildProcess | null = null;
  #ended: Promise<void> | null = null;
  #exitCode: number | null = null;
  #signal: NodeJS.Signals | null = null;
  #closed = false;

  /**
   * @param module the module that the child imports: a file: URL
   * @param role the name of the exported function to run there; it may be async
   * @throws {NotSharableError} something in `args` cannot travel
   */
  constructor(module: string | URL, role: string, options: ProcessOptions = {}) {
    this.module = String(module);
    this.role = role;
    this.name = options.name ?? nextName();
    this.daemon = options.daemon ?? currentProcess().daemon;
    this.#options = options;
    this.#args = sealed(options.args ?? []);
  }

  /**
   * Starts the child. It is a process of its own at once; that its module cannot be loaded shows in its exit code.
   *
   * @throws {AlreadyStartedError} it was started before
   * @throws {DaemonChildError} this process is a daemon
   * @throws {StartRefusedError} the system has not made it
   */
  start(): void {
    this.#checkOpen("start");
    if (this.#child !== null) throw new AlreadyStartedError(this.name);
    if (currentProcess().daemon) throw new DaemonChildError(this.name);
    const { region } = commons();
    const { name, daemon, module, role } = this;
    const letterFd = writeLetter({ name, daemon, module, role, parentPid: process.pid }, this.#args);
    let child: ChildProcess | null;
    try {
      child = spawned(this.#options, region, letterFd);
    } finally {
      closeSync(letterFd);
    }
    if (child === null) throw new StartRefusedError(this.name, process.execPath);
    this.#child = child;
    if (this.daemon) this.#child.unref();
    childStarted(this);
    this.#ended = this.#watch(this.#child);
  }

  /**
   * Waits for the end of the child; resolves to its exit code, or to null if it still runs after `timeoutMs`. A child that
   * was killed by signal N has the code -N.
   *
   * @throws {NotStartedError}
   */
  async join(options?: WaitOptions): Promise<number | null> {
    this.#checkOpen("join");
    if (this.#ended === null) throw new NotStartedError("join");
    if (triesOnce(options)) return this.#exitCode;
    await firstOf(this.#ended, options);
    return this.#exitCode;
  }

  /** Waits for the end of the child; resolves to false if it still runs after `timeoutMs`. For `waitAny`. */
  // A function of the object's own: so the structured clone refuses a process in somebody's arguments, where nothing of it
  // would be left but its name.
  readonly ready = async (options?: WaitOptions): Promise<boolean> => (await this.join(options)) !== null;

  /** Asks the child to end (SIGTERM). Without effect if it has. @throws {NotStartedError} */
  terminate(): void {
    this.#kill("terminate", "SIGTERM");
  }

  /** Ends the child at once (SIGKILL). Without effect if it has ended. @throws {NotStartedError} */
  kill(): void {
    this.#kill("kill", "SIGKILL");
  }

  /** True from `start` until the child has ended. */
  get alive(): boolean {
    this.#checkOpen("alive");
    return this.#child !== null && this.#exitCode === null;
  }

  /** null before the end; 0 if the role returned, 1 if it threw, -N if signal N killed the process. */
  get exitCode(): number | null {
    this.#checkOpen("exitCode");
    return this.#exitCode;
  }

  /** The signal that killed the child, null if none did. */
  get signal(): NodeJS.Signals | null {
    this.#checkOpen("signal");
    return this.#signal;
  }

  /** The process id; null before the start. */
  get pid(): number | null {
    this.#checkOpen("pid");
    return this.#child?.pid ?? null;
  }

  /** Resolves when the child has ended. @throws {NotStartedError} */
  get exited(): Promise<void> {
    this.#checkOpen("exited");
    if (this.#ended === null) throw new NotStartedError("exited");
    return this.#ended;
  }

  /** Lets go of an ended process. @throws {StillRunningError} and ClosedError from every other member afterwards */
  close(): void {
    if (this.#closed) return;
    if (this.alive) throw new StillRunningError("close", this.name);
    this.#closed = true;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Waits for the end, then closes. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    if (this.#ended !== null) await this.#ended;
    this.close();
  }

  #watch(child: ChildProcess): Promise<void> {
    return new Promise((resolve) => {
      child.once("exit", (code, signal) => {
        this.#signal = signal;
        this.#exitCode = code ?? (signal === null ? 1 : -signalNumber(signal));
        childEnded(this);
        resolve();
      });
    });
  }

  #kill(operation: string, signal: NodeJS.Signals): void {
    this.#checkOpen(operation);
    if (this.#child === null) throw new NotStartedError(operation);
    if (this.#exitCode === null) this.#child.kill(signal);
  }

  #checkOpen(operation: string): void {
    if (this.#closed) throw new ClosedError("Process", operation);
  }
}

export interface ProcessOptions {
  /** Arguments of the role: structured values, with primitives anywhere in them. */
  readonly args?: readonly unknown[];
  /** Default: "Process-N". */
  readonly name?: string;
  /** A daemon does not keep its parent running, and may have no children. Default: as this process. */
  readonly daemon?: boolean;
  /** Default "ignore": the child reads nothing. */
  readonly stdin?: "ignore" | "inherit";
  /** Flags for Node, in place of those that `startChildrenWith` set. */
  readonly nodeFlags?: readonly string[];
}

/**
 * By Node itself: every process that imports a primitive imports this, and execa takes longer to load than all the rest. The kernel
 * ends children with their parent, also if that is killed; see entry.ts.
 *
 * @returns null if the system refuses
 */
function spawned(options: ProcessOptions, region: Region, letterFd: number): ChildProcess | null {
  const { file, args } = childCommand(options.nodeFlags);
  let child: ChildProcess;
  try {
    child = spawn(file, args, {
      stdio: [options.stdin ?? "ignore", "inherit", "inherit", region.fd, letterFd],
      env: { ...process.env, [COMMONS_VARIABLE]: `${COMMONS_FD}:${region.byteLength}` },
    });
  } catch {
    return null;
  }
  // It would be thrown at nobody. That there is no process shows at once.
  child.on("error", () => {});
  return child.pid === undefined ? null : child;
}

/** Resolves when `ended` does, or when the time is up. */
async function firstOf(ended: Promise<void>, options: WaitOptions | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let aborted: (() => void) | undefined;
  const signal = options?.signal;
  const deadlineMs = deadlineAfter(options?.timeoutMs);
  const limits = new Promise<void>((resolve, reject) => {
    const late = (): void => {
      const leftMs = deadlineMs - now();
      if (leftMs <= 0) resolve();
      else timer = setTimeout(late, Math.min(TIMER_MS_MAX, leftMs));
    };
    if (deadlineMs !== Infinity) late();
    aborted = () => reject(signal?.reason as Error);
    signal?.addEventListener("abort", aborted, { once: true });
  });
  try {
    await Promise.race([ended, limits]);
  } finally {
    clearTimeout(timer);
    if (aborted !== undefined) signal?.removeEventListener("abort", aborted);
  }
}

/** What setTimeout can count. */
const TIMER_MS_MAX = 2 ** 31 - 1;

function signalNumber(signal: string): number {
  return constants.signals[signal as NodeJS.Signals] ?? 0;
}
