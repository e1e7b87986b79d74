import type { AcquireOptions, Hold } from "./acquirable.ts";
import { NotOwnerError } from "./errors.ts";
import { deadlineAfter, now } from "./memory/clock.ts";
import { probe } from "./memory/probe.ts";
import type { Region } from "./memory/region.ts";
import type { Word } from "./memory/word.ts";
import type { Lock } from "./lock.ts";
import { report, reportAsync, shownOptions, type WaitOptions } from "./operation.ts";
import { Primitive, travels } from "./primitive.ts";
import { RLock } from "./rlock.ts";
import { agentAt, clear, grantAt, GRANTED, leave, nothingYet, Seats } from "./seats.ts";
import { DONE, retryAsync, retrySync, triesOnce } from "./waiting.ts";

/** Tasks that may wait on one condition at the same time, unless it is told otherwise. */
const WAITERS_MAX = 16;

/**
 * Waiting for something to become true of what a lock protects. `wait` gives the lock up while it waits.
 *
 * A notification goes to one particular waiter that is there and alive; `notify` waits for nobody's acknowledgement. If
 * somebody is waiting when `notify()` is called, somebody's `wait` returns true.
 *
 * Source: CPython's multiprocessing manual, Condition. Different on purpose: see the above (CPython's notify can hang, or
 * be lost: gh-75158, gh-112202's twin).
 *
 * @example
 * const stock = new Value(0);
 * const changed = new Condition();
 * {
 *   using _ = changed.holdSync();
 *   stock.add(1);
 *   changed.notify();
 * }
 * await using held = await changed.hold();
 * await changed.waitFor(() => stock.get() > 0); // true
 */
export class Condition extends Primitive {
  readonly offset: number;
  readonly byteLength: number;
  readonly lock: Lock;
  protected readonly seats: Seats;

  /** @param lock the lock to give up while waiting; default: an RLock of its own */
  constructor(lock?: Lock, options: ConditionOptions = {}) {
    super([lock, options]);
    const own = lock === undefined ? new RLock() : null;
    this.lock = own ?? (lock as Lock);
    this.seats = new Seats(options.waitersMax ?? WAITERS_MAX);
    this.offset = own?.offset ?? this.seats.offset;
    this.byteLength = this.seats.offset + this.seats.byteLength - this.offset;
  }

  /** Acquires the lock for a scope. */
  hold(options?: AcquireOptions): Promise<Hold> {
    return this.lock.hold(options);
  }

  holdSync(options?: Omit<AcquireOptions, "signal">): Hold {
    return this.lock.holdSync(options);
  }

  acquire(options?: AcquireOptions): Promise<boolean> {
    return this.lock.acquire(options);
  }

  acquireSync(options?: Omit<AcquireOptions, "signal">): boolean {
    return this.lock.acquireSync(options);
  }

  release(): void {
    this.lock.release();
  }

  /**
   * Gives the lock up, waits for a notification, and takes the lock again; resolves to false if none came in time. That
   * what one waits for is true now is not promised: somebody else may have come first. Prefer `waitFor`.
   *
   * The time-out does not bound taking the lock again. If the signal is aborted, the lock is taken before the call rejects.
   *
   * @throws {NotOwnerError} this process does not hold the lock
   */
  wait(options?: WaitOptions): Promise<boolean> {
    if (probe === null) return this.waitNow(options);
    return reportAsync(this, "wait", shownOptions(options), () => this.waitNow(options));
  }

  waitSync(options?: Omit<WaitOptions, "signal">): boolean {
    if (probe === null) return this.#waitSync(options);
    return report(this, "wait", shownOptions(options), () => this.#waitSync(options));
  }

  /** Waits until `predicate` answers something truthy; resolves to its last answer. The time-out is for all waits together. */
  async waitFor<T>(predicate: () => T, options?: WaitOptions): Promise<T> {
    const deadlineMs = deadlineAfter(options?.timeoutMs);
    for (;;) {
      const answer = predicate();
      if (answer || now() >= deadlineMs) return answer;
      const timeoutMs = deadlineMs === Infinity ? undefined : Math.max(0, deadlineMs - now());
      if (!(await this.wait({ timeoutMs, signal: options?.signal }))) return predicate();
    }
  }

  waitForSync<T>(predicate: () => T, options?: Omit<WaitOptions, "signal">): T {
    const deadlineMs = deadlineAfter(options?.timeoutMs);
    for (;;) {
      const answer = predicate();
      if (answer || now() >= deadlineMs) return answer;
      const timeoutMs = deadlineMs === Infinity ? undefined : Math.max(0, deadlineMs - now());
      if (!this.waitSync({ timeoutMs })) return predicate();
    }
  }

  /**
   * Wakes `count` of those who wait, longest waiting first; all of them if there are fewer. Nobody waiting: forgotten.
   *
   * @throws {NotOwnerError} this process does not hold the lock
   */
  notify(count = 1): void {
    if (probe === null) this.notifyNow(count);
    else report(this, "notify", count === 1 ? [] : [count], () => this.notifyNow(count));
  }

  /** Wakes all who wait. @throws {NotOwnerError} */
  notifyAll(): void {
    if (probe === null) this.notifyNow(Infinity);
    else report(this, "notifyAll", [], () => this.notifyNow(Infinity));
  }

  protected get region(): Region {
    return this.seats.region;
  }

  protected notifyNow(count: number): void {
    this.checkOwner("notify");
    this.grantTo(count, (seat) => this.lock.wakeWhenFree(seat));
  }

  protected grantTo(count: number, wake?: (seat: Word) => void): void {
    let left = count;
    while (left > 0) {
      // Who waits may get up at any time, without the lock.
      this.seats.look();
      const seat = this.seats.longestWaiting();
      if (seat === null) return;
      // If it has just left, it was not waiting.
      if (this.seats.grant(seat, GRANTED, wake)) left--;
    }
  }

  protected async waitNow(options: WaitOptions | undefined): Promise<boolean> {
    triesOnce(options);
    const { seat, depth } = this.begin();
    let failure: { readonly reason: unknown } | null = null;
    try {
      await retryAsync(seat, nothingYet(seat), () => this.#look(seat), options);
    } catch (reason) {
      failure = { reason };
    }
    // A notification that came together with the end of the wait was meant for us: it counts.
    const granted = this.leaves(seat);
    await this.lock.takeAsync();
    this.lock.rewind(depth);
    if (failure !== null && !granted) throw failure.reason;
    return granted;
  }

  #waitSync(options: WaitOptions | undefined): boolean {
    triesOnce(options);
    const { seat, depth } = this.begin();
    retrySync(seat, nothingYet(seat), () => this.#look(seat), options);
    const granted = this.leaves(seat);
    this.lock.takeSync();
    this.lock.rewind(depth);
    return granted;
  }

  /** Takes a place among those who wait, then gives the lock up: in this order, so that no notification is missed. */
  protected begin(): { seat: Word; depth: number } {
    this.checkOwner("wait");
    const seat = this.seats.sit((mine) => this.#passOn(mine));
    if (seat === null) {
      throw new RangeError(
        `${this.seats.count} tasks wait on this Condition, which is the most there may be. Make it with a larger waitersMax.`,
      );
    }
    return { seat, depth: this.lock.unwind() };
  }

  /** Gets up, and says whether a notification has come. */
  protected leaves(seat: Word): boolean {
    return leave(seat) !== 0;
  }

  /** After a wake, perhaps for no reason. */
  #look(seat: Word): number {
    if (grantAt(seat) !== 0) return DONE;
    this.seats.look();
    const dead = this.seats.dead().map((place) => ({ place, agent: agentAt(place) }));
    for (const { place, agent } of dead) {
      // A notification that reached somebody who then died goes to the next one: us, or whoever else waits.
      if (clear(place, agent) !== 0 && !this.seats.grant(seat, GRANTED)) this.grantTo(1);
    }
    // If one has come by now, the wait ends at once.
    return nothingYet(seat);
  }

  /** Whoever had my place before was notified and died: that goes to somebody who waited then, and not to me. */
  #passOn(mine: Word): void {
    this.seats.look();
    const next = this.seats.longestWaiting();
    if (next !== null && next !== mine) this.seats.grant(next, GRANTED);
  }

  protected checkOwner(operation: string): void {
    if (!this.lock.mine) throw new NotOwnerError("Condition's lock", operation, this.lock.owner);
  }
}

travels("Condition", Condition);

export interface ConditionOptions {
  /** How many tasks may wait at the same time. Default 16. */
  readonly waitersMax?: number;
}
