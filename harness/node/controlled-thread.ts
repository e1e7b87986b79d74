import { AsyncResource } from "node:async_hooks";
import { EventEmitter } from "node:events";
import { Readable, type Writable } from "node:stream";
import { MAIL, QUEUE } from "../engine/lane-memory.ts";
import { outputOf, refusedInput } from "./child-streams.ts";
import type { Kin, Mail, Program } from "./kin.ts";
import { refusal, threadRefusal } from "./refusal.ts";
import { clonedMessage, messageText, rebuiltFailure } from "./structured-message.ts";

/** What `new Worker` makes: a thread that this process has started, as Node shows it. */
export class ControlledThread extends EventEmitter {
  threadId: number;
  readonly stdin: Writable | null;
  readonly stdout: Readable;
  readonly stderr: Readable;
  resourceLimits: object = {};
  readonly performance = { eventLoopUtilization: () => ({ idle: 0, active: 0, utilization: 0 }) };
  readonly #kin: Kin;
  readonly #thread: number;
  readonly #title: string;
  /** What it writes there goes to where its process writes. */
  readonly #silent: Readable[] = [];
  readonly #context = new AsyncResource("WORKER");
  #holds = true;
  #ended = false;

  constructor(kin: Kin, thread: number, { title, pipes }: Program, hasInput: boolean) {
    super();
    this.#kin = kin;
    this.#thread = thread;
    this.#title = title;
    this.threadId = kin.gate.family.threadOf(thread);
    this.stdin = hasInput ? refusedInput(kin, thread) : null;
    this.stdout = this.#output(QUEUE.out, pipes[0]);
    this.stderr = this.#output(QUEUE.err, pipes[1]);
    kin.gate.hold(1);
    // It begins at its own first step, and that it has is sent only if somebody wants to hear of it.
    this.on("newListener", (event) => {
      if (event === "online" && !this.#ended) kin.gate.family.handles(thread, 0, true);
    });
    kin.listen(thread, QUEUE.up, `hear from ${title}`, (mail) =>
      this.#context.runInAsyncScope(() => this.#heard(mail)),
    );
    process.nextTick(() => process.emit("worker", this as never));
  }

  postMessage(message: unknown, transfer?: unknown): void {
    const { gate } = this.#kin;
    const cloned = clonedMessage(message, transfer, (what) => threadRefusal(gate, "postMessage", what));
    if (this.#ended) return;
    this.#kin.step(`send to ${this.#title}`, `messages to thread ${this.#thread}`);
    gate.found(messageText(message));
    this.#kin.post(this.#thread, QUEUE.down, cloned);
  }

  /** Resolves with its exit status when it has ended; undefined if that was known before. */
  terminate(): Promise<number | undefined> {
    this.ref();
    if (this.#ended) return Promise.resolve(undefined);
    const { gate } = this.#kin;
    this.#kin.step(`terminate ${this.#title}`, "*");
    if (gate.family.isLive(this.#thread)) gate.family.terminate(this.#thread);
    else gate.found("→ it has ended");
    return new Promise((resolve) => this.once("exit", resolve));
  }

  async [Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose")](): Promise<void> {
    await this.terminate();
  }

  ref(): void {
    this.#hold(true);
  }

  unref(): void {
    this.#hold(false);
  }

  getHeapSnapshot(): never {
    throw refusal("worker.getHeapSnapshot");
  }

  getHeapStatistics(): never {
    throw refusal("worker.getHeapStatistics");
  }

  #heard({ kind, value, status }: Mail): void {
    const { gate } = this.#kin;
    switch (kind) {
      case MAIL.online:
        gate.found("→ it has begun");
        this.emit("online");
        return;
      case MAIL.error: {
        const error = rebuiltFailure(value);
        gate.found(`→ ${error instanceof Error ? `${error.name}: ${error.message}` : messageText(error)}`);
        this.emit("error", error);
        return;
      }
      case MAIL.exit:
        gate.found(`→ exit ${status}`);
        this.#hold(false);
        this.#ended = true;
        this.threadId = -1;
        for (const stream of this.#silent) stream.push(null);
        this.emit("exit", status);
        return;
      default:
        gate.found(`→ ${messageText(value)}`);
        this.emit("message", value);
    }
  }

  #output(queue: number, isPiped: boolean): Readable {
    if (isPiped) return outputOf(this.#kin, this.#thread, queue, this.#context);
    const silent = new Readable({ read: () => {} });
    this.#silent.push(silent);
    return silent;
  }

  #hold(holds: boolean): void {
    if (this.#ended || holds === this.#holds) return;
    this.#holds = holds;
    this.#kin.gate.hold(holds ? 1 : -1);
  }
}
