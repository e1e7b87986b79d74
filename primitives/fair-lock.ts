import type { AcquireOptions } from "./acquirable.ts";
import { Lock } from "./lock.ts";
import { isAlive } from "./memory/agents.ts";
import { deadlineAfter, now } from "./memory/clock.ts";
import type { Word } from "./memory/word.ts";
import type { WaitOptions } from "./operation.ts";
import { travels } from "./primitive.ts";
import { agentAt, GRANTED, grantAt, leave, nothingYet, REFUSED, Seats } from "./seats.ts";
import { DONE, retryAsync, retrySync, triesOnce } from "./waiting.ts";

/** Tasks that wait for one fair lock in order; more of them stand in no order behind. */
const LINE_MAX = 64;

/**
 * A lock that goes to those who wait in the order in which they came. A release hands it over, so that a newcomer never gets
 * in between. Whoever dies in the line is passed over; the death of the holder is noticed by the first in the line.
 *
 * Fairness costs: every hand-over wakes somebody, where a `Lock` goes to whoever is awake. It is for those who must not wait
 * long while others come and go.
 *
 * Different from CPython's Lock on purpose: that one promises no order, and has none.
 *
 * @example
 * const lock = new FairLock();
 * await lock.acquire(); // true
 * const first = lock.acquire();
 * const second = lock.acquire({ timeoutMs: 1 });
 * lock.release();
 * await first; // true
 * await second; // false
 */
export class FairLock extends Lock {
  override readonly byteLength: number;
  /** Guards the line, and every change of who has the lock. It is held for a few instructions. */
  readonly #door: Lock;
  protected readonly line: Seats;

  constructor() {
    super();
    this.#door = new Lock({}, "door");
    this.line = new Seats(LINE_MAX);
    this.byteLength = this.line.offset + this.line.byteLength - this.offset;
  }

  override async takeAsync(options?: AcquireOptions): Promise<boolean> {
    if (triesOnce(options)) return this.attemptOnce(options);
    const deadlineMs = deadlineAfter(options?.timeoutMs);
    for (;;) {
      const seat = this.#enter(options);
      if (seat === TAKEN) return true;
      const wait = remaining(deadlineMs, options);
      if (seat !== FULL) return this.#leave(seat, options, await this.#standAsync(seat, options, wait));
      if (!(await retryAsync(this.state, this.state.load(), () => DONE, soon(wait))) && now() >= deadlineMs)
        return false;
    }
  }

  override takeSync(options?: AcquireOptions): boolean {
    if (triesOnce(options)) return this.attemptOnce(options);
    const deadlineMs = deadlineAfter(options?.timeoutMs);
    for (;;) {
      const seat = this.#enter(options);
      if (seat === TAKEN) return true;
      const wait = remaining(deadlineMs, options);
      if (seat !== FULL) return this.#leave(seat, options, this.#standSync(seat, options, wait));
      if (!retrySync(this.state, this.state.load(), () => DONE, soon(wait)) && now() >= deadlineMs) return false;
    }
  }

  protected override attemptOnce(options: AcquireOptions | undefined): boolean {
    return this.atTheDoor(() => this.#goesFirst(null) && super.attemptOnce(options));
  }

  protected override releaseNow(): void {
    this.atTheDoor(() => {
      super.releaseNow();
      this.handOver();
    });
  }

  /** At the door: whether somebody may take the lock who has that place, or none. */
  #goesFirst(seat: Word | null): boolean {
    return this.next() === seat;
  }

  /** At the door, with the lock free: gives it to the first in the line. */
  protected handOver(): void {
    for (let seat = this.next(); seat !== null; seat = this.next()) {
      // If it is lost for good, everybody has to hear of it.
      const lost = this.state.peek() !== FREE;
      this.give(seat, lost ? REFUSED : GRANTED);
      if (!lost) this.state.store(agentAt(seat));
      this.tell(seat);
      if (!lost) return;
    }
  }

  /** At the door, after a death there: what the dead one may have begun. Its mark on a place says to whom the lock goes. */
  protected finishHandOver(): void {
    if (this.state.peek() !== FREE) return;
    const given = this.line.granted();
    if (given === null) return this.handOver();
    this.state.store(agentAt(given));
    this.tell(given);
  }

  /** At the door: whose turn it is; null if nobody waits. */
  protected next(): Word | null {
    return this.line.longestWaiting();
  }

  /** At the door: marks the place. Who stands there does not go on before the door is free. */
  protected give(seat: Word, what: number): void {
    this.line.grant(seat, what, nobody);
  }

  protected tell(seat: Word): void {
    seat.wake();
  }

  /** At the door: gets up, and says what was given there. */
  protected leaves(seat: Word): number {
    return leave(seat);
  }

  #enter(options: AcquireOptions | undefined): Word | typeof TAKEN | typeof FULL {
    return this.atTheDoor(() => {
      if (this.#goesFirst(null) && super.attemptOnce(options)) return TAKEN;
      return this.line.sit() ?? FULL;
    });
  }

  /** Waits at a place in the line; an error that ends the wait is the answer. */
  async #standAsync(seat: Word, options: AcquireOptions | undefined, wait: WaitOptions): Promise<unknown> {
    try {
      await retryAsync(seat, nothingYet(seat), () => this.#look(seat, options), wait);
    } catch (error) {
      return error;
    }
    return null;
  }

  #standSync(seat: Word, options: AcquireOptions | undefined, wait: WaitOptions): unknown {
    try {
      retrySync(seat, nothingYet(seat), () => this.#look(seat, options), wait);
    } catch (error) {
      return error;
    }
    return null;
  }

  /** After a wake, perhaps for no reason: the holder may have died. */
  #look(seat: Word, options: AcquireOptions | undefined): number {
    if (grantAt(seat) !== 0) return DONE;
    const holder = this.owner;
    if (holder === 0 || !isAlive(this.region, holder)) {
      this.atTheDoor(() => {
        if (this.#goesFirst(seat) && super.attemptOnce(options)) this.line.grant(seat, GRANTED, nobody);
      });
    }
    // If it has been granted by now, the wait ends at once.
    return nothingYet(seat);
  }

  /** Gets up: with the lock, if it was handed over even in the last moment. */
  #leave(seat: Word, options: AcquireOptions | undefined, error: unknown): boolean {
    const given = this.atTheDoor(() => this.leaves(seat));
    if (given === GRANTED) return true;
    if (error !== null) throw error;
    // It is refused only where asking tells why.
    return given === REFUSED && this.attemptOnce(options);
  }

  protected atTheDoor<T>(body: () => T): T {
    this.#door.takeSync();
    try {
      if (this.#door.lastOwnerDied) {
        this.#door.markConsistent();
        this.finishHandOver();
      }
      return body();
    } finally {
      this.#door.unwind();
    }
  }
}

travels("FairLock", FairLock);

const FREE = 0;
const TAKEN = Symbol("taken");
const FULL = Symbol("full");

/** Where the line is full, a newcomer asks again after this long, in milliseconds. */
const FULL_POLL_MS = 2;

function nobody(): void {}

function remaining(deadlineMs: number, options: WaitOptions | undefined): WaitOptions {
  const timeoutMs = deadlineMs === Infinity ? undefined : Math.max(0, deadlineMs - now());
  return { timeoutMs, signal: options?.signal };
}

function soon(wait: WaitOptions): WaitOptions {
  return { ...wait, timeoutMs: Math.min(FULL_POLL_MS, wait.timeoutMs ?? Infinity) };
}
