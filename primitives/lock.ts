import { inspect } from "node:util";
import { Acquirable, type AcquireOptions } from "./acquirable.ts";
import { NotOwnerError, OverReleaseError, OwnerDiedError, UnrecoverableError, WouldDeadlockError } from "./errors.ts";
import { AGENT_MAX, agentIn, isAlive, registryOf } from "./memory/agents.ts";
import { probe } from "./memory/probe.ts";
import { Word } from "./memory/word.ts";
import { travels } from "./primitive.ts";
import { DONE } from "./waiting.ts";

/**
 * At most one process holds it. Not recursive, not fair (a newcomer may get it before somebody who waits), and it knows
 * its holder: only the holder may release it, and a holder's death is noticed by the next one who asks.
 *
 * The whole state is one word, so an uncontended acquire is one atomic step and so is a release. Source: CPython's
 * multiprocessing manual, Lock; sleeping as in U. Drepper, "Futexes Are Tricky" (2011), mutex 2; death as in POSIX's robust
 * mutexes (pthread_mutexattr_setrobust).
 *
 * @example
 * const lock = new Lock();
 * await lock.acquire(); // true
 * lock.tryAcquire(); // false
 * lock.release();
 */
export class Lock extends Acquirable {
  readonly offset: number;
  readonly byteLength: number = 8;
  protected readonly state: Word;
  readonly #transferable: boolean;
  readonly #errorCheck: boolean;
  readonly #toWake: Word[] = [];

  /** @param label what it is called in reports where it is part of something else */
  constructor(options: LockOptions = {}, label = "state") {
    super([options]);
    this.state = Word.allocate(label, FREE, told);
    this.offset = this.state.offset;
    this.#transferable = options.transferable ?? false;
    this.#errorCheck = options.errorCheck ?? false;
  }

  /**
   * True while the lock is held by somebody who took it over from a holder that died: what it protects may be half done.
   * Repair it, then call `markConsistent`; a release without that makes the lock unrecoverable.
   */
  get lastOwnerDied(): boolean {
    // Only the holder changes this flag while it holds the lock, so that for the holder looking is no step.
    const state = this.mine ? this.state.peek() : this.state.load();
    return state !== UNRECOVERABLE && (state & INCONSISTENT) !== 0;
  }

  /** Declares what the lock protects repaired. Without effect if `lastOwnerDied` is false. @throws {NotOwnerError} */
  markConsistent(): void {
    const me = agentIn(this.state.region);
    const before = this.state.update(repaired, me);
    if (ownerOf(before) !== me) throw new NotOwnerError(this.constructor.name, "markConsistent", ownerOf(before));
  }

  /** The agent that holds it, at this moment; 0 if nobody does. */
  get owner(): number {
    return ownerOf(this.state.load());
  }

  /** Whether this process holds it. No step where nobody else can make it true or false. */
  get mine(): boolean {
    const me = agentIn(this.state.region);
    if (this.#transferable) return ownerOf(this.state.load()) === me;
    return this.state.isOurs(me, AGENT_MAX);
  }

  /** Who has it, as a process id where there are several processes, and whether somebody may be waiting. */
  [inspect.custom](): string {
    const state = this.state.peek();
    if (state === UNRECOVERABLE) return `${this.constructor.name} { unrecoverable }`;
    const owner = ownerOf(state);
    const mine = owner === agentIn(this.state.region);
    const holder = mine ? process.pid : registryOf(this.state.region).pidOf(owner) || owner;
    const waited = (state & WAITERS) === 0 ? "" : ", perhaps waited for";
    return `${this.constructor.name} { ${owner === 0 ? "free" : `held by process ${holder}`}${waited} }`;
  }

  /** For Condition: gives the lock up, however often it was acquired; the answer is what `rewind` needs. */
  unwind(): number {
    this.releaseNow();
    return 1;
  }

  /** For Condition: after taking the lock again, sets how often it has to be released. */
  rewind(_depth: number): void {}

  /**
   * For Condition: wakes the word's waiter once the lock is free, which that one is going to take. Only in production:
   * when it wakes up makes no difference but for the time lost by waking up in front of a locked door.
   */
  wakeWhenFree(word: Word): void {
    if (probe === null) this.#toWake.push(word);
    else word.wake();
  }

  protected attempt(asWaiter: boolean, options: AcquireOptions | undefined): number {
    const me = agentIn(this.state.region);
    const before = this.state.update(asWaiter ? takeAsWaiter : take, me);
    if (before === FREE) return DONE;
    const marked = before | WAITERS;
    return this.#inherit(marked, me, options) ? DONE : marked;
  }

  protected attemptAtOnce(): boolean {
    return this.state.guess(FREE, agentIn(this.state.region));
  }

  protected attemptOnce(options: AcquireOptions | undefined): boolean {
    const me = agentIn(this.state.region);
    const before = this.state.compareExchange(FREE, me);
    return before === FREE || this.#inherit(before, me, options);
  }

  /** In production, what `releaseNow` does where nobody waits, in the least time; else answers false and has changed nothing. */
  protected releaseAtOnce(): boolean {
    return this.#toWake.length === 0 && this.state.guess(agentIn(this.state.region), FREE);
  }

  protected releaseNow(): void {
    if (this.releaseAtOnce()) return;
    const me = agentIn(this.state.region);
    const before = this.state.update(this.#transferable ? freeByAnyone : freeByHolder, me);
    if (before === FREE) throw new OverReleaseError(this.constructor.name, "release", "nobody holds it");
    if (before === UNRECOVERABLE) throw new UnrecoverableError(this.constructor.name);
    if (ownerOf(before) !== me && !this.#transferable) {
      throw new NotOwnerError(this.constructor.name, "release", ownerOf(before));
    }
    if ((before & INCONSISTENT) !== 0) this.state.wake();
    else if ((before & WAITERS) !== 0) this.state.wake(1);
    if (this.#toWake.length > 0) this.#wakeOthers();
  }

  #wakeOthers(): void {
    for (const word of this.#toWake.splice(0)) word.wake();
  }

  /** Takes the lock over if its holder is dead. */
  #inherit(seen: number, me: number, options: AcquireOptions | undefined): boolean {
    const owner = ownerOf(seen);
    if (seen === UNRECOVERABLE) throw new UnrecoverableError(this.constructor.name);
    if (owner === me) {
      if (this.#errorCheck) throw new WouldDeadlockError(this.constructor.name, "this process holds it already");
      return false;
    }
    if (isAlive(this.state.region, owner)) return false;
    if (options?.onOwnerDeath === "throw") throw new OwnerDiedError(this.constructor.name);
    return this.state.compareExchange(seen, me | WAITERS | INCONSISTENT) === seen;
  }
}

travels("Lock", Lock);

export interface LockOptions {
  /** Lets any process release the lock, as CPython does. Default false: only the holder may. */
  readonly transferable?: boolean;
  /** Throws `WouldDeadlockError` where this process would wait for itself. Default false: it waits, as CPython does. */
  readonly errorCheck?: boolean;
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

/** "free", "buyer 1", "buyer 1, waiters". */
function told(state: number, nameOf: (agent: number) => string): string {
  if (state === UNRECOVERABLE) return "unrecoverable";
  const owner = ownerOf(state);
  return [
    owner === 0 ? "free" : nameOf(owner),
    ...((state & INCONSISTENT) === 0 ? [] : ["inconsistent"]),
    ...((state & WAITERS) === 0 ? [] : ["waiters"]),
  ].join(", ");
}
