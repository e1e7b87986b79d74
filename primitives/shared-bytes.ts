import type { AcquireOptions, Hold } from "./acquirable.ts";
import { Lock } from "./lock.ts";
import { currentArena } from "./memory/arena.ts";
import { copyIn, copyOut } from "./memory/bytes.ts";
import { probe } from "./memory/probe.ts";
import type { Region } from "./memory/region.ts";
import { report } from "./operation.ts";
import { Primitive, travels } from "./primitive.ts";

/**
 * A fixed number of bytes in shared memory, read and written as a block. A block is no single step: whoever must not see half
 * of somebody else's write uses `hold`, as everybody else then must too. Forkcheck reports where nobody did.
 *
 * Source: CPython's multiprocessing manual, `Array('c', n)` with its `value` and `raw`. Different on purpose: reading takes no
 * lock, so the death of a holder keeps nobody from it.
 *
 * @example
 * const name = new SharedBytes(8);
 * name.value = Buffer.from("ada");
 * name.value; // Uint8Array.of(97, 100, 97)
 * name.raw.length; // 8
 */
export class SharedBytes extends Primitive {
  readonly offset: number;
  readonly byteLength: number;
  /** How many bytes there are. */
  readonly length: number;
  readonly #region: Region;
  readonly #lock: Lock | null;

  /** @param initial how many bytes, all 0, or the bytes */
  constructor(initial: number | Uint8Array, options: SharedBytesOptions = {}) {
    const length = typeof initial === "number" ? initial : initial.byteLength;
    super([length, options]);
    if (!Number.isInteger(length) || length < 0) {
      throw new RangeError(`there is a whole number of bytes from 0, not ${length}`);
    }
    const arena = currentArena();
    this.length = length;
    this.#region = arena.region;
    this.offset = arena.allocate("bytes", length);
    if (arena.creating) {
      this.#region.bytes.fill(0, this.offset, this.offset + length);
      if (typeof initial !== "number") this.#region.bytes.set(initial, this.offset);
    }
    const own = options.lock === undefined || options.lock === true ? new Lock({}, "lock") : null;
    this.#lock = own ?? (options.lock instanceof Lock ? options.lock : null);
    this.byteLength = own === null ? length : own.offset + own.byteLength - this.offset;
  }

  /** A copy of all bytes. */
  get raw(): Uint8Array {
    return probe === null ? this.read() : report(this, "raw", [], () => this.read());
  }

  /** A copy of the bytes before the first that is 0. */
  get value(): Uint8Array {
    const all = this.raw;
    const end = all.indexOf(0);
    return end < 0 ? all : all.subarray(0, end);
  }

  /** Writes the bytes, and a 0 behind them if there is room. @throws {RangeError} there are too many; nothing was written */
  set value(bytes: Uint8Array) {
    this.#checkRoom(bytes.byteLength, 0);
    this.#change(this.ended(bytes), 0);
  }

  /**
   * Writes the bytes from `offset` on; the others stay.
   *
   * @throws {RangeError} they reach beyond the end; nothing was written
   */
  set(bytes: Uint8Array, offset = 0): void {
    this.#checkRoom(bytes.byteLength, offset);
    this.#change(bytes, offset);
  }

  /** Keeps other holders out for a scope; see Value.hold. */
  hold(options?: AcquireOptions): Promise<Hold> {
    return this.lock.hold(options);
  }

  holdSync(options?: Omit<AcquireOptions, "signal">): Hold {
    return this.lock.holdSync(options);
  }

  /** @throws {TypeError} it was made with `lock: false` */
  get lock(): Lock {
    if (this.#lock === null) {
      throw new TypeError("these SharedBytes have no lock, because they were made with lock: false. Leave that out.");
    }
    return this.#lock;
  }

  protected get region(): Region {
    return this.#region;
  }

  /** The bytes as `value` writes them: with a 0 behind them, if there is room. */
  protected ended(bytes: Uint8Array): Uint8Array {
    const ended = new Uint8Array(Math.min(this.length, bytes.byteLength + 1));
    ended.set(bytes);
    return ended;
  }

  protected read(): Uint8Array {
    return copyOut(this.#region, this.offset, this.length);
  }

  protected write(bytes: Uint8Array, offset: number): void {
    copyIn(this.#region, this.offset + offset, bytes);
  }

  #change(bytes: Uint8Array, offset: number): void {
    if (probe === null) this.write(bytes, offset);
    else report(this, "set", [bytes, offset], () => this.write(bytes, offset));
  }

  #checkRoom(byteLength: number, offset: number): void {
    if (!Number.isInteger(offset) || offset < 0 || offset + byteLength > this.length) {
      throw new RangeError(`${byteLength} bytes from ${offset} on do not fit SharedBytes of ${this.length}.`);
    }
  }
}

travels("SharedBytes", SharedBytes);

export interface SharedBytesOptions {
  /** The lock behind `hold`: one of its own (true, the default), none (false), or one that several objects share. */
  readonly lock?: boolean | Lock;
}
