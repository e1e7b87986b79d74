import { type Coded, decode, encode, kept } from "./codec.ts";
import { ClosedError, HeldUpError, QueueEmpty, QueueEnded, QueueFull } from "./errors.ts";
import { registryOf } from "./memory/agents.ts";
import type { Lock } from "./lock.ts";
import { currentArena } from "./memory/arena.ts";
import { probe } from "./memory/probe.ts";
import type { Region } from "./memory/region.ts";
import { report, reportAsync, shownOptions, type WaitOptions } from "./operation.ts";
import { patienceOf } from "./patience.ts";
import { Primitive, travels } from "./primitive.ts";
import { type Found, type Message, Ring } from "./ring.ts";
import { ENDED, WAITERS } from "./ring-words.ts";

const COMMONS_QUEUE_BYTES = 8 * 1024 * 1024;
const ARENA_QUEUE_BYTES = 16 * 1024;
const ITEMS_MAX = 2 ** 31 - 1;

/**
 * Values from any number of producers to any number of consumers, first in, first out.
 *
 * When `put` has returned, the value is there for every later `get`; it was copied, so changing it afterwards changes
 * nothing. A producer or consumer that dies in the middle loses nobody's items and keeps nobody waiting.
 *
 * Source: CPython's multiprocessing manual, Queue. Different on purpose: there is no feeder thread (so no flush, no lost
 * items, no deadlock at exit); the queue is bounded in bytes as well; time-outs bound the whole call; `end()` tells all
 * consumers that no more will come.
 *
 * @example
 * const queue = new Queue(2);
 * await queue.put({ id: 1 });
 * queue.tryPut("two"); // true
 * queue.tryPut(3); // false: it is full
 * await queue.get(); // { id: 1 }
 * queue.size; // 1
 */
export class Queue<T = unknown> extends Primitive {
  readonly offset: number;
  readonly byteLength: number;
  readonly ring: Ring;
  /**
   * Called before each wait, by whoever knows more reasons why nothing will come: it may end the ring or break it off, and
   * says whether that is so.
   */
  onReaderLook: (() => boolean) | null = null;
  onWriterLook: (() => boolean) | null = null;
  #closed = false;

  /**
   * @param options items that it holds at most (a number), or both limits
   * @param more what a class below this one was made with; its taken messages keep their room until it frees them
   */
  constructor(options: number | QueueOptions = {}, more?: Readonly<Record<string, unknown>>) {
    const { maxSize = 0, bytes = defaultBytes() } = typeof options === "number" ? { maxSize: options } : options;
    super([{ maxSize, bytes, ...more }]);
    this.ring = this.makeRing(bytes, maxSize > 0 ? maxSize : ITEMS_MAX, more !== undefined);
    this.offset = this.ring.offset;
    this.byteLength = this.ring.byteLength;
  }

  /**
   * Puts a copy of the value at the end; waits for room if there is none.
   *
   * @throws {QueueFull} there is no room when `timeoutMs` are over
   * @throws {HeldUpError} there is, but another process stands still in the middle of a put
   * @throws {QueueEnded} `end()` was called
   * @throws {NotSharableError} the value cannot be copied; nothing was put
   * @throws {RangeError} the value is larger than the whole queue; nothing was put
   * @throws {ClosedError} the queue was closed here
   */
  put(value: T, options?: WaitOptions): Promise<void> {
    if (probe === null) return this.#putAsync(value, options);
    return reportAsync(this, "put", [value, ...shownOptions(options)], () => this.#putAsync(value, options));
  }

  /** As `put`, blocking the thread. */
  putSync(value: T, options?: Omit<WaitOptions, "signal">): void {
    if (probe === null) this.#putSync(value, options);
    else report(this, "put", [value, ...shownOptions(options)], () => this.#putSync(value, options));
  }

  /** Puts a copy of the value if there is room; false if not. @throws {HeldUpError} as `put`, after a second */
  tryPut(value: T): boolean {
    if (probe === null) return this.#tryPut(value);
    return report(this, "tryPut", [value], () => this.#tryPut(value));
  }

  /**
   * Takes the value that was put first; waits for one if there is none.
   *
   * @throws {QueueEmpty} nothing is there when `timeoutMs` are over
   * @throws {HeldUpError} something is, but another process stands still in the middle of a get
   * @throws {QueueEnded} nothing is there and nothing will come
   * @throws {ClosedError} the queue was closed here
   */
  get(options?: WaitOptions): Promise<T> {
    if (probe === null) return this.#getAsync(options);
    return reportAsync(this, "get", shownOptions(options), () => this.#getAsync(options));
  }

  /** As `get`, blocking the thread. */
  getSync(options?: Omit<WaitOptions, "signal">): T {
    if (probe === null) return this.#getSync(options);
    return report(this, "get", shownOptions(options), () => this.#getSync(options));
  }

  /**
   * As `get` without waiting.
   *
   * @throws {QueueEmpty} there was a moment during the call when the queue was empty
   * @throws {HeldUpError} there was none, but another process has stood still for a second in the middle of a get
   */
  tryGet(): T {
    if (probe === null) return this.#getSync({ timeoutMs: 0 });
    return report(this, "tryGet", [], () => this.#getSync({ timeoutMs: 0 }));
  }

  /** Values that were put and not taken, at this moment. */
  get size(): number {
    this.checkOpen("size");
    return this.ring.size;
  }

  get empty(): boolean {
    return this.size === 0;
  }

  /** Whether the queue holds `maxSize` items, at this moment. With large items it may be full of bytes before. */
  get full(): boolean {
    return this.size >= this.ring.itemsMax;
  }

  /** Nobody puts any more, in any process. Consumers get what is there, then `QueueEnded`. */
  end(): void {
    this.checkOpen("end");
    if (probe === null) this.ring.end();
    else report(this, "end", [], () => this.ring.end());
  }

  /** Values as they come, until the queue has ended. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    for (;;) {
      let value: T;
      try {
        value = await this.get();
      } catch (error) {
        if (error instanceof QueueEnded) return;
        throw error;
      }
      yield value;
    }
  }

  /** This process does not use the queue any more; others are not affected. What was put is there. */
  close(): void {
    this.#closed = true;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  protected get region(): Region {
    return this.ring.region;
  }

  protected makeRing(bytes: number, itemsMax: number, retain: boolean): Ring {
    return new Ring(bytes, itemsMax, retain);
  }

  /** Waits until a get would not have to wait: something is there, or nothing will ever be. */
  async ready(options?: WaitOptions): Promise<boolean> {
    this.checkOpen("ready");
    const patience = patienceOf(options);
    for (let asWaiter = false; ; asWaiter = true) {
      if (!(await this.ring.readers.takeAsync(patience.forLock(asWaiter)))) return false;
      const { message, ended, seen } = this.#withReaders(() => this.ring.first(asWaiter));
      // The wake was for somebody who takes it.
      if (message !== null && asWaiter) this.ring.tail.wake(1);
      if (message !== null || ended || this.onReaderLook?.() === true) return true;
      if (patience.once) return false;
      const outcome = await this.ring.tail.waitAsync(seen, patience.deadlineMs, options?.signal);
      if (outcome === "timed-out") return false;
    }
  }

  /** As `ready`, blocking the thread. */
  readySync(options?: Omit<WaitOptions, "signal">): boolean {
    this.checkOpen("ready");
    const patience = patienceOf(options);
    for (let asWaiter = false; ; asWaiter = true) {
      if (!this.ring.readers.takeSync(patience.forLock(asWaiter))) return false;
      const { message, ended, seen } = this.#withReaders(() => this.ring.first(asWaiter));
      // The wake was for somebody who takes it.
      if (message !== null && asWaiter) this.ring.tail.wake(1);
      if (message !== null || ended || this.onReaderLook?.() === true) return true;
      if (patience.once || this.ring.tail.wait(seen, patience.deadlineMs) === "timed-out") return false;
    }
  }

  /** By the holder of the readers' lock: the message that a `get` returns, or what to wait on for one. */
  protected next(asWaiter: boolean): Message | number {
    const found = this.ring.first(asWaiter);
    return found.message === null ? this.nothing(found) : this.took(found.message, found.more, asWaiter);
  }

  protected nothing({ ended, seen }: Found): number {
    if (ended) throw new QueueEnded("get");
    return seen;
  }

  protected took(message: Message, more: boolean, asWaiter: boolean): Message {
    if (this.ring.take(message)) this.ring.head.wake(1);
    // Several may have come while only this one was woken: pass the news on.
    if (asWaiter && more) this.ring.tail.wake(1);
    return message;
  }

  /** Runs `body` with the readers' lock. */
  protected locked<R>(body: () => R): R {
    this.ring.readers.takeSync();
    return this.#withReaders(body);
  }

  async #putAsync(value: T, options: WaitOptions | undefined): Promise<void> {
    return this.sendAsync(this.#coded(value), options);
  }

  /** `put` of what is encoded already, as a part of another operation: it does not appear in the history. */
  async sendAsync(value: Coded, options: WaitOptions | undefined): Promise<void> {
    const coded = kept(value);
    const patience = patienceOf(options);
    for (let asWaiter = false; ; asWaiter = true) {
      if (!(await this.ring.writers.takeAsync(patience.forLock(asWaiter)))) throw this.#lateWriter(asWaiter, coded);
      const seen = this.#publish(coded, asWaiter);
      if (seen === null) return;
      if (this.onWriterLook?.() === true) continue;
      if (patience.once) throw new QueueFull();
      const outcome = await this.ring.head.waitAsync(seen, patience.deadlineMs, options?.signal);
      if (outcome === "timed-out") throw new QueueFull();
    }
  }

  #putSync(value: T, options: WaitOptions | undefined): void {
    this.sendSync(this.#coded(value), options);
  }

  sendSync(value: Coded, options: WaitOptions | undefined): void {
    const coded = probe === null ? value : kept(value);
    const patience = patienceOf(options);
    if (probe === null && !patience.once) this.ring.lingerForRoom(coded.byteLength);
    for (let asWaiter = false; ; asWaiter = true) {
      if (!this.ring.writers.takeSync(patience.forLock(asWaiter))) throw this.#lateWriter(asWaiter, coded);
      const seen = this.#publish(coded, asWaiter);
      if (seen === null) return;
      if (this.onWriterLook?.() === true) continue;
      if (patience.once || this.ring.head.wait(seen, patience.deadlineMs) === "timed-out") throw new QueueFull();
    }
  }

  #tryPut(value: T): boolean {
    try {
      this.#putSync(value, { timeoutMs: 0 });
      return true;
    } catch (error) {
      if (error instanceof QueueFull) return false;
      throw error;
    }
  }

  async #getAsync(options: WaitOptions | undefined): Promise<T> {
    this.checkOpen("get");
    const { tag, inline, body } = await this.receiveAsync(options);
    return decode(tag, inline, body) as T;
  }

  #getSync(options: WaitOptions | undefined): T {
    this.checkOpen("get");
    const { tag, inline, body } = this.receiveSync(options);
    return decode(tag, inline, body) as T;
  }

  /** `get` as a part of another operation, not decoded. */
  async receiveAsync(options: WaitOptions | undefined): Promise<Message> {
    const patience = patienceOf(options);
    for (let asWaiter = false; ; asWaiter = true) {
      if (!(await this.ring.readers.takeAsync(patience.forLock(asWaiter)))) throw this.#lateReader(asWaiter);
      const found = this.#take(asWaiter);
      if (typeof found !== "number") return found;
      if (this.onReaderLook?.() === true) continue;
      if (patience.once) throw new QueueEmpty();
      const outcome = await this.ring.tail.waitAsync(found, patience.deadlineMs, options?.signal);
      if (outcome === "timed-out") throw new QueueEmpty();
    }
  }

  receiveSync(options: WaitOptions | undefined): Message {
    const patience = patienceOf(options);
    if (probe === null && !patience.once) this.ring.lingerForMessage();
    for (let asWaiter = false; ; asWaiter = true) {
      if (!this.ring.readers.takeSync(patience.forLock(asWaiter))) throw this.#lateReader(asWaiter);
      const found = this.#take(asWaiter);
      if (typeof found !== "number") return found;
      if (this.onReaderLook?.() === true) continue;
      if (patience.once || this.ring.tail.wait(found, patience.deadlineMs) === "timed-out") throw new QueueEmpty();
    }
  }

  /** Somebody who was woken and cannot even look hands the wake on. */
  #lateWriter(woken: boolean, { byteLength }: Coded): QueueFull | HeldUpError {
    if (woken) this.ring.head.wake(1);
    return this.ring.hasRoom(byteLength) ? this.#heldUp("put", this.ring.writers) : new QueueFull();
  }

  #lateReader(woken: boolean): QueueEmpty | HeldUpError {
    if (woken) this.ring.tail.wake(1);
    return this.ring.size > 0 ? this.#heldUp("get", this.ring.readers) : new QueueEmpty();
  }

  #heldUp(operation: string, { owner }: Lock): HeldUpError {
    return new HeldUpError(this.constructor.name, operation, registryOf(this.region).pidOf(owner));
  }

  /** With the writers' lock: publishes and answers null, or answers what to wait on for room. Gives the lock up. */
  #publish(coded: Coded, asWaiter: boolean): number | null {
    const { ring } = this;
    try {
      // A writer that died inside has published all of its message or nothing: there is nothing to repair.
      if (ring.writers.lastOwnerDied) ring.writers.markConsistent();
      const { ok, more, seen, broken } = ring.room(coded.byteLength, asWaiter);
      if (broken) throw new QueueEnded("put");
      if (!ok) {
        if (ring.ended) throw new QueueEnded("put");
        return seen;
      }
      const before = ring.publish(coded);
      if ((before & ENDED) !== 0) throw new QueueEnded("put");
      if ((before & WAITERS) !== 0) ring.tail.wake(1);
      if (asWaiter && more) ring.head.wake(1);
      return null;
    } finally {
      ring.writers.unwind();
    }
  }

  /** With the readers' lock: a message, or what to wait on for one. Gives the lock up. */
  #take(asWaiter: boolean): Message | number {
    const { readers } = this.ring;
    try {
      // A reader that died inside has taken its message or not: there is nothing to repair.
      if (readers.lastOwnerDied) readers.markConsistent();
      return this.next(asWaiter);
    } finally {
      readers.unwind();
    }
  }

  #withReaders<R>(body: () => R): R {
    const { readers } = this.ring;
    try {
      if (readers.lastOwnerDied) readers.markConsistent();
      return body();
    } finally {
      readers.unwind();
    }
  }

  #coded(value: T): Coded {
    this.checkOpen("put");
    return this.fitting(encode(value));
  }

  /** @throws {RangeError} it is larger than the whole queue */
  fitting(coded: Coded): Coded {
    if (!this.ring.canHold(coded.byteLength)) {
      throw new RangeError(
        `an item of ${coded.byteLength} bytes does not fit a queue of ${this.ring.capacity} bytes. ` +
          "Make the queue with more bytes: new Queue({ bytes }).",
      );
    }
    return coded;
  }

  protected checkOpen(operation: string): void {
    if (this.#closed) throw new ClosedError(this.constructor.name, operation);
  }
}

travels("Queue", Queue);

export interface QueueOptions {
  /** Items that it holds at most; 0 (default) or less: as many as its bytes hold. */
  readonly maxSize?: number;
  /**
   * Bytes of shared memory for items and their headers (16 bytes each). Default: 8 MiB in production, where untouched
   * pages take no memory, and 16 KiB in an arena. A larger item cannot be put.
   */
  readonly bytes?: number;
}

function defaultBytes(): number {
  return currentArena().shared ? COMMONS_QUEUE_BYTES : ARENA_QUEUE_BYTES;
}
