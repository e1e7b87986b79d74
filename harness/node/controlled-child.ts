import { AsyncResource } from "node:async_hooks";
import childProcess from "node:child_process";
import { EventEmitter } from "node:events";
import os from "node:os";
import type { Readable, Writable } from "node:stream";
import { QUEUE } from "../engine/lane-memory.ts";
import { ChannelEnd } from "./channel-end.ts";
import { outputOf, refusedInput } from "./child-streams.ts";
import { pidOf, type Kin, type Mail, type Program } from "./kin.ts";

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
  readonly #context = new AsyncResource("ChildProcess");
  readonly #channelEnd: ChannelEnd;
  readonly send: ChannelEnd["send"];
  #holds = true;
  #ended = false;
  /** What has to come to its end before the child is closed. */
  #open = 1;

  constructor(kin: Kin, child: number, program: Program, { linked, input }: Channels) {
    super();
    this.#kin = kin;
    this.#child = child;
    this.pid = pidOf(child);
    this.#channelEnd = new ChannelEnd(
      kin,
      {
        child,
        isChild: false,
        peer: program.title,
        emitter: this,
        serialization: program.serialization,
        cut: (byPeer) => {
          if (byPeer) this.#close();
        },
      },
      linked,
    );
    this.send = this.#channelEnd.send;
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
      if (event === "message" || event === "disconnect" || event === "close") this.#channelEnd.hear();
      if (event === "message") process.nextTick(() => this.#channelEnd.giveOut());
    });
    process.nextTick(() => this.#context.runInAsyncScope(() => this.emit("spawn")));
  }

  get connected(): boolean {
    return this.#channelEnd.connected;
  }

  get channel(): object | undefined {
    return this.connected ? CHANNEL : undefined;
  }

  readonly disconnect = (): void => this.#channelEnd.disconnect(false);

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

  #hearEnd({ status, signal }: Mail): void {
    const { gate } = this.#kin;
    this.#hold(false);
    this.#ended = true;
    this.#channelEnd.hear();
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

/** Keeps nothing alive: a parent lives until its child has ended, or was let go of by `unref`. */
const CHANNEL = { ref: () => {}, unref: () => {} };
