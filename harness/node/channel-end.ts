import { AsyncResource } from "node:async_hooks";
import type { EventEmitter } from "node:events";
import os from "node:os";
import { MAIL, QUEUE } from "../engine/lane-memory.ts";
import { packed, pidOf, unpacked, type Kin, type Serialization } from "./kin.ts";

/**
 * One end of the channel between a process and one that it has started: what `send`, `disconnect`, `connected` and the events
 * `message` and `disconnect` come to, the same on either side.
 */
export class ChannelEnd {
  readonly #kin: Kin;
  readonly #side: Side;
  readonly #context = new AsyncResource("CHANNEL");
  #connected: boolean;
  #hears = false;
  /** Messages that came before somebody listened to them. */
  #early: unknown[] = [];

  /** @param connected it is, as far as this side knows */
  constructor(kin: Kin, side: Side, connected: boolean) {
    this.#kin = kin;
    this.#side = side;
    this.#connected = connected;
  }

  /** Whoever asks may hear that it is not. */
  get connected(): boolean {
    this.hear();
    return this.#connected;
  }

  /** This side knows of nothing that would have ended it. */
  get isOpen(): boolean {
    return this.#connected;
  }

  /** It is open, or has been. */
  get isKnown(): boolean {
    return this.#connected || this.#hears;
  }

  readonly send = (message: unknown, ...others: unknown[]): boolean => {
    const { child, peer, serialization } = this.#side;
    const { gate } = this.#kin;
    const [handle] = others;
    if (typeof handle === "object" && handle !== null && !("keepOpen" in handle) && !("swallowErrors" in handle))
      gate.refuse(
        `${peer} is sent a handle of a server or socket, which only one process at a time can have under control. Leave it out.`,
      );
    const callback = others.findLast((other) => typeof other === "function") as Callback | undefined;
    const value = packed(message, serialization);
    if (!this.connected) {
      this.#fail(callback, Object.assign(new Error("Channel closed"), { code: "ERR_IPC_CHANNEL_CLOSED" }));
      return false;
    }
    this.#kin.step(`send to ${peer}`, this.#messages);
    if (gate.family.isLinked(child)) {
      gate.found(textOf(value, serialization));
      this.#kin.post(child, this.#side.isChild ? QUEUE.up : QUEUE.down, value);
      if (callback !== undefined) process.nextTick(callback, null);
      return true;
    }
    gate.found("✗ EPIPE");
    const errno = -os.constants.errno.EPIPE;
    this.#fail(callback, Object.assign(new Error("write EPIPE"), { errno, code: "EPIPE", syscall: "write" }));
    return true;
  };

  /** @param isKnown this side knows already whether it is connected, as far as it can */
  disconnect(isKnown: boolean): void {
    const { child, emitter, isChild, peer, cut } = this.#side;
    if (!(isKnown ? this.#connected : this.connected)) {
      const error = new Error("IPC channel is already disconnected");
      this.#fail(undefined, Object.assign(error, { code: "ERR_IPC_DISCONNECTED" }));
      return;
    }
    this.#kin.step(`disconnect from ${peer}`, this.#messages);
    this.#kin.gate.family.unlink(child, isChild ? "child" : "parent");
    this.#connected = false;
    cut(false);
    process.nextTick(() => emitter.emit("disconnect"));
  }

  hear(): void {
    if (this.#hears || !this.#connected) return;
    this.#hears = true;
    const { child, isChild, peer } = this.#side;
    this.#kin.listen(child, isChild ? QUEUE.down : QUEUE.up, `hear from ${peer}`, ({ kind, value }) =>
      this.#context.runInAsyncScope(() => this.#heard(kind, value)),
    );
  }

  giveOut(): void {
    const { emitter } = this.#side;
    while (this.#early.length > 0 && emitter.listenerCount("message") > 0)
      emitter.emit("message", this.#early.shift(), undefined);
  }

  #heard(kind: number, value: unknown): void {
    const { emitter, isChild, serialization, cut } = this.#side;
    const { gate } = this.#kin;
    if (kind === MAIL.end) {
      gate.found(isChild ? "→ it is gone" : "→ nothing more");
      if (!this.#connected) return;
      this.#connected = false;
      if (isChild) cut(true);
      emitter.emit("disconnect");
      if (!isChild) cut(true);
    } else if (this.#connected) {
      gate.found(`→ ${textOf(value, serialization)}`);
      this.#early.push(unpacked(value, serialization));
      this.giveOut();
    }
  }

  get #messages(): string {
    return `messages ${this.#side.isChild ? "from" : "to"} ${pidOf(this.#side.child)}`;
  }

  #fail(callback: Callback | undefined, error: Error): void {
    process.nextTick(() => {
      if (callback === undefined) this.#side.emitter.emit("error", error);
      else callback(error);
    });
  }
}

interface Side {
  /** The process that was started; the channel is between it and the one that has started it. */
  readonly child: number;
  /** This is its end. */
  readonly isChild: boolean;
  /** Who is at the other end, in words. */
  readonly peer: string;
  /** What the program listens to. */
  readonly emitter: EventEmitter;
  readonly serialization: Serialization;
  /** Called when it is over, by this side or by the other one. */
  readonly cut: (byPeer: boolean) => void;
}

type Callback = (error: Error | null) => void;

function textOf(value: unknown, serialization: Serialization): string {
  return serialization === "json" ? String(value) : JSON.stringify(value);
}
