import { Acquirable, type AcquireOptions } from "./acquirable.ts";
import { OverReleaseError } from "./errors.ts";
import { Lock } from "./lock.ts";
import { agentIn } from "./memory/agents.ts";
import { probe } from "./memory/probe.ts";
import { Word } from "./memory/word.ts";
import { report } from "./operation.ts";
import { Permits } from "./permits.ts";
import { travels } from "./primitive.ts";
import { DONE } from "./waiting.ts";

/** Permits that one semaphore can have. */
const PERMITS_MAX = 2 ** 28 - 1;

/**
 * A number of permits. Whoever acquires takes one or waits for one; whoever releases gives one back.
 *
 * If a process dies, the permits that it held come back (`recovered` counts them). That needs to know who holds what. So a
 * semaphore of which somebody releases more than it holds is taken for a signal, where permits are not held but sent: then
 * nothing comes back after a death. It is also given up when more than 32 processes use one semaphore.
 *
 * Source: E. W. Dijkstra, "Cooperating sequential processes" (1965); CPython's multiprocessing manual, Semaphore. Different
 * on purpose: the above, and `release(n)` is one atomic step.
 *
 * @example
 * const rooms = new Semaphore(2);
 * await rooms.acquire(); // true
 * rooms.tryAcquire(); // true
 * rooms.tryAcquire(); // false
 * rooms.release(2);
 * rooms.value; // 2
 */
export class Semaphore extends Acquirable {
  readonly offset: number;
  readonly byteLength: number;
  protected readonly state: Word;
  /** The value may not be more than this. */
  protected readonly valueMax: number = PERMITS_MAX;
  readonly #initial: number;
  readonly #permits: Permits;
  /** Held by the one who counts after a death. */
  readonly #counting: Lock;
  readonly #recovered: Word;

  /** See `#ownSlot`. */
  #own = -1;

  // What a step does, made once: a closure for each call would cost more than the call. `#slot` and `#count` are theirs.
  #slot = -1;
  #count = 1;
  readonly #take = (before: number): number => this.#taken(before, WAITERS, 0);
  readonly #takeAsWaiter = (before: number): number => this.#taken(before, WAITERS, WAITERS);
  readonly #takeOnce = (before: number): number => this.#taken(before, 0, 0);
  readonly #give = (before: number): number => {
    const held = this.#permits.held(this.#moving());
    if (!this.canGive(before, this.#count)) return before;
    // More than one holds: from now on this is a signal.
    return this.given(before, this.#count) | (this.#count > held ? SIGNAL : 0);
  };

  /** @throws {RangeError} the value is no whole number from 0 to 2^28 - 1 */
  constructor(value = 1) {
    super([value]);
    if (!Number.isInteger(value) || value < 0 || value > PERMITS_MAX) {
      throw new RangeError(`a semaphore begins with 0 to ${PERMITS_MAX} permits, not ${value}`);
    }
    this.#initial = value;
    this.state = Word.allocate("state", value, told);
    this.#counting = new Lock({}, "count");
    this.#recovered = Word.allocate("recovered");
    this.#permits = new Permits();
    this.offset = this.state.offset;
    this.byteLength = this.#permits.offset + this.#permits.byteLength - this.offset;
  }

  /** Permits that are free, at this moment. */
  get value(): number {
    return this.state.load() & VALUE;
  }

  /** Permits that came back because their holders died. */
  get recovered(): number {
    return this.#recovered.load();
  }

  /**
   * Gives back `count` permits in one atomic step.
   *
   * @throws {OverReleaseError} there would be more than there may be; nothing has changed
   */
  override release(count = 1): void {
    if (probe === null) this.releaseNow(count);
    else report(this, "release", count === 1 ? [] : [count], () => this.releaseNow(count));
  }

  protected attempt(asWaiter: boolean, _options?: AcquireOptions): number {
    const before = this.#taking(asWaiter ? this.#takeAsWaiter : this.#take);
    if (!this.canTake(before)) return before | WAITERS;
    // A release may have given several permits and woken only us: pass the news on.
    if (asWaiter && (before & VALUE) > 1) this.state.wake(1);
    return DONE;
  }

  protected attemptOnce(): boolean {
    return this.canTake(this.#taking(this.#takeOnce));
  }

  protected releaseNow(count = 1): void {
    if (count !== 1 || !this.#giveAtOnce()) this.#release(count);
  }

  // Apart, because V8 compiles only so much into one loop.
  #release(count: number): void {
    if (!Number.isInteger(count) || count < 1) {
      throw new RangeError(`release takes a whole number of permits from 1, not ${count}`);
    }
    for (;;) {
      this.#count = count;
      const before = this.state.update(this.#give);
      const given = this.canGive(before, count);
      const held = this.#permits.held(this.#slot);
      this.#permits.settled(this.#slot, given ? Math.max(0, held - count) : held);
      if (given) {
        if ((before & WAITERS) !== 0) this.state.wake(count);
        return;
      }
      if ((before & FROZEN) === 0) {
        const why = `it has ${before & VALUE} permits, and ${this.valueMax} is the most it may have`;
        throw new OverReleaseError(this.constructor.name, `release(${count})`, why);
      }
      this.#thaw();
    }
  }

  protected canTake(before: number): boolean {
    return (before & VALUE) > 0 && (before & FROZEN) === 0;
  }

  protected canGive(before: number, count: number): boolean {
    return (before & VALUE) + count <= this.valueMax && (before & FROZEN) === 0;
  }

  /** The mark goes with the wake: whoever wakes up sets it again. */
  protected given(before: number, count: number): number {
    return (before & ~WAITERS) + count;
  }

  /** In production, the same step as in `#taking` where nobody interferes, in half the time. */
  protected attemptAtOnce(): boolean {
    if (probe !== null) return false;
    const before = this.state.peek();
    if (before <= 0 || before > VALUE) return false;
    const slot = this.#ownSlot();
    if (slot < 0) return false;
    const held = this.#permits.held(slot);
    this.#permits.movingFrom(slot, held);
    const taken = this.state.guess(before, before - 1);
    this.#permits.settled(slot, taken ? held + 1 : held);
    return taken;
  }

  /** In production, the same step as in `releaseNow` where nobody interferes or waits, for a permit that is held here. */
  #giveAtOnce(): boolean {
    if (probe !== null) return false;
    const before = this.state.peek();
    if (before < 0 || before >= this.valueMax) return false;
    const slot = this.#ownSlot();
    const held = this.#permits.held(slot);
    if (held === 0) return false;
    this.#permits.movingFrom(slot, held);
    const given = this.state.guess(before, before + 1);
    this.#permits.settled(slot, given ? held - 1 : held);
    return given;
  }

  /** In production a process is one agent, and nobody takes its slot away while it lives: so it is looked up once. */
  #ownSlot(): number {
    return this.#own >= 0 ? this.#own : (this.#own = this.#permits.slotOf(agentIn(this.state.region)));
  }

  /** One step that takes a permit if there is one; after a death, once more with the permits that came back. */
  #taking(how: (before: number) => number): number {
    for (;;) {
      const before = this.state.update(how);
      const taken = this.canTake(before);
      const held = this.#permits.held(this.#slot);
      this.#permits.settled(this.#slot, taken ? held + 1 : held);
      if (taken) return before;
      if ((before & FROZEN) !== 0) this.#thaw();
      else if ((before & SIGNAL) !== 0 || !this.#permits.someDied || !this.recount()) return before;
    }
  }

  #taken(before: number, otherwise: number, always: number): number {
    // Of somebody without a record nobody could tell what he held: this is a signal.
    const signal = this.#moving() < 0 ? SIGNAL : 0;
    return (this.canTake(before) ? before - 1 : before | otherwise) | always | signal;
  }

  /** A part of the step, so that whoever comes after it finds the record: says that this process is in the middle of one. */
  #moving(): number {
    this.#slot = this.#permits.slotOf(agentIn(this.state.region));
    this.#permits.moving(this.#slot);
    return this.#slot;
  }

  /** Gives back what the dead held. False if somebody living was stopped in the middle of a step: later, then. */
  protected recount(): boolean {
    this.#counting.takeSync();
    try {
      return this.#countAnew();
    } finally {
      this.#counting.unwind();
    }
  }

  /** Waits for whoever counts, or counts in the place of one who died while it did. */
  #thaw(): void {
    this.#counting.takeSync();
    try {
      if ((this.state.load() & FROZEN) !== 0) this.#countAnew();
    } finally {
      this.#counting.unwind();
    }
  }

  #countAnew(): boolean {
    if (this.#counting.lastOwnerDied) this.#counting.markConsistent();
    // Nobody takes or gives while it is frozen; whoever was in the middle settles its record within a few instructions.
    this.state.or(FROZEN);
    let living: number | null = null;
    for (let look = 0; living === null && look < LOOKS_MAX; look++) living = this.#permits.countLiving();
    if (living !== null) this.#permits.forgetDead();
    const free = living === null ? null : Math.max(0, this.#initial - living);
    const thawed = (before: number): number =>
      free === null || (before & SIGNAL) !== 0 ? before & ~(FROZEN | WAITERS) : free;
    const before = this.state.update(thawed);
    const recovered = Math.max(0, (thawed(before) & VALUE) - (before & VALUE));
    if (recovered > 0) this.#recovered.add(recovered);
    this.state.wake();
    return free !== null;
  }
}

travels("Semaphore", Semaphore);

/**
 * A semaphore that never has more permits than it began with: one release too many is an error.
 *
 * Source: CPython's multiprocessing manual, BoundedSemaphore. Different on purpose: looking and releasing are one atomic
 * step, so two releases at the same time cannot exceed the bound.
 *
 * @example
 * const rooms = new BoundedSemaphore(1);
 * rooms.tryAcquire(); // true
 * rooms.release();
 */
export class BoundedSemaphore extends Semaphore {
  protected override readonly valueMax: number;

  constructor(value = 1) {
    super(value);
    this.valueMax = value;
  }
}

travels("BoundedSemaphore", BoundedSemaphore);

// The word: free permits in the low 28 bits, and three flags.
const VALUE = 2 ** 28 - 1;
/** Permits are sent, not held: nothing comes back after a death. */
const SIGNAL = 1 << 28;
/** Somebody counts after a death. */
const FROZEN = 1 << 29;
/** Somebody may be asleep on the word. */
const WAITERS = 1 << 30;

/** How often to look for a moment at which nobody living is in the middle of a step. */
const LOOKS_MAX = 10_000;

/** "2", "0, waiters". Whether permits are sent or held says nothing about who may go on. */
function told(state: number): string {
  const flags = [...((state & FROZEN) === 0 ? [] : ["being counted"]), ...((state & WAITERS) === 0 ? [] : ["waiters"])];
  return [state & VALUE, ...flags].join(", ");
}
