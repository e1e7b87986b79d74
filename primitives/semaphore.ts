import { Acquirable, type AcquireOptions } from "./acquirable.ts";
import { OverReleaseError } from "./errors.ts";
import { probe } from "./memory/probe.ts";
import { Word } from "./memory/word.ts";
import { report } from "./operation.ts";
import { travels } from "./primitive.ts";
import { DONE } from "./waiting.ts";

/** Permits that one semaphore can have. */
const PERMITS_MAX = 2 ** 30 - 1;

/**
 * A number of permits. Whoever acquires takes one or waits for one; anybody may release, also more than there were.
 *
 * Source: E. W. Dijkstra, "Cooperating sequential processes" (1965); CPython's multiprocessing manual, Semaphore. Different
 * on purpose: `release(n)` is one atomic step.
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
  readonly byteLength: number = 8;
  protected readonly state: Word;
  /** The value may not be more than this. */
  protected readonly valueMax: number = PERMITS_MAX;

  /** @throws {RangeError} the value is no whole number from 0 to 2^30 - 1 */
  constructor(value = 1) {
    super([value]);
    if (!Number.isInteger(value) || value < 0 || value > PERMITS_MAX) {
      throw new RangeError(`a semaphore begins with 0 to ${PERMITS_MAX} permits, not ${value}`);
    }
    this.state = Word.allocate("state", value);
    this.offset = this.state.offset;
  }

  /** Permits that are free, at this moment. */
  get value(): number {
    return this.state.load() & VALUE;
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
    const before = this.state.update(asWaiter ? takeAsWaiter : take);
    const value = before & VALUE;
    if (value === 0) return before | WAITERS;
    // A release may have given several permits and woken only us: pass the news on.
    if (asWaiter && value > 1) this.state.wake(1);
    return DONE;
  }

  protected attemptOnce(): boolean {
    return (this.state.update(takeOnce) & VALUE) > 0;
  }

  protected releaseNow(count = 1): void {
    if (!Number.isInteger(count) || count < 1) {
      throw new RangeError(`release takes a whole number of permits from 1, not ${count}`);
    }
    const most = this.valueMax - count;
    const before = this.state.update(count === 1 && most === PERMITS_MAX - 1 ? giveOne : give(count, most));
    if ((before & VALUE) > most) {
      const why = `it has ${before & VALUE} permits, and ${this.valueMax} is the most it may have`;
      throw new OverReleaseError(this.constructor.name, `release(${count})`, why);
    }
    if ((before & WAITERS) !== 0) this.state.wake(count);
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

// The word: free permits in the low 30 bits, and a mark that somebody may be asleep.
const VALUE = 2 ** 30 - 1;
const WAITERS = 1 << 30;

function take(before: number): number {
  return (before & VALUE) > 0 ? before - 1 : before | WAITERS;
}

/** One who was asleep cannot know whether others still are, so it keeps the mark. */
function takeAsWaiter(before: number): number {
  return ((before & VALUE) > 0 ? before - 1 : before) | WAITERS;
}

function takeOnce(before: number): number {
  return (before & VALUE) > 0 ? before - 1 : before;
}

function giveOne(before: number): number {
  return (before & VALUE) < PERMITS_MAX ? (before & VALUE) + 1 : before;
}

/** The mark goes with the wake: whoever wakes up sets it again. */
function give(count: number, most: number): (before: number) => number {
  return (before) => ((before & VALUE) <= most ? (before & VALUE) + count : before);
}
