import { probe } from "./memory/probe.ts";
import type { Region } from "./memory/region.ts";
import { allocateCell, type Cell } from "./cell.ts";
import type { Kind, NumberOf } from "./kinds.ts";
import type { AcquireOptions, Hold } from "./acquirable.ts";
import { Lock } from "./lock.ts";
import { report } from "./operation.ts";
import { Primitive, travels } from "./primitive.ts";

/**
 * One number in shared memory. Each operation is a single atomic step; nobody ever waits to read it. What takes several
 * steps (`value.set(value.get() - 1)`) is as interruptible as it looks: use `add`, `update` or `hold`.
 *
 * Source: CPython's multiprocessing manual, Value. Different on purpose: out of range throws instead of wrapping, and
 * the lock is only for `hold`, so a dead holder never keeps anyone from reading.
 *
 * @example
 * const stock = new Value(2); // an int32
 * stock.sub(1); // 2, the value before
 * stock.get(); // 1
 * const total = new Value("float64", 0.5);
 * total.update((before) => before * 2); // 1, the value after
 */
export class Value<K extends Kind = "int32"> extends Primitive {
  readonly offset: number;
  readonly byteLength: number;
  readonly kind: K;
  readonly #cell: Cell<NumberOf<K>>;
  readonly #lock: Lock | null;

  /**
   * @param initial the value at the start
   * @throws {RangeError} the initial value does not fit the kind
   */
  constructor(initial: number);
  constructor(kind: K, initial: NumberOf<K>, options?: ValueOptions);
  constructor(first: K | number, initial?: NumberOf<K>, options: ValueOptions = {}) {
    super([first, initial, options]);
    this.kind = (typeof first === "number" ? "int32" : first) as K;
    this.#cell = allocateCell(this.kind, (typeof first === "number" ? first : initial) as NumberOf<K>);
    const own = options.lock === undefined || options.lock === true ? new Lock({}, "lock") : null;
    this.#lock = own ?? (options.lock instanceof Lock ? options.lock : null);
    this.offset = this.#cell.offset;
    this.byteLength = own === null ? this.#cell.byteLength : own.offset + own.byteLength - this.offset;
  }

  get(): NumberOf<K> {
    if (probe === null) return this.#cell.load();
    return report(this, "get", [], () => this.#cell.load());
  }

  /** @throws {RangeError} the value does not fit the kind; nothing has changed */
  set(value: NumberOf<K>): void {
    if (probe === null) this.#cell.store(value);
    else report(this, "set", [value], () => this.#cell.store(value));
  }

  /** Adds in one atomic step; returns the value before. @throws {RangeError} the sum does not fit; nothing has changed */
  add(delta: NumberOf<K>): NumberOf<K> {
    if (probe === null) return this.#cell.update(this.#cell.plus, delta);
    return report(this, "add", [delta], () => this.#cell.update(this.#cell.plus, delta));
  }

  /** Subtracts in one atomic step; returns the value before. @throws {RangeError} it does not fit; nothing has changed */
  sub(delta: NumberOf<K>): NumberOf<K> {
    if (probe === null) return this.#cell.update(this.#cell.minus, delta);
    return report(this, "sub", [delta], () => this.#cell.update(this.#cell.minus, delta));
  }

  /** Puts `next` in place of `expected`; returns the value before, which is `expected` exactly if it took place. */
  compareExchange(expected: NumberOf<K>, next: NumberOf<K>): NumberOf<K> {
    if (probe === null) return this.#cell.compareExchange(expected, next);
    return report(this, "compareExchange", [expected, next], () => this.#cell.compareExchange(expected, next));
  }

  /**
   * Puts `change(value)` in place of the value in one atomic step; returns the value after. `change` is pure: when another
   * process gets in between it is asked again.
   */
  update(change: (before: NumberOf<K>) => NumberOf<K>): NumberOf<K> {
    if (probe === null) return this.#update(change);
    return report(this, "update", [], () => this.#update(change));
  }

  /** `value.value += 1` is a read and a write, and another process may come between them. */
  get value(): NumberOf<K> {
    return this.get();
  }

  set value(next: NumberOf<K>) {
    this.set(next);
  }

  /**
   * Keeps other holders out for a scope of several steps. It orders those who hold, nobody else: single operations take
   * no lock. `lock.lastOwnerDied` tells whether the former holder died half-way.
   */
  hold(options?: AcquireOptions): Promise<Hold> {
    return this.lock.hold(options);
  }

  holdSync(options?: Omit<AcquireOptions, "signal">): Hold {
    return this.lock.holdSync(options);
  }

  /** @throws {TypeError} the value was made with `lock: false` */
  get lock(): Lock {
    if (this.#lock === null) {
      throw new TypeError("this Value has no lock, because it was made with lock: false. Leave that out to hold it.");
    }
    return this.#lock;
  }

  protected get region(): Region {
    return this.#cell.region;
  }

  #update(change: (before: NumberOf<K>) => NumberOf<K>): NumberOf<K> {
    let after: NumberOf<K> | undefined;
    this.#cell.update((before) => (after = change(before)), undefined as never);
    return after as NumberOf<K>;
  }
}

travels("Value", Value);

export interface ValueOptions {
  /** The lock behind `hold`: one of its own (true, the default), none (false), or one that several objects share. */
  readonly lock?: boolean | Lock;
}
