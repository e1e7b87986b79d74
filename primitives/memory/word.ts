import { currentArena } from "./arena.ts";
import { park, parkAsync, unpark } from "./parking.ts";
import { probe, type WaitOutcome } from "./probe.ts";
import type { Region } from "./region.ts";

/**
 * One atomic cell of 32 bits in shared memory, with sleeping and waking on it. All accesses are sequentially consistent
 * (ECMA-262, Atomics), so the interleavings of whole accesses are all that can happen to code which uses only these.
 *
 * A word belongs to an object: `label` names it within that object ("state", "owner"), for traces.
 *
 * @example
 * const word = Word.allocate("counter");
 * word.add(2); // 0, the value before
 * word.compareExchange(2, 5); // 2, so it took place
 * word.load(); // 5
 */
export class Word {
  readonly region: Region;
  /** Byte offset in the region, a multiple of 4. */
  readonly offset: number;
  readonly label: string;
  readonly #cells: Int32Array;
  readonly #index: number;

  constructor(region: Region, offset: number, label: string) {
    this.region = region;
    this.offset = offset;
    this.label = label;
    this.#cells = region.words;
    this.#index = offset >> 2;
  }

  get byteLength(): number {
    return 4;
  }

  /** A word of its own in the current arena, holding `initial`. */
  static allocate(label: string, initial = 0): Word {
    const arena = currentArena();
    const word = new Word(arena.region, arena.allocate("word", 4), label);
    if (arena.creating) word.initialize(initial);
    return word;
  }

  /** Sets the value before anybody else can see the word; not a step. */
  initialize(value: number): void {
    this.#cells[this.#index] = value;
  }

  /** The value, for onlookers such as reports; not a step. */
  peek(): number {
    return Atomics.load(this.#cells, this.#index);
  }

  load(): number {
    if (probe !== null) {
      probe.access("read", this.offset);
      const value = this.#cells[this.#index];
      probe.moved(value, value);
      return value;
    }
    return Atomics.load(this.#cells, this.#index);
  }

  store(value: number): void {
    if (probe !== null) {
      probe.access("write", this.offset);
      const before = this.#cells[this.#index];
      this.#cells[this.#index] = value;
      probe.moved(before, value | 0);
      return;
    }
    Atomics.store(this.#cells, this.#index, value);
  }

  /** Adds, wrapping at 32 bits; returns the value before. */
  add(delta: number): number {
    if (probe !== null) {
      probe.access("update", this.offset);
      const before = Atomics.add(this.#cells, this.#index, delta);
      probe.moved(before, (before + delta) | 0);
      return before;
    }
    return Atomics.add(this.#cells, this.#index, delta);
  }

  /** Sets the bits of `mask`; returns the value before. */
  or(mask: number): number {
    if (probe !== null) {
      probe.access("update", this.offset);
      const before = Atomics.or(this.#cells, this.#index, mask);
      probe.moved(before, before | mask);
      return before;
    }
    return Atomics.or(this.#cells, this.#index, mask);
  }

  /** Returns the value before. */
  exchange(value: number): number {
    if (probe !== null) {
      probe.access("update", this.offset);
      const before = Atomics.exchange(this.#cells, this.#index, value);
      probe.moved(before, value | 0);
      return before;
    }
    return Atomics.exchange(this.#cells, this.#index, value);
  }

  /** Puts `next` in place of `expected`; returns the value before, which is `expected` exactly if it took place. */
  compareExchange(expected: number, next: number): number {
    if (probe !== null) {
      probe.access("update", this.offset);
      const before = Atomics.compareExchange(this.#cells, this.#index, expected, next);
      probe.moved(before, before === expected ? next | 0 : before);
      return before;
    }
    return Atomics.compareExchange(this.#cells, this.#index, expected, next);
  }

  /**
   * Puts `next(value, argument)` in place of the value, as one atomic step; returns the value before. `next` is pure: when
   * another process gets in between, it is asked again. An
   * answer equal to the value leaves the word alone.
   */
  update(next: (before: number, argument: number) => number, argument = 0): number {
    if (probe !== null) probe.access("update", this.offset);
    let before = Atomics.load(this.#cells, this.#index);
    try {
      for (;;) {
        const after = next(before, argument) | 0;
        const found = after === before ? before : Atomics.compareExchange(this.#cells, this.#index, before, after);
        if (found === before) {
          if (probe !== null) probe.moved(before, after);
          return before;
        }
        before = found;
      }
    } catch (error) {
      // `next` refused by throwing: the step was only a look.
      if (probe !== null) probe.moved(before, before);
      throw error;
    }
  }

  /**
   * As `update` in production, where `after` is what `next` would make of `before`, which the word probably holds: a right
   * guess saves a look and a call. A wrong one, and any guess under a probe, says false and has changed nothing.
   */
  guess(before: number, after: number): boolean {
    return probe === null && Atomics.compareExchange(this.#cells, this.#index, before, after) === before;
  }

  /**
   * Sleeps while the word holds `expected`. Looking and falling asleep are one atomic step, so a wake between them is not
   * lost. `woken` may come for no reason: look again. Blocks the thread.
   *
   * @param deadlineMs a point on `now()`'s clock; Infinity for no limit
   */
  wait(expected: number, deadlineMs = Infinity): WaitOutcome {
    if (probe !== null) return probe.wait(this, expected, deadlineMs);
    return park(this, expected, deadlineMs);
  }

  /** As `wait`, without blocking the event loop. Rejects with the signal's reason if it is aborted. */
  waitAsync(expected: number, deadlineMs = Infinity, signal?: AbortSignal): Promise<WaitOutcome> {
    if (probe !== null) return probe.waitAsync(this, expected, deadlineMs, signal);
    return parkAsync(this, expected, deadlineMs, signal);
  }

  /** Wakes at most `count` processes that wait on the word; returns how many slept in a blocking wait. */
  wake(count = Infinity): number {
    const most = Math.min(count, 0x7fffffff);
    if (probe !== null) return probe.wake(this, most);
    return unpark(this, most);
  }
}
