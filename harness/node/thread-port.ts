import { EventEmitter } from "node:events";
import { QUEUE } from "../engine/lane-memory.ts";
import type { Kin } from "./kin.ts";
import { clonedMessage, messageText } from "./structured-message.ts";
import { threadRefusal } from "./refusal.ts";

/** A thread's end of its channel to who has started it: what its program knows as `parentPort`. */
export class ThreadPort extends EventEmitter {
  readonly #kin: Kin;
  #hears = false;
  #closed = false;
  /** It keeps the thread alive. */
  #holds = false;
  #onMessage: Listener | null = null;
  /** What was added as to an event target, and what stands for it here. */
  readonly #targets = new Map<Listener | Handler, (value: unknown) => void>();

  constructor(kin: Kin) {
    super();
    this.#kin = kin;
    this.on("newListener", (event) => {
      if (event === "message") this.#open();
    });
    this.on("removeListener", (event) => {
      if (event === "message" && this.listenerCount("message") === 0) this.unref();
    });
  }

  postMessage(message: unknown, transfer?: unknown): void {
    const cloned = clonedMessage(message, transfer, (what) => threadRefusal(this.#kin.gate, "postMessage", what));
    if (this.#closed) return;
    this.#kin.step("send to the parent thread", `messages from thread ${this.#kin.index}`);
    this.#kin.gate.found(messageText(message));
    this.#kin.post(this.#kin.index, QUEUE.up, cloned);
  }

  start(): void {
    this.#hear();
  }

  close(): void {
    if (this.#closed) return;
    this.unref();
    this.#closed = true;
    process.nextTick(() => this.emit("close"));
  }

  ref(): void {
    this.#hold(true);
  }

  unref(): void {
    this.#hold(false);
  }

  hasRef(): boolean {
    return this.#holds;
  }

  override removeAllListeners(event?: string | symbol): this {
    const events = event === undefined ? this.eventNames().filter((name) => !OWN_EVENTS.includes(name)) : [event];
    for (const one of events) super.removeAllListeners(one);
    return this;
  }

  get onmessage(): Listener | null {
    return this.#onMessage;
  }

  set onmessage(listener: Listener | null) {
    if (this.#onMessage !== null) this.removeEventListener("message", this.#onMessage);
    this.#onMessage = typeof listener === "function" ? listener : null;
    if (this.#onMessage !== null) this.addEventListener("message", this.#onMessage);
  }

  addEventListener(event: string, listener: Listener | Handler, options?: boolean | { once?: boolean }): void {
    if (this.#targets.has(listener)) return;
    const heard = (data: unknown): void => {
      const message = Object.defineProperty(new MessageEvent(event, { data }), "target", { value: this });
      if (typeof listener === "function") listener.call(this, message);
      else listener.handleEvent(message);
    };
    this.#targets.set(listener, heard);
    if (typeof options === "object" && options.once === true) this.once(event, heard);
    else this.on(event, heard);
  }

  removeEventListener(event: string, listener: Listener | Handler): void {
    const heard = this.#targets.get(listener);
    if (heard === undefined) return;
    this.#targets.delete(listener);
    this.off(event, heard);
  }

  /** What `receiveMessageOnPort` returns. */
  receive(): { message: unknown } | undefined {
    const { index, gate } = this.#kin;
    this.#kin.step("look for a message of the parent thread", `messages to thread ${index}`);
    const mail = this.#closed ? null : this.#kin.takeNow(index, QUEUE.down);
    gate.found(mail === null ? "→ none" : `→ ${messageText(mail.value)}`);
    return mail === null ? undefined : { message: mail.value };
  }

  #open(): void {
    this.ref();
    this.#hear();
  }

  #hear(): void {
    if (this.#hears || this.#closed) return;
    this.#hears = true;
    this.#kin.listen(this.#kin.index, QUEUE.down, "hear from the parent thread", ({ value }) => {
      this.#kin.gate.found(`→ ${messageText(value)}`);
      if (!this.#closed) this.emit("message", value);
    });
  }

  #hold(holds: boolean): void {
    if (this.#closed || holds === this.#holds) return;
    this.#holds = holds;
    this.#kin.gate.hold(holds ? 1 : -1);
  }
}

const OWN_EVENTS: readonly (string | symbol)[] = ["newListener", "removeListener"];

type Listener = (event: MessageEvent) => void;

interface Handler {
  handleEvent(event: MessageEvent): void;
}
