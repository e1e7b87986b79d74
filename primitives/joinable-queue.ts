import { agentIn, isAlive } from "./memory/agents.ts";
import { currentArena } from "./memory/arena.ts";
import { aside } from "./memory/aside.ts";
import { probe } from "./memory/probe.ts";
import { Word } from "./memory/word.ts";
import { OverReleaseError } from "./errors.ts";
import { report, reportAsync, shownOptions, type WaitOptions } from "./operation.ts";
import { travels } from "./primitive.ts";
import { Queue, type QueueOptions } from "./queue.ts";
import type { Message } from "./ring.ts";
import { POSITION } from "./ring-words.ts";
import { DONE, retryAsync, retrySync, triesOnce } from "./waiting.ts";

/** Items that may be taken and not done at the same time, unless a queue is told otherwise. */
const LEASES_MAX = 64;

/**
 * A queue that knows which items are done. `join` waits until all that were put are.
 *
 * Whoever takes an item owes a `taskDone` for it. If a consumer dies first, its items go to the next one who asks, or are
 * given up (`onConsumerDeath`): `join` does not wait for the dead. To be able to hand an item out again, its bytes stay in
 * the queue until it is done.
 *
 * Source: CPython's multiprocessing manual, JoinableQueue. Different on purpose: see the above, and a `taskDone` more than
 * items were taken is refused (CPython: more than were put).
 *
 * @example
 * const queue = new JoinableQueue();
 * await queue.put("dish");
 * await queue.get(); // "dish"
 * queue.taskDone();
 * await queue.join(); // true
 */
export class JoinableQueue<T = unknown> extends Queue<T> {
  override readonly byteLength: number;
  readonly #requeues: boolean;
  /** How often everything was done. Joiners wait for it to change. */
  protected readonly completions: Word;
  /** Items given up because their consumer died. */
  readonly #lost: Word;
  /** Under the readers' lock, which puts all accesses in order: who has which item, LEASE_WORDS each. */
  protected readonly leases: Int32Array;

  constructor(options: number | JoinableQueueOptions = {}) {
    const given = typeof options === "number" ? { maxSize: options } : options;
    const { onConsumerDeath = "requeue", leasesMax = LEASES_MAX } = given;
    super(given, { onConsumerDeath, leasesMax });
    this.#requeues = onConsumerDeath === "requeue";
    this.completions = Word.allocate("completions");
    this.#lost = Word.allocate("lost");
    const arena = currentArena();
    const offset = arena.allocate("leases", leasesMax * LEASE_WORDS * 4);
    this.leases = arena.region.words.subarray(offset / 4, offset / 4 + leasesMax * LEASE_WORDS);
    if (arena.creating) this.leases.fill(0);
    this.byteLength = offset + leasesMax * LEASE_WORDS * 4 - this.offset;
  }

  /**
   * Declares one item done: the one that this process took first, or, if it has none, the oldest of anybody's.
   *
   * @throws {OverReleaseError} no item is taken and not done
   */
  taskDone(): void {
    this.checkOpen("taskDone");
    if (probe === null) this.#taskDone();
    else report(this, "taskDone", [], () => this.#taskDone());
  }

  /** Waits until, at some moment of the call, everything that was put was done; resolves to false if that took too long. */
  join(options?: WaitOptions): Promise<boolean> {
    if (probe === null) return this.#joinAsync(options);
    return reportAsync(this, "join", shownOptions(options), () => this.#joinAsync(options));
  }

  /** As `join`, blocking the thread. */
  joinSync(options?: Omit<WaitOptions, "signal">): boolean {
    if (probe === null) return this.#joinSync(options);
    return report(this, "join", shownOptions(options), () => this.#joinSync(options));
  }

  /** Items that were put and are not done, at this moment. */
  get unfinished(): number {
    this.checkOpen("unfinished");
    return this.locked(() => this.unfinishedNow());
  }

  /** Items that were given up because their consumer died; with "requeue" there are none. */
  get lost(): number {
    return this.#lost.load();
  }

  protected override next(asWaiter: boolean): Message | number {
    this.#tellLeases("write");
    this.#settleDead();
    const me = agentIn(this.region);
    const orphan = this.#requeues ? this.oldest((agent) => !isAlive(this.region, agent)) : undefined;
    if (orphan !== undefined) {
      const message = this.ring.read(this.leases[orphan + AT]);
      this.leases[orphan] = me;
      return message;
    }
    const lease = this.#freeLease();
    const found = this.ring.first(asWaiter);
    if (found.message === null) return this.nothing(found);
    // Written before the message is taken: if this process dies in between, the lease is for an item that is still there.
    this.leases[lease + NUMBER] = found.message.number;
    this.leases[lease + AT] = found.message.at;
    this.leases[lease] = me;
    return this.took(found.message, found.more, asWaiter);
  }

  #taskDone(): void {
    this.locked(() => {
      const me = agentIn(this.region);
      const lease = this.oldest((agent) => agent === me) ?? this.oldest(() => true);
      if (lease === undefined) throw new OverReleaseError("JoinableQueue", "taskDone", "no item is taken and not done");
      this.finishNow(lease);
    });
  }

  protected finishNow(lease: number): void {
    this.#tellLeases("write");
    this.leases[lease] = 0;
    const oldest = this.oldest(() => true);
    this.ring.free(oldest === undefined ? this.ring.head.peek(POSITION) : this.leases[oldest + AT]);
    if (this.unfinishedNow() > 0) return;
    this.completions.add(1);
    this.completions.wake();
  }

  async #joinAsync(options: WaitOptions | undefined): Promise<boolean> {
    this.checkOpen("join");
    const once = triesOnce(options);
    const first = this.completionsSoFar();
    if (this.#look(first) === DONE) return true;
    return !once && retryAsync(this.completions, first, () => this.#look(first), options);
  }

  #joinSync(options: WaitOptions | undefined): boolean {
    this.checkOpen("join");
    const once = triesOnce(options);
    const first = this.completionsSoFar();
    if (this.#look(first) === DONE) return true;
    return !once && retrySync(this.completions, first, () => this.#look(first), options);
  }

  /** Under the lock, so that no completion counts whose moment was before this one and which is only announced after it. */
  completionsSoFar(): number {
    return this.locked(() => this.completions.load());
  }

  #look(first: number): number {
    return this.locked(() => {
      this.#settleDead();
      return this.completions.load() !== first || this.unfinishedNow() === 0 ? DONE : first;
    });
  }

  protected unfinishedNow(): number {
    this.#tellLeases("read");
    let leased = 0;
    for (let lease = 0; lease < this.leases.length; lease += LEASE_WORDS) if (this.leases[lease] !== 0) leased++;
    return leased + this.ring.count();
  }

  #tellLeases(kind: "read" | "write"): void {
    aside(kind, this.leases.byteOffset, this.leases.byteLength);
  }

  /** Drops leases of the dead: for items that they did not get to take, and, unless they are handed out again, all. */
  #settleDead(): void {
    for (let lease = 0; lease < this.leases.length; lease += LEASE_WORDS) {
      const agent = this.leases[lease];
      if (agent === 0 || isAlive(this.region, agent)) continue;
      if (((this.leases[lease + NUMBER] - this.ring.numberOfFirst()) | 0) >= 0) this.leases[lease] = 0;
      else if (!this.#requeues) {
        this.#lost.add(1);
        this.finishNow(lease);
      }
    }
  }

  protected oldest(wanted: (agent: number) => boolean): number | undefined {
    let oldest: number | undefined;
    for (let lease = 0; lease < this.leases.length; lease += LEASE_WORDS) {
      if (this.leases[lease] === 0 || !wanted(this.leases[lease])) continue;
      const age = (candidate: number): number => (this.ring.numberOfFirst() - this.leases[candidate + NUMBER]) | 0;
      if (oldest === undefined || age(lease) > age(oldest)) oldest = lease;
    }
    return oldest;
  }

  #freeLease(): number {
    for (let lease = 0; lease < this.leases.length; lease += LEASE_WORDS) if (this.leases[lease] === 0) return lease;
    throw new RangeError(
      `${this.leases.length / LEASE_WORDS} items of this JoinableQueue are taken and not done, which is the most there may be. ` +
        "Call taskDone() for each item, or make the queue with a larger leasesMax.",
    );
  }
}

travels("JoinableQueue", JoinableQueue);

export interface JoinableQueueOptions extends QueueOptions {
  /** What becomes of items whose consumer died: "requeue" (default) hands them out again, "fail" gives them up. */
  readonly onConsumerDeath?: "requeue" | "fail";
  /** Items that may be taken and not done at the same time. Default 64. */
  readonly leasesMax?: number;
}

// A lease: the consumer (0 if the lease is free), the item's number, and where its record is.
const LEASE_WORDS = 4;
const NUMBER = 1;
const AT = 2;
