import type { AcquireOptions, Hold } from "./acquirable.ts";
import { type Cell, cellAt, cellBytes } from "./cell.ts";
import { checkNumber, type Kind, type NumberOf } from "./kinds.ts";
import { Lock } from "./lock.ts";
import { currentArena } from "./memory/arena.ts";
import { probe } from "./memory/probe.ts";
import type { Region } from "./memory/region.ts";
import { report } from "./operation.ts";
import { Primitive, travels } from "./primitive.ts";

/**
 * A fixed number of numbers of one kind in shared memory. Each operation on an element is one atomic step, as on a `Value`;
 * what concerns several elements (a slice, an iteration) is as many steps, unless everybody uses `hold`.
 *
 * Source: CPython's multiprocessing manual, Array. Different on purpose: out of range throws instead of wrapping, and
 * reading takes no lock.
 *
 * @example
 * const scores = new SharedArray("int32", [1, 2, 3]);
 * scores.add(0, 10); // 1, the element before
 * scores.get(-1); // 3
 * [...scores]; // [11, 2, 3]
 */
export class SharedArray<K extends Kind> extends Primitive {
  readonly offset: number;
  readonly byteLength: number;
  readonly kind: K;
  readonly length: number;
  readonly #elements: number;
  readonly #region: Region;
  readonly #lock: Lock | null;

  /**
   * @param initial how many elements, all 0, or the elements
   * @throws {RangeError} an element does not fit the kind
   */
  constructor(kind: K, initial: number | Iterable<NumberOf<K>>, options: SharedArrayOptions = {}) {
    const values = typeof initial === "number" ? [] : [...initial];
    const length = typeof initial === "number" ? initial : values.length;
    super([kind, length, options]);
    if (!Number.isInteger(length) || length < 0) {
      throw new RangeError(`an array has a whole number of elements from 0, not ${length}`);
    }
    for (const value of values) checkNumber(kind, value);
    const arena = currentArena();
    this.kind = kind;
    this.length = length;
    this.#region = arena.region;
    const bytes = length * cellBytes(kind);
    this.#elements = arena.allocate("array", bytes);
    if (arena.creating) {
      this.#region.bytes.fill(0, this.#elements, this.#elements + bytes);
      for (const [index, value] of values.entries()) this.#cell(index).initialize(value);
    }
    const own = options.lock === undefined || options.lock === true ? new Lock({}, "lock") : null;
    this.#lock = own ?? (options.lock instanceof Lock ? options.lock : null);
    this.offset = this.#elements;
    this.byteLength = own === null ? bytes : own.offset + own.byteLength - this.offset;
  }

  /** An index from the end is negative. @throws {RangeError} there is no such element */
  get(index: number): NumberOf<K> {
    const cell = this.#cell(this.#checked(index));
    return probe === null ? cell.load() : report(this, "get", [index], () => cell.load());
  }

  /** @throws {RangeError} there is no such element, or the value does not fit */
  set(index: number, value: NumberOf<K>): void {
    const cell = this.#cell(this.#checked(index));
    if (probe === null) cell.store(value);
    else report(this, "set", [index, value], () => cell.store(value));
  }

  /** Adds to an element in one atomic step; returns the element before. @throws {RangeError} the sum does not fit */
  add(index: number, delta: NumberOf<K>): NumberOf<K> {
    const cell = this.#cell(this.#checked(index));
    if (probe === null) return cell.update(cell.plus, delta);
    return report(this, "add", [index, delta], () => cell.update(cell.plus, delta));
  }

  /** Puts `next` in place of `expected`; returns the element before, which is `expected` exactly if it took place. */
  compareExchange(index: number, expected: NumberOf<K>, next: NumberOf<K>): NumberOf<K> {
    const cell = this.#cell(this.#checked(index));
    if (probe === null) return cell.compareExchange(expected, next);
    return report(this, "compareExchange", [index, expected, next], () => cell.compareExchange(expected, next));
  }

  /** A copy of some elements, as Array.prototype.slice; each is read in a step of its own. */
  slice(start = 0, end: number = this.length): NumberOf<K>[] {
    const indices = Array.from({ length: this.length }, (_, index) => index).slice(start, end);
    return indices.map((index) => this.get(index));
  }

  /** Elements from the first to the last, each read when it is asked for. */
  *[Symbol.iterator](): Generator<NumberOf<K>, void> {
    for (let index = 0; index < this.length; index++) yield this.get(index);
  }

  /** Keeps other holders out for a scope of several steps; see Value.hold. */
  hold(options?: AcquireOptions): Promise<Hold> {
    return this.lock.hold(options);
  }

  holdSync(options?: Omit<AcquireOptions, "signal">): Hold {
    return this.lock.holdSync(options);
  }

  /** @throws {TypeError} the array was made with `lock: false` */
  get lock(): Lock {
    if (this.#lock === null) {
      throw new TypeError(
        "this SharedArray has no lock, because it was made with lock: false. Leave that out to hold it.",
      );
    }
    return this.#lock;
  }

  protected get region(): Region {
    return this.#region;
  }

  #checked(index: number): number {
    const at = index < 0 ? index + this.length : index;
    if (!Number.isInteger(at) || at < 0 || at >= this.length) {
      throw new RangeError(`there is no element ${index} in an array of ${this.length}`);
    }
    return at;
  }

  #cell(index: number): Cell<NumberOf<K>> {
    return cellAt(this.kind, this.#region, this.#elements + index * cellBytes(this.kind));
  }
}

travels("SharedArray", SharedArray);

export interface SharedArrayOptions {
  /** The lock behind `hold`: one of its own (true, the default), none (false), or one that several objects share. */
  readonly lock?: boolean | Lock;
}
