import { AsyncResource } from "node:async_hooks";
import childProcess from "node:child_process";
import { EventEmitter } from "node:events";
import os from "node:os";
import type { Readable, Writable } from "node:stream";
import { MAIL, QUEUE } from "../engine/lane-memory.ts";
import { outputOf, refusedInput } from "./child-streams.ts";
import { packed, pidOf, unpacked, type Kin, type Mail, type Program } from "./kin.ts";

/** What `fork` returns: a process that this one has started, as Node shows it. */
export class ControlledChild extends EventEmitter {
  readonly pid: number;
  killed = false;
  exitCode: number | null = null;
  signalCode: string | null = null;
  readonly spawnfile = process.execPath;
  readonly spawnargs: readonly string[];
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  readonly stdio: readonly (Writable | Readable | null)[];
  readonly #kin: Kin;
  readonly #child: number;
  readonly #program: Program;
  readonly #context = new AsyncResource("ChildProcess");
  #connected: boolean;
  #hears = false;
  /** Messages that came before somebody listened to them. */
  #early: unknown[] = [];
  #holds = true;
  #ended = false;
  /** What has to come to its end before the child is closed. */
  #open = 1;

  constructor(kin: Kin, child: number, program: Program, { linked, input }: Channels) {
    super();
    this.#kin = kin;
    this.#child = child;
    this.#program = program;
    this.pid = pidOf(child);
    this.#connected = linked;
    this.spawnargs = [process.execPath, program.file, ...program.args];
    this.stdin = input ? refusedInput(kin, child) : null;
    this.stdout = program.pipes[0] ? this.#output(QUEUE.out) : null;
    this.stderr = program.pipes[1] ? this.#output(QUEUE.err) : null;
    this.stdio = [this.stdin, this.stdout, this.stderr, ...(linked ? [null] : [])];
    // As in Node, a child that its parent has disconnected from is never said to be closed.
    if (linked) this.#open++;
    kin.gate.hold(1);
    this.#listen(QUEUE.exit, `hear that ${program.title} has ended`, (mail) => this.#hearEnd(mail));
    this.on("newListener", (event) => {
      if (event === "message" || event === "disconnect" || event === "close") this.#hear();
      if (event === "message") process.nextTick(() => this.#giveOut());
    });
    process.nextTick(() => this.#context.runInAsyncScope(() => this.emit("spawn")));
  }

  /** Whoever asks may hear that it is not. */
  get connected(): boolean {
    this.#hear();
    return this.#connected;
  }

  get channel(): object | undefined {
    return this.connected ? CHANNEL : undefined;
  }

  readonly send = (message: unknown, ...others: unknown[]): boolean => {
    const [handle] = others;
    const { serialization, title } = this.#program;
    if (typeof handle === "object" && handle !== null && !("keepOpen" in handle) && !("swallowErrors" in handle))
      this.#kin.gate.refuse(
        `${title} is sent a handle of a server or socket, which only one process at a time can have under control. Leave it out.`,
      );
    const callback = others.find((other) => typeof other === "function") as Callback | undefined;
    const value = packed(message, serialization);
    if (!this.connected) {
      this.#fail(callback, Object.assign(new Error("Channel closed"), { code: "ERR_IPC_CHANNEL_CLOSED" }));
      return false;
    }
    const { gate } = this.#kin;
    this.#kin.step(`send to ${title}`, `messages to ${this.pid}`);
    if (gate.family.isLinked(this.#child)) {
      gate.found(serialization === "json" ? String(value) : JSON.stringify(value));
      this.#kin.post(this.#child, QUEUE.down, value);
      if (callback !== undefined) process.nextTick(callback, null);
      return true;
    }
    gate.found("✗ EPIPE");
    const errno = -os.constants.errno.EPIPE;
    this.#fail(callback, Object.assign(new Error("write EPIPE"), { errno, code: "EPIPE", syscall: "write" }));
    return true;
  };

  readonly disconnect = (): void => {
    if (!this.connected) {
      this.#fail(
        undefined,
        Object.assign(new Error("IPC channel is already disconnected"), { code: "ERR_IPC_DISCONNECTED" }),
      );
      return;
    }
    this.#kin.step(`disconnect from ${this.#program.title}`, `messages to ${this.pid}`);
    this.#kin.gate.family.unlink(this.#child, "parent");
    this.#connected = false;
    process.nextTick(() => this.emit("disconnect"));
  };

  kill(signal: NodeJS.Signals | number = "SIGTERM"): boolean {
    if (this.#ended) return false;
    if (!signalled(this.#kin, this.#child, signal)) return false;
    if (signal !== 0) this.killed = true;
    return true;
  }

  [Symbol.dispose](): void {
    if (!this.killed) this.kill();
  }

  /** What it was started with says that it is no longer wanted. */
  abort(reason: unknown, signal?: NodeJS.Signals | number): void {
    if (!this.kill(signal)) return;
    const error = new Error("The operation was aborted", { cause: reason });
    this.emit("error", Object.assign(error, { name: "AbortError", code: "ABORT_ERR" }));
  }

  ref(): void {
    this.#hold(true);
  }

  unref(): void {
    this.#hold(false);
  }

  #hold(holds: boolean): void {
    if (this.#ended || holds === this.#holds) return;
    this.#holds = holds;
    this.#kin.gate.hold(holds ? 1 : -1);
  }

  #listen(queue: number, label: string, hear: (mail: Mail) => void): void {
    this.#kin.listen(this.#child, queue, label, (mail) => this.#context.runInAsyncScope(hear, undefined, mail));
  }

  #hear(): void {
    if (this.#hears || !this.#connected) return;
    this.#hears = true;
    const { serialization, title } = this.#program;
    this.#listen(QUEUE.up, `hear from ${title}`, ({ kind, value }) => {
      const { gate } = this.#kin;
      if (kind === MAIL.end) {
        gate.found("→ nothing more");
        if (!this.#connected) return;
        this.#connected = false;
        this.emit("disconnect");
        this.#close();
      } else if (this.#connected) {
        gate.found(`→ ${serialization === "json" ? String(value) : JSON.stringify(value)}`);
        this.#early.push(unpacked(value, serialization));
        this.#giveOut();
      }
    });
  }

  #giveOut(): void {
    while (this.#early.length > 0 && this.listenerCount("message") > 0)
      this.emit("message", this.#early.shift(), undefined);
  }

  #hearEnd({ status, signal }: Mail): void {
    const { gate } = this.#kin;
    this.#hold(false);
    this.#ended = true;
    this.#hear();
    this.signalCode = signal === 0 ? null : signalName(signal);
    this.exitCode = signal === 0 ? status : null;
    gate.found(`→ ${this.signalCode ?? this.exitCode}`);
    // What nobody reads is read, or the child would never be closed.
    for (const stream of [this.stdout, this.stderr]) if (stream?.readableFlowing === null) stream.resume();
    this.emit("exit", this.exitCode, this.signalCode);
    this.#close();
  }

  #close(): void {
    if (--this.#open === 0) this.emit("close", this.exitCode, this.signalCode);
  }

  #output(queue: number): Readable {
    this.#open++;
    const stream = outputOf(this.#kin, this.#child, queue, this.#context);
    stream.once("close", () => this.#close());
    return stream;
  }

  #fail(callback: Callback | undefined, error: Error): void {
    process.nextTick(() => {
      if (callback === undefined) this.emit("error", error);
      else callback(error);
    });
  }
}

// What a program asks for by `instanceof`.
Object.setPrototypeOf(ControlledChild.prototype, childProcess.ChildProcess.prototype);

/** Sends the signal as a step; false if the process cannot be reached any more. */
export function signalled(kin: Kin, process: number, signal: NodeJS.Signals | number): boolean {
  const number = typeof signal === "number" ? signal : os.constants.signals[signal];
  if (number === undefined) {
    throw Object.assign(new TypeError(`Unknown signal: ${String(signal)}`), { code: "ERR_UNKNOWN_SIGNAL" });
  }
  const { gate } = kin;
  const title = kin.titleOf(process);
  kin.step(number === 0 ? `look whether ${title} lives` : `send ${signalName(number)} to ${title}`, "*");
  if (number === 0) return gate.family.isLive(process);
  if (!gate.family.isLive(process)) {
    gate.found("→ it has ended");
    // As for a process that has ended, and whose parent has not heard of that.
    return true;
  }
  gate.family.signal(process, number);
  if (!gate.family.isLive(process)) {
    gate.found("→ it is dead");
    kin.noteDeath(process, signalName(number));
    // Its own process, or that of which it is a thread.
    if (!gate.family.isLive(kin.index)) gate.die();
  }
  return true;
}

function signalName(number: number): string {
  return Object.entries(os.constants.signals).find(([, other]) => other === number)?.[0] ?? String(number);
}

interface Channels {
  readonly linked: boolean;
  readonly input: boolean;
}

type Callback = (error: Error | null) => void;

/** Keeps nothing alive: a parent lives until its child has ended, or was let go of by `unref`. */
const CHANNEL = { ref: () => {}, unref: () => {} };
