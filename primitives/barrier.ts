import { BrokenBarrierError } from "./errors.ts";
import { deadlineAfter, now } from "./memory/clock.ts";
import { probe } from "./memory/probe.ts";
import type { Region } from "./memory/region.ts";
import { Word } from "./memory/word.ts";
import { Lock } from "./lock.ts";
import { report, reportAsync, shownOptions, type WaitOptions } from "./operation.ts";
import { Primitive, travels } from "./primitive.ts";
import { leave, REFUSED, Seats } from "./seats.ts";
import { DONE, retryAsync, retrySync, triesOnce } from "./waiting.ts";

const PARTIES_MAX = 1024;

/**
 * A place where `parties` processes wait for each other, round after round. One that times out, dies, aborts or resets
 * breaks it for all: each then gets a BrokenBarrierError instead of waiting for somebody who will not come.
 *
 * Source: CPython's multiprocessing manual and threading.Barrier. Different on purpose: the death of somebody who waits
 * breaks the barrier (CPython counts the dead one, gh-123899), and no wait outlasts its time-out.
 *
 * @example
 * const start = new Barrier(1, { action: () => "everybody is here" });
 * await start.wait(); // 0: the first to arrive in this round
 */
export class Barrier extends Primitive {
  readonly offset: number;
  readonly byteLength: number;
  readonly parties: number;
  readonly #action: (() => unknown) | undefined;
  readonly #timeoutMs: number | undefined;
  /** Guards all of the following: who has it may look at them without a step. */
  readonly #lock: Lock;
  /** FILLING, ACTING or BROKEN. */
  protected readonly phase: Word;
  protected readonly arrived: Word;
  /** Changes at the end of a round, however that came: everybody waits for it, and one wake is for all. */
  protected readonly round: Word;
  /** How many places had been taken when the round began: later ones belong to it. */
  readonly #begun: Word;
  /**
   * Who waits, so that the death of one is noticed. A round that ends for another reason than that all have arrived marks the
   * places in it; whoever wakes up late then still knows how its own round ended.
   */
  readonly #seats: Seats;

  /** @throws {RangeError} parties is no whole number from 1 to 1024 */
  constructor(parties: number, options: BarrierOptions = {}) {
    super([parties, options]);
    if (!Number.isInteger(parties) || parties < 1 || parties > PARTIES_MAX) {
      throw new RangeError(`a barrier is for 1 to ${PARTIES_MAX} parties, not ${parties}`);
    }
    this.parties = parties;
    this.#action = options.action;
    this.#timeoutMs = options.timeoutMs;
    this.#lock = new Lock({}, "lock");
    this.phase = Word.allocate("phase", FILLING, phaseTold);
    this.arrived = Word.allocate("arrived");
    this.round = Word.allocate("round");
    this.#begun = Word.allocate("begun");
    this.#seats = new Seats(2 * parties);
    this.offset = this.#lock.offset;
    this.byteLength = this.#seats.offset + this.#seats.byteLength - this.offset;
  }

  /**
   * Waits until all parties have arrived; resolves to 0 for the first to arrive in the round, parties - 1 for the last. The
   * last one runs the action before anybody goes on.
   *
   * @throws {BrokenBarrierError} it was broken or reset before everybody had arrived
   */
  wait(options?: WaitOptions): Promise<number> {
    if (probe === null) return this.#waitAsync(options);
    return reportAsync(this, "wait", shownOptions(options), () => this.#waitAsync(options));
  }

  /** As `wait`, blocking the thread. @throws {TypeError} the action is asynchronous */
  waitSync(options?: Omit<WaitOptions, "signal">): number {
    if (probe === null) return this.#waitSync(options);
    return report(this, "wait", shownOptions(options), () => this.#waitSync(options));
  }

  /** Breaks the barrier for those who wait and those who will, until a reset. */
  abort(): void {
    if (probe === null) this.guarded(() => this.breakUp(BROKEN));
    else report(this, "abort", [], () => this.guarded(() => this.breakUp(BROKEN)));
  }

  /** Makes the barrier as new; those who wait get a BrokenBarrierError. */
  reset(): void {
    if (probe === null) this.guarded(() => this.breakUp(FILLING));
    else report(this, "reset", [], () => this.guarded(() => this.breakUp(FILLING)));
  }

  /** How many have arrived in this round, at this moment. */
  get waiting(): number {
    const arrived = this.arrived.load();
    return arrived < this.parties && this.phase.load() === FILLING ? arrived : 0;
  }

  get broken(): boolean {
    return this.phase.load() === BROKEN;
  }

  protected get region(): Region {
    return this.#seats.region;
  }

  async #waitAsync(options: WaitOptions | undefined): Promise<number> {
    const limits = this.#limits(options);
    let arrival = await this.guardedAsync(() => this.arrive());
    while (arrival.kind === "busy") {
      const { round, patience } = arrival;
      await retryAsync(this.round, round, () => this.#sameRound(round), patience(limits));
      checkTime(limits);
      arrival = await this.guardedAsync(() => this.arrive());
    }
    if (arrival.kind === "done") return arrival.index;
    const { round } = arrival;
    try {
      if (arrival.kind === "last") await this.#action?.();
      else if (!(await retryAsync(this.round, round, () => this.#look(round), limits))) throw timedOut();
    } catch (error) {
      this.#giveUp(arrival, error);
    }
    return this.#finish(arrival);
  }

  #waitSync(options: WaitOptions | undefined): number {
    const limits = this.#limits(options);
    let arrival = this.guarded(() => this.arrive());
    while (arrival.kind === "busy") {
      const { round, patience } = arrival;
      retrySync(this.round, round, () => this.#sameRound(round), patience(limits));
      checkTime(limits);
      arrival = this.guarded(() => this.arrive());
    }
    if (arrival.kind === "done") return arrival.index;
    const { round } = arrival;
    try {
      if (arrival.kind === "last") this.#actSync();
      else if (!retrySync(this.round, round, () => this.#look(round), limits)) throw timedOut();
    } catch (error) {
      this.#giveUp(arrival, error);
    }
    return this.#finish(arrival);
  }

  #limits(options: WaitOptions | undefined): Limits {
    triesOnce(options);
    const deadlineMs = deadlineAfter(options?.timeoutMs ?? this.#timeoutMs);
    return {
      deadlineMs,
      signal: options?.signal,
      get timeoutMs() {
        return deadlineMs === Infinity ? undefined : Math.max(0, deadlineMs - now());
      },
    };
  }

  /** Under the lock: takes part in the round, or says why that has to wait. */
  protected arrive(): Arrival {
    this.mournDead();
    const phase = this.phase.peek();
    if (phase === BROKEN) throw new BrokenBarrierError("it was broken before this wait");
    const round = this.round.peek();
    if (phase === ACTING) return { kind: "busy", round, patience: (limits) => limits };
    const index = this.arrived.peek();
    const last = this.completes(index);
    if (last && this.#action === undefined) {
      this.endRound(FILLING);
      return { kind: "done", index };
    }
    const seat = this.#seats.sit();
    if (seat === null) return { kind: "busy", round, patience: untilSomebodyLeaves };
    this.arrived.store(index + 1);
    if (last) this.phase.store(ACTING);
    return { kind: last ? "last" : "early", seat, index, round };
  }

  protected completes(index: number): boolean {
    return index + 1 === this.parties;
  }

  /** Under the lock: everybody who waits is refused. */
  protected breakUp(next: number): void {
    for (const seat of this.#seats.waitingSince(this.#begun.peek())) this.#seats.grant(seat, REFUSED, nobody);
    this.endRound(next);
  }

  /** Under the lock: everybody who waits goes on, unless its place was marked before. */
  protected endRound(next: number): void {
    if (this.phase.peek() !== next) this.phase.store(next);
    this.#begun.initialize(this.#seats.ticket);
    if (this.arrived.peek() === 0) return;
    this.round.add(1);
    // Last, so that whoever finishes this for somebody who died here knows that there are waiters.
    this.arrived.store(0);
    this.announce();
  }

  protected announce(): void {
    this.round.wake();
  }

  /** Under the lock: somebody died while it waited, so this round will never be complete. */
  protected mournDead(): void {
    if (this.#seats.someDiedSince(this.#begun.peek())) this.breakUp(BROKEN);
  }

  #actSync(): void {
    const result = this.#action?.();
    if (result instanceof Promise) {
      throw new TypeError("the barrier's action is asynchronous, and waitSync cannot wait for it. Use wait().");
    }
  }

  /** After a wake, perhaps for no reason: then somebody may have died. */
  #look(round: number): number {
    if (this.#sameRound(round) === DONE) return DONE;
    this.guarded(() => this.mournDead());
    // If that has ended the round, the wait ends at once.
    return round;
  }

  #sameRound(round: number): number {
    return this.round.load() === round ? round : DONE;
  }

  /** Somebody leaves before the round is complete: then nobody else need wait for it. */
  #giveUp({ seat, round }: Seated, error: unknown): void {
    const left = this.guarded(() => {
      if (this.round.peek() !== round) return false;
      leave(seat);
      this.breakUp(BROKEN);
      return true;
    });
    if (left) throw error;
  }

  #finish({ kind, seat, index, round }: Seated): number {
    if (kind === "last") {
      this.guarded(() => {
        if (this.round.peek() === round) this.endRound(FILLING);
      });
    }
    if (leave(seat) === REFUSED) {
      throw new BrokenBarrierError("somebody gave up, died, aborted or reset it during this wait");
    }
    return index;
  }

  protected guarded<T>(body: () => T): T {
    this.#lock.takeSync();
    return this.#under(body);
  }

  protected async guardedAsync<T>(body: () => T): Promise<T> {
    await this.#lock.takeAsync();
    return this.#under(body);
  }

  #under<T>(body: () => T): T {
    try {
      if (this.#lock.lastOwnerDied) {
        // It died between two of its changes. What is certain is that it is missing.
        this.breakUp(BROKEN);
        this.#lock.markConsistent();
      }
      return body();
    } finally {
      this.#lock.unwind();
    }
  }
}

travels("Barrier", Barrier);

export interface BarrierOptions {
  /** What the last one to arrive runs before anybody goes on. If it throws, the barrier is broken. It cannot travel. */
  readonly action?: () => unknown;
  /** The time-out of every wait that has none of its own, in milliseconds. */
  readonly timeoutMs?: number;
}

type Arrival = Busy | Seated | { readonly kind: "done"; readonly index: number };

/** Nobody can join the round now. */
interface Busy {
  readonly kind: "busy";
  readonly round: number;
  /** How long to wait for the round to end before trying again. */
  readonly patience: (limits: Limits) => WaitOptions;
}

interface Seated {
  readonly kind: "early" | "last";
  readonly seat: Word;
  readonly index: number;
  readonly round: number;
}

interface Limits extends WaitOptions {
  readonly deadlineMs: number;
}

const FILLING = 0;
/** All have arrived, and the last one runs the action. */
const ACTING = 1;
const BROKEN = 2;

/** When all places are still held by those who leave the round before, they are looked at again after this long. */
const LEAVING_POLL_MS = 5;

/** A mark on a place wakes nobody: the end of the round does. */
function nobody(): void {}

function untilSomebodyLeaves(limits: Limits): WaitOptions {
  return { timeoutMs: Math.min(LEAVING_POLL_MS, limits.timeoutMs ?? Infinity), signal: limits.signal };
}

function checkTime(limits: Limits): void {
  if (now() >= limits.deadlineMs) throw timedOut();
}

function timedOut(): BrokenBarrierError {
  return new BrokenBarrierError("a wait timed out before everybody had arrived");
}

function phaseTold(phase: number): string {
  return phase === FILLING ? "filling" : phase === ACTING ? "acting" : "broken";
}
