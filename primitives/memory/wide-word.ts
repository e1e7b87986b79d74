import { aside } from "./aside.ts";
import { probe } from "./probe.ts";
import type { Region } from "./region.ts";

/**
 * One atomic cell of 64 bits in shared memory, for values that do not fit a `Word`. It cannot be waited on.
 *
 * The bits are a bigint; `show` turns them into the number that a probe is told, so that a trace of a float64 shows 0.5 and
 * not its bit pattern.
 *
 * @example
 * const cell = new WideWord(region, 64, "total");
 * cell.store(2n ** 40n);
 * cell.update((before) => before + 1n); // 1099511627776n, the value before
 */
export class WideWord {
  readonly region: Region;
  /** Byte offset in the region, a multiple of 8. */
  readonly offset: number;
  readonly label: string;
  readonly #cells: BigInt64Array;
  readonly #index: number;
  readonly #show: (bits: bigint) => number;

  constructor(region: Region, offset: number, label: string, show: (bits: bigint) => number = Number) {
    this.region = region;
    this.offset = offset;
    this.label = label;
    this.#cells = region.longs;
    this.#index = offset / 8;
    this.#show = show;
  }

  get byteLength(): number {
    return 8;
  }

  /** Sets the value before anybody else can see the cell; not a step. */
  initialize(value: bigint): void {
    if (probe !== null) aside("write", this.offset, 8);
    this.#cells[this.#index] = value;
  }

  /** The value without a step; see `Word.peek`. */
  peek(): bigint {
    if (probe !== null) aside("read", this.offset, 8);
    return Atomics.load(this.#cells, this.#index);
  }

  load(): bigint {
    if (probe === null) return Atomics.load(this.#cells, this.#index);
    probe.access("read", this.offset);
    const value = Atomics.load(this.#cells, this.#index);
    probe.moved(this.#show(value), this.#show(value));
    return value;
  }

  store(value: bigint): void {
    if (probe === null) {
      Atomics.store(this.#cells, this.#index, value);
      return;
    }
    probe.access("write", this.offset);
    const before = Atomics.exchange(this.#cells, this.#index, value);
    probe.moved(this.#show(before), this.#show(value));
  }

  /** As `Word.update`: one atomic step, `next` is pure and may be asked again. */
  update(next: (before: bigint) => bigint): bigint {
    if (probe !== null) probe.access("update", this.offset);
    let before = Atomics.load(this.#cells, this.#index);
    try {
      for (;;) {
        const after = next(before);
        const found = after === before ? before : Atomics.compareExchange(this.#cells, this.#index, before, after);
        if (found === before) {
          if (probe !== null) probe.moved(this.#show(before), this.#show(after), after !== before);
          return before;
        }
        before = found;
      }
    } catch (error) {
      // `next` refused by throwing: the step was only a look.
      if (probe !== null) probe.moved(this.#show(before), this.#show(before), false);
      throw error;
    }
  }
}
