import { currentArena } from "./arena.ts";
import { ALL_BITS, aside } from "./aside.ts";
import { changesSoon, LookingHabit, park, parkAsync, unpark } from "./parking.ts";
import { probe, type WaitOutcome } from "./probe.ts";
import type { Instructions } from "./instructions.ts";
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
  /** How its values are told in reports; without it, as numbers. */
  readonly told: Telling | undefined;
  readonly #machine: Instructions;
  #looking: LookingHabit | null = null;

  constructor(region: Region, offset: number, label: string, told?: Telling) {
    this.region = region;
    this.offset = offset;
    this.label = label;
    this.told = told;
    this.#machine = region.instructions;
  }

  get byteLength(): number {
    return 4;
  }

  /** A word of its own in the current arena, holding `initial`. */
  static allocate(label: string, initial = 0, told?: Telling): Word {
    const arena = currentArena();
    const word = Word.at(arena.allocate("word", 4), label, told);
    if (arena.creating) word.initialize(initial);
    return word;
  }

  /** The word at a place of the current arena that has been allocated. */
  static at(offset: number, label: string, told?: Telling): Word {
    const arena = currentArena();
    const word = new Word(arena.region, offset, label, told);
    if (!arena.shared) arena.words.push(word);
    return word;
  }

  /** Sets the value before anybody else can see the word; not a step. */
  initialize(value: number): void {
    if (probe !== null) aside("write", this.offset, 4);
    this.region.words[this.offset >> 2] = value;
  }

  /** The value, or some bits of it, without a step: it has to be in order anyway, see aside.ts. Onlookers may look at any time. */
  peek(mask = ALL_BITS): number {
    if (probe !== null) aside("read", this.offset, 4, mask);
    return this.#machine.load(this.offset) & mask;
  }

  /**
   * Whether the word, or some bits of it, holds what this process alone ever puts there and takes away. No step, and nothing to
   * tell: nobody else can make it true or false.
   */
  isOurs(value: number, mask = ALL_BITS): boolean {
    return (this.#machine.load(this.offset) & mask) === value;
  }

  load(): number {
    if (probe !== null) {
      probe.access("read", this.offset);
      const value = this.#machine.load(this.offset);
      probe.moved(value, value);
      return value;
    }
    return this.#machine.load(this.offset);
  }

  store(value: number): void {
    if (probe !== null) {
      probe.access("write", this.offset);
      const before = this.#machine.exchange(this.offset, value);
      probe.moved(before, value | 0);
      return;
    }
    this.#machine.store(this.offset, value);
  }

  /** Adds, wrapping at 32 bits; returns the value before. */
  add(delta: number): number {
    if (probe !== null) {
      probe.access("update", this.offset);
      const before = this.#machine.add(this.offset, delta);
      probe.moved(before, (before + delta) | 0);
      return before;
    }
    return this.#machine.add(this.offset, delta);
  }

  /** Sets the bits of `mask`; returns the value before. */
  or(mask: number): number {
    if (probe !== null) {
      probe.access("update", this.offset);
      const before = this.#machine.or(this.offset, mask);
      probe.moved(before, before | mask);
      return before;
    }
    return this.#machine.or(this.offset, mask);
  }

  /** Returns the value before. */
  exchange(value: number): number {
    if (probe !== null) {
      probe.access("update", this.offset);
      const before = this.#machine.exchange(this.offset, value);
      probe.moved(before, value | 0);
      return before;
    }
    return this.#machine.exchange(this.offset, value);
  }

  /** Puts `next` in place of `expected`; returns the value before, which is `expected` exactly if it took place. */
  compareExchange(expected: number, next: number): number {
    if (probe !== null) {
      probe.access("update", this.offset);
      const before = this.#machine.compareExchange(this.offset, expected, next);
      probe.moved(before, before === expected ? next | 0 : before, before === expected);
      return before;
    }
    return this.#machine.compareExchange(this.offset, expected, next);
  }

  /**
   * Puts `next(value, argument)` in place of the value, as one atomic step; returns the value before. `next` is pure: when
   * another process gets in between, it is asked again. An
   * answer equal to the value leaves the word alone.
   */
  update(next: (before: number, argument: number) => number, argument = 0): number {
    if (probe !== null) probe.access("update", this.offset);
    let before = this.#machine.load(this.offset);
    try {
      for (;;) {
        const after = next(before, argument) | 0;
        const found = after === before ? before : this.#machine.compareExchange(this.offset, before, after);
        if (found === before) {
          if (probe !== null) probe.moved(before, after, after !== before);
          return before;
        }
        before = found;
      }
    } catch (error) {
      // `next` refused by throwing: the step was only a look.
      if (probe !== null) probe.moved(before, before, false);
      throw error;
    }
  }

  /**
   * As `update` in production, where `after` is what `next` would make of `before`, which the word probably holds: a right
   * guess saves a look and a call. A wrong one, and any guess under a probe, says false and has changed nothing.
   */
  guess(before: number, after: number): boolean {
    return probe === null && this.#machine.compareExchange(this.offset, before, after) === before;
  }

  /**
   * In production, whether the word ceases to hold `expected` within the few microseconds that falling asleep would cost. Who
   * asks before it leaves a mark that asks for a wake spares others the wake. Under a probe it does not, and is no step.
   */
  changesSoon(expected: number): boolean {
    return probe === null && changesSoon(this, expected);
  }

  /** For parking: how long this process looks at the word before it sleeps. */
  get looking(): LookingHabit {
    return (this.#looking ??= new LookingHabit());
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

/**
 * A value as a reader understands it: "free", "buyer 1, waiters".
 *
 * @param nameOf the process behind an agent's number
 */
export type Telling = (value: number, nameOf: (agent: number) => string) => string;
