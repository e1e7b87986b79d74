import { bytesOf, type Coded, codedBytes, decode, encode } from "./codec.ts";
import {
  BrokenPipeError,
  BufferTooShortError,
  ClosedError,
  DirectionError,
  EofError,
  HeldUpError,
  MessageTooLongError,
  QueueEmpty,
  QueueEnded,
  QueueFull,
  TimeoutError,
} from "./errors.ts";
import type { Holders } from "./holders.ts";
import { probe } from "./memory/probe.ts";
import type { Region } from "./memory/region.ts";
import { report, reportAsync, shownOptions, type WaitOptions } from "./operation.ts";
import { Primitive, travels } from "./primitive.ts";
import type { Queue } from "./queue.ts";
import type { Message } from "./ring.ts";

/** One end of a pipe; see `pipe`. */
export class Connection<T = unknown> extends Primitive {
  readonly offset: number;
  readonly byteLength: number;
  readonly #in: Queue | null;
  readonly #out: Queue | null;
  readonly #own: Holders;
  readonly #peer: Holders;
  readonly #keep: boolean;
  /** What the end consists of. */
  readonly parts: ConnectionParts;
  #closed = false;
  #readable: boolean;

  /** Made by `pipe`. */
  constructor(parts: ConnectionParts) {
    super([parts]);
    this.parts = parts;
    this.#in = parts.in;
    this.#out = parts.out;
    this.#own = parts.own;
    this.#peer = parts.peer;
    this.#keep = parts.keep;
    this.#readable = parts.in !== null;
    // A pipe's parts belong to both ends; each end goes by the memory of its holders.
    this.offset = this.#own.offset;
    this.byteLength = this.#own.byteLength;
    // Somebody at the other end may have died without closing it.
    const look = (): boolean => this.settle(this.#peer, this.#in, this.#out);
    if (this.#in !== null) this.#in.onReaderLook = look;
    if (this.#out !== null) this.#out.onWriterLook = look;
    if (parts.seat !== undefined) this.#own.takeSeat(parts.seat);
  }

  get readable(): boolean {
    return this.#readable && !this.#closed;
  }

  get writable(): boolean {
    return this.#out !== null && !this.#closed;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Sends a copy of the value as one message; waits while the pipe is full.
   *
   * @throws {BrokenPipeError} the other end is closed everywhere
   * @throws {NotSharableError} the value cannot be copied; nothing was sent
   * @throws {TimeoutError} the pipe is full when `timeoutMs` are over
   * @throws {HeldUpError} it is not, but another process at this end stands still in the middle of sending
   * @throws {DirectionError} this end only receives
   */
  send(value: T, options?: WaitOptions): Promise<void> {
    const body = async (): Promise<void> => this.#sendAsync("send", this.#toSend("send"), encode(value), options);
    return probe === null ? body() : reportAsync(this, "send", [value, ...shownOptions(options)], body);
  }

  sendSync(value: T, options?: Omit<WaitOptions, "signal">): void {
    if (probe === null) this.#sendSync("send", this.#toSend("send"), encode(value), options);
    else {
      const body = (): void => this.#sendSync("send", this.#toSend("send"), encode(value), options);
      report(this, "send", [value, ...shownOptions(options)], body);
    }
  }

  /** Sends a copy of the value if there is room; false if not. @throws as `send` */
  trySend(value: T): boolean {
    const body = (): boolean => this.#trySend(value);
    return probe === null ? body() : report(this, "trySend", [value], body);
  }

  /**
   * Sends bytes of a buffer, from `offset` on, `size` of them (default: the rest), as one message.
   *
   * @throws {RangeError} they are not inside the buffer; nothing was sent
   */
  sendBytes(buffer: Uint8Array, options: SendBytesOptions = {}): Promise<void> {
    const body = async (): Promise<void> =>
      this.#sendAsync("sendBytes", this.#toSend("sendBytes"), raw(buffer, options), options);
    return probe === null ? body() : reportAsync(this, "sendBytes", [buffer], body);
  }

  sendBytesSync(buffer: Uint8Array, options: Omit<SendBytesOptions, "signal"> = {}): void {
    const body = (): void => this.#sendSync("sendBytes", this.#toSend("sendBytes"), raw(buffer, options), options);
    if (probe === null) body();
    else report(this, "sendBytes", [buffer], body);
  }

  /**
   * Receives the next message; waits for one.
   *
   * @throws {EofError} the other end is closed everywhere and everything was received
   * @throws {DecodeError} the message was sent as bytes; it is gone
   * @throws {TimeoutError} nothing is there when `timeoutMs` are over
   * @throws {HeldUpError} something is, but another process at this end stands still in the middle of receiving
   * @throws {DirectionError} this end only sends
   */
  recv(options?: WaitOptions): Promise<T> {
    if (probe === null) return this.#recvAsync(options);
    return reportAsync(this, "recv", shownOptions(options), () => this.#recvAsync(options));
  }

  recvSync(options?: Omit<WaitOptions, "signal">): T {
    if (probe === null) return this.decoded(this.#receiveSync("recv", options));
    return report(this, "recv", shownOptions(options), () => this.decoded(this.#receiveSync("recv", options)));
  }

  /**
   * As `recv` without waiting.
   *
   * @throws {TimeoutError} there was a moment during the call when nothing was there
   * @throws {HeldUpError} there was none, but another process has stood still for a second in the middle of receiving
   */
  tryRecv(): T {
    const body = (): T => this.decoded(this.#receiveSync("tryRecv", { timeoutMs: 0 }));
    return probe === null ? body() : report(this, "tryRecv", [], body);
  }

  /**
   * Receives the next message as bytes.
   *
   * @throws {MessageTooLongError} it is longer than `maxLength`; a one-way connection is then closed here, a duplex one
   *   receives no more
   */
  recvBytes(options: RecvBytesOptions = {}): Promise<Uint8Array> {
    const body = async (): Promise<Uint8Array> => {
      checkMaxLength(options);
      return this.#withinLength(await this.#receiveAsync("recvBytes", options), options.maxLength);
    };
    return probe === null ? body() : reportAsync(this, "recvBytes", shownOptions(options), body);
  }

  recvBytesSync(options: Omit<RecvBytesOptions, "signal"> = {}): Uint8Array {
    const body = (): Uint8Array => {
      checkMaxLength(options);
      return this.#withinLength(this.#receiveSync("recvBytes", options), options.maxLength);
    };
    return probe === null ? body() : report(this, "recvBytes", shownOptions(options), body);
  }

  /**
   * Receives the next message into a buffer, from `offset` on; resolves to its length in bytes.
   *
   * @throws {BufferTooShortError} it does not fit; the error has it
   */
  recvBytesInto(buffer: Uint8Array, options: WaitOptions & { readonly offset?: number } = {}): Promise<number> {
    const { offset = 0 } = options;
    const body = async (): Promise<number> => {
      checkBytes(buffer);
      checkInside("offset", offset, buffer.byteLength);
      return this.#into(buffer, offset, await this.#receiveAsync("recvBytesInto", options));
    };
    return probe === null ? body() : reportAsync(this, "recvBytesInto", shownOptions(options), body);
  }

  recvBytesIntoSync(
    buffer: Uint8Array,
    options: Omit<WaitOptions, "signal"> & { readonly offset?: number } = {},
  ): number {
    const { offset = 0 } = options;
    const body = (): number => {
      checkBytes(buffer);
      checkInside("offset", offset, buffer.byteLength);
      return this.#into(buffer, offset, this.#receiveSync("recvBytesInto", options));
    };
    return probe === null ? body() : report(this, "recvBytesInto", shownOptions(options), body);
  }

  /** Whether `recv` would not have to wait: a message is there, whole, or the end of file. Default: looks once. */
  poll(options: WaitOptions = { timeoutMs: 0 }): Promise<boolean> {
    if (probe === null) return this.ready(options);
    return reportAsync(this, "poll", shownOptions(options), () => this.ready(options));
  }

  /** As `poll`, blocking the thread. */
  pollSync(options: Omit<WaitOptions, "signal"> = { timeoutMs: 0 }): boolean {
    const body = (): boolean => this.#use("poll", this.#readable ? this.#in : null).readySync(options);
    return probe === null ? body() : report(this, "poll", shownOptions(options), body);
  }

  /** As `poll`, which by default waits; for `waitAny`. */
  async ready(options?: WaitOptions): Promise<boolean> {
    return this.#use("poll", this.#readable ? this.#in : null).ready(options);
  }

  /** Says that this process holds this end, before it is used for the first time. */
  open(): void {
    this.#checkOpen("open");
    this.#own.enter();
  }

  /** This process does not use this end any more. When nobody holds it, the other end receives what is there, then EofError. */
  close(): void {
    if (this.#closed) return;
    if (probe === null) this.#close();
    else report(this, "close", [], () => this.#close());
  }

  /** Messages as they come, until the end of file. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    for (;;) {
      let value: T;
      try {
        value = await this.recv();
      } catch (error) {
        if (error instanceof EofError) return;
        throw error;
      }
      yield value;
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  protected get region(): Region {
    return this.#own.region;
  }

  /** The child holds this end from now on, even while it is not yet there to say so. */
  protected override leaving(args: readonly unknown[]): readonly unknown[] {
    this.#checkOpen("sending it to a child");
    const seat = this.#own.reserve();
    if (!this.#keep) this.#close();
    return [{ ...(args[0] as ConnectionParts), seat }];
  }

  protected decoded(message: Message): T {
    return decode(message.tag, message.inline, message.body) as T;
  }

  #close(): void {
    this.#closed = true;
    this.#own.leave();
    this.settle(this.#own, this.#out, this.#in);
  }

  /** Once nobody holds an end, what it would send has ended, and what it would receive is cut off; says whether that is so. */
  protected settle(end: Holders, sends: Queue | null, receives: Queue | null): boolean {
    if (!end.deserted) return false;
    sends?.ring.end();
    receives?.ring.breakOff();
    return true;
  }

  #use(operation: string, lane: Queue | null): Queue {
    this.#checkOpen(operation);
    if (lane === null) throw new DirectionError(operation, this.#readable ? "read-only" : "write-only");
    this.#own.enter();
    return lane;
  }

  #checkOpen(operation: string): void {
    if (this.#closed) throw new ClosedError("Connection", operation);
  }

  #toSend(operation: string): Queue {
    return this.#use(operation, this.#out);
  }

  async #sendAsync(operation: string, lane: Queue, coded: Coded, options: WaitOptions | undefined): Promise<void> {
    try {
      await lane.sendAsync(lane.fitting(coded), options);
    } catch (error) {
      throw sendError(error, operation, options);
    }
  }

  #sendSync(operation: string, lane: Queue, coded: Coded, options: WaitOptions | undefined): void {
    try {
      lane.sendSync(lane.fitting(coded), options);
    } catch (error) {
      throw sendError(error, operation, options);
    }
  }

  #trySend(value: T): boolean {
    try {
      this.#sendSync("trySend", this.#toSend("trySend"), encode(value), { timeoutMs: 0 });
      return true;
    } catch (error) {
      if (error instanceof TimeoutError) return false;
      throw error;
    }
  }

  async #recvAsync(options?: WaitOptions): Promise<T> {
    return this.decoded(await this.#receiveAsync("recv", options));
  }

  async #receiveAsync(operation: string, options?: WaitOptions): Promise<Message> {
    const lane = this.#use(operation, this.#readable ? this.#in : null);
    try {
      return await lane.receiveAsync(options);
    } catch (error) {
      throw receiveError(error, operation, options);
    }
  }

  #receiveSync(operation: string, options?: WaitOptions): Message {
    const lane = this.#use(operation, this.#readable ? this.#in : null);
    try {
      return lane.receiveSync(options);
    } catch (error) {
      throw receiveError(error, operation, options);
    }
  }

  #into(buffer: Uint8Array, offset: number, message: Message): number {
    const bytes = this.#bytesOf(message);
    if (bytes.byteLength > buffer.byteLength - offset) throw new BufferTooShortError(bytes, buffer.byteLength - offset);
    buffer.set(bytes, offset);
    return bytes.byteLength;
  }

  #bytesOf(message: Message): Uint8Array {
    return bytesOf(message.tag, message.body);
  }

  #withinLength(message: Message, maxLength: number | undefined): Uint8Array {
    const bytes = this.#bytesOf(message);
    if (maxLength === undefined || bytes.byteLength <= maxLength) return bytes;
    if (this.#out === null) this.#close();
    else this.#readable = false;
    throw new MessageTooLongError(bytes.byteLength, maxLength);
  }
}

travels("Connection", Connection);

export interface ConnectionParts {
  readonly in: Queue | null;
  readonly out: Queue | null;
  readonly own: Holders;
  readonly peer: Holders;
  readonly keep: boolean;
  /** The place that was reserved for whoever builds this from a handle. */
  readonly seat?: number;
}

export interface SendBytesOptions extends WaitOptions {
  readonly offset?: number;
  readonly size?: number;
}

export interface RecvBytesOptions extends WaitOptions {
  readonly maxLength?: number;
}

function raw(buffer: Uint8Array, options: SendBytesOptions): Coded {
  checkBytes(buffer);
  const offset = options.offset ?? 0;
  checkInside("offset", offset, buffer.byteLength);
  const size = options.size ?? buffer.byteLength - offset;
  checkInside("size", size, buffer.byteLength - offset);
  return codedBytes(buffer.subarray(offset, offset + size));
}

function checkBytes(buffer: Uint8Array): void {
  if (!(buffer instanceof Uint8Array)) {
    throw new TypeError(
      `bytes are sent from and received into a Uint8Array, not a ${typeof buffer}. Make one of it first.`,
    );
  }
}

function checkInside(name: string, value: number, most: number): void {
  if (!Number.isInteger(value) || value < 0 || value > most) {
    throw new RangeError(`${name} is a whole number from 0 to ${most} here, not ${value}`);
  }
}

function checkMaxLength({ maxLength }: RecvBytesOptions): void {
  if (maxLength !== undefined) checkInside("maxLength", maxLength, Number.MAX_SAFE_INTEGER);
}

function sendError(error: unknown, operation: string, options: WaitOptions | undefined): unknown {
  if (error instanceof QueueEnded) return new BrokenPipeError();
  if (error instanceof HeldUpError) return new HeldUpError("Connection", operation, error.pid);
  return error instanceof QueueFull ? new TimeoutError("Connection", operation, options?.timeoutMs ?? 0) : error;
}

function receiveError(error: unknown, operation: string, options: WaitOptions | undefined): unknown {
  if (error instanceof QueueEnded) return new EofError();
  if (error instanceof HeldUpError) return new HeldUpError("Connection", operation, error.pid);
  return error instanceof QueueEmpty ? new TimeoutError("Connection", operation, options?.timeoutMs ?? 0) : error;
}
