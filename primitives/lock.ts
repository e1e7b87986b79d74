import {
  NotOwnerError,
  OverReleaseError,
  OwnerDiedError,
  TimeoutError,
  UnrecoverableError,
  WouldDeadlockError,
} from "./errors.ts";
import { AGENT_MAX, agentIn, isAlive } from "./memory/agents.ts";
import { probe } from "./memory/probe.ts";
import type { Region } from "./memory/region.ts";
import { Word } from "./memory/word.ts";
import { report, reportAsync, shownOptions, type WaitOptions } from "./operation.ts";
import { Primitive, travels } from "./primitive.ts";
import { DONE, retryAsync, retrySync, triesOnce } from "./waiting.ts";

/**
 * At most one process holds it. Not recursive, not fair (a newcomer may get it before somebody who waits), and it knows
 * its holder: only the holder may release it, and a holder's death is noticed by the next one who asks.
 *
 * The whole state is one word, so an uncontended acquire is one atomic step and so is a release. Source: CPython's
 * multiprocessing manual, Lock; death as in POSIX's robust mutexes (pthread_mutexattr_setrobust).
 *
 * @example
 * const lock = new Lock();
 * await lock.acquire(); // true
 * lock.tryAcquire(); // false
 * lock.release();
 */
export class Lock extends Primitive {
  readonly offset: number;
  readonly byteLength: number;
  readonly #state: Word;
  readonly #transferable: boolean;
  readonly #errorCheck: boolean;

  constructor(options: LockOptions = {}) {
    super([options]);
    this.#state = Word.allocate("state", FREE);
    this.#transferable = options.transferable ?? false;
    this.#errorCheck = options.errorCheck ?? false;
    this.offset = this.#state.offset;
    this.byteLength = this.#state.byteLength;
  }

  /**
   * Takes the lock; resolves to false if it could not be had in time. If the former holder died, look at `lastOwnerDied`.
   *
   * @throws {UnrecoverableError} a dead holder's state was never repaired
   * @throws {OwnerDiedError} the holder died, and `onOwnerDeath` is "throw"
   * @throws {WouldDeadlockError} this process holds it already, and the lock was made with `errorCheck`
   */
  acquire(options?: AcquireOptions): Promise<boolean> {
    if (probe === null) return this.#acquireAsync(options);
    return reportAsync(this, "acquire", shownOptions(options), () => this.#acquireAsync(options));
  }

  /** As `acquire`, blocking the thread. A signal cannot interrupt it. */
  acquireSync(options?: Omit<AcquireOptions, "signal">): boolean {
    if (probe === null) return this.#acquireSync(options);
    return report(this, "acquire", shownOptions(options), () => this.#acquireSync(options));
  }

  /** Takes the lock if nobody has it; never waits. */
  tryAcquire(): boolean {
    if (probe === null) return this.#tryAcquire(undefined);
    return report(this, "tryAcquire", [], () => this.#tryAcquire(undefined));
  }

  /**
   * @throws {NotOwnerError} another process holds it (a `transferable` lock may be released by anyone)
   * @throws {OverReleaseError} nobody holds it
   */
  release(): void {
    if (probe === null) this.#release();
    else report(this, "release", [], () => this.#release());
  }

  /**
   * Acquires for a scope: `await using held = await lock.hold();` releases at its end.
   *
   * @throws {TimeoutError} it could not be had within `timeoutMs`
   */
  async hold(options?: AcquireOptions): Promise<Hold> {
    if (!(await this.acquire(options))) throw new TimeoutError("Lock", "hold", options?.timeoutMs ?? 0);
    return new Hold(this);
  }

  /** As `hold`, blocking the thread: `using held = lock.holdSync();` */
  holdSync(options?: Omit<AcquireOptions, "signal">): Hold {
    if (!this.acquireSync(options)) throw new TimeoutError("Lock", "holdSync", options?.timeoutMs ?? 0);
    return new Hold(this);
  }

  /**
   * True while the lock is held by somebody who took it over from a holder that died: what it protects may be half done.
   * Repair it, then call `markConsistent`; a release without that makes the lock unrecoverable.
   */
  get lastOwnerDied(): boolean {
    // Only the holder changes this flag while it holds the lock, so that looking is no step.
    const state = this.#state.peek();
    return state !== UNRECOVERABLE && (state & INCONSISTENT) !== 0;
  }

  /** Declares what the lock protects repaired. Without effect if `lastOwnerDied` is false. */
  markConsistent(): void {
    const me = agentIn(this.#state.region);
    const before = this.#state.update(repaired, me);
    if (ownerOf(before) !== me) throw new NotOwnerError("Lock", "markConsistent", ownerOf(before));
  }

  /** For onlookers: the agent that holds it, 0 if nobody does. */
  get owner(): number {
    return ownerOf(this.#state.peek());
  }

  protected get region(): Region {
    return this.#state.region;
  }

  async #acquireAsync(options: AcquireOptions | undefined): Promise<boolean> {
    if (triesOnce(options)) return this.#tryAcquire(options);
    const blocking = this.#claim(take, options);
    return blocking === DONE || this.#waitAsync(blocking, options);
  }

  #acquireSync(options: AcquireOptions | undefined): boolean {
    if (triesOnce(options)) return this.#tryAcquire(options);
    const blocking = this.#claim(take, options);
    return blocking === DONE || this.#waitSync(blocking, options);
  }

  #waitAsync(blocking: number, options: AcquireOptions | undefined): Promise<boolean> {
    return retryAsync(this.#state, blocking, () => this.#claim(takeAsWaiter, options), options);
  }

  #waitSync(blocking: number, options: AcquireOptions | undefined): boolean {
    return retrySync(this.#state, blocking, () => this.#claim(takeAsWaiter, options), options);
  }

  /** Takes the lock, or leaves the mark that makes its holder wake somebody. */
  #claim(how: typeof take, options: AcquireOptions | undefined): number {
    const me = agentIn(this.#state.region);
    if (how === take && this.#state.guess(FREE, me)) return DONE;
    const before = this.#state.update(how, me);
    if (before === FREE) return DONE;
    const marked = before | WAITERS;
    return this.#inherit(marked, me, options) ? DONE : marked;
  }

  #tryAcquire(options: AcquireOptions | undefined): boolean {
    const me = agentIn(this.#state.region);
    const before = this.#state.compareExchange(FREE, me);
    return before === FREE || this.#inherit(before, me, options);
  }

  /** Takes the lock over if its holder is dead. */
  #inherit(seen: number, me: number, options: AcquireOptions | undefined): boolean {
    const owner = ownerOf(seen);
    if (seen === UNRECOVERABLE) throw new UnrecoverableError("Lock");
    if (owner === me) {
      if (this.#errorCheck) throw new WouldDeadlockError("Lock", "this process holds it already");
      return false;
    }
    if (isAlive(this.#state.region, owner)) return false;
    if (options?.onOwnerDeath === "throw") throw new OwnerDiedError("Lock");
    return this.#state.compareExchange(seen, me | WAITERS | INCONSISTENT) === seen;
  }

  #release(): void {
    const me = agentIn(this.#state.region);
    if (this.#state.guess(me, FREE)) return;
    const before = this.#state.update(this.#transferable ? freeByAnyone : freeByHolder, me);
    if (before === FREE) throw new OverReleaseError("Lock", "release", "nobody holds it");
    if (before === UNRECOVERABLE) throw new UnrecoverableError("Lock");
    if (ownerOf(before) !== me && !this.#transferable) throw new NotOwnerError("Lock", "release", ownerOf(before));
    if ((before & INCONSISTENT) !== 0) this.#state.wake();
    else if ((before & WAITERS) !== 0) this.#state.wake(1);
  }
}

travels("Lock", Lock);

export interface LockOptions {
  /** Lets any process release the lock, as CPython does. Default false: only the holder may. */
  readonly transferable?: boolean;
  /** Throws `WouldDeadlockError` where this process would wait for itself. Default false: it waits, as CPython does. */
  readonly errorCheck?: boolean;
}

export interface AcquireOptions extends WaitOptions {
  /**
   * What to do if the holder died: "recover" (default) takes the lock over and sets `lastOwnerDied`; "throw" throws
   * `OwnerDiedError` and leaves everything as it is.
   */
  readonly onOwnerDeath?: "recover" | "throw" | undefined;
}

/** A lock held for a scope; disposing releases it. */
export class Hold implements Disposable, AsyncDisposable {
  readonly #lock: { release(): void };

  constructor(lock: { release(): void }) {
    this.#lock = lock;
  }

  [Symbol.dispose](): void {
    this.#lock.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#lock.release();
  }
}

// The word: the holder's agent number in the low 29 bits, and two flags. UNRECOVERABLE has all bits set.
const FREE = 0;
const UNRECOVERABLE = -1;
/** Somebody may be asleep on the word: whoever frees it wakes one. */
const WAITERS = 1 << 30;
/** Taken over from a dead holder, and not yet declared repaired. */
const INCONSISTENT = 1 << 29;

function take(before: number, me: number): number {
  return before === FREE ? me : before | WAITERS;
}

/** One who was asleep cannot know whether others still are, so it keeps the mark. */
function takeAsWaiter(before: number, me: number): number {
  return before === FREE ? me | WAITERS : before | WAITERS;
}

function freeByHolder(before: number, me: number): number {
  return ownerOf(before) === me ? freed(before) : before;
}

function freeByAnyone(before: number): number {
  return before === UNRECOVERABLE ? before : freed(before);
}

function freed(before: number): number {
  return (before & INCONSISTENT) === 0 ? FREE : UNRECOVERABLE;
}

function repaired(before: number, me: number): number {
  return ownerOf(before) === me ? before & ~INCONSISTENT : before;
}

function ownerOf(state: number): number {
  return state === UNRECOVERABLE ? 0 : state & AGENT_MAX;
}
