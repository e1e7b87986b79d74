import { TimeoutError } from "./errors.ts";
import { probe } from "./memory/probe.ts";
import type { Region } from "./memory/region.ts";
import type { Word } from "./memory/word.ts";
import { report, reportAsync, shownOptions, type WaitOptions } from "./operation.ts";
import { Primitive } from "./primitive.ts";
import { DONE, retryAsync, retrySync, triesOnce } from "./waiting.ts";

/**
 * What can be acquired and released has the same forms everywhere: awaiting, blocking and trying ones, and scopes. A class
 * below this one says what a single attempt does; waiting, time-outs, signals and reporting are the same for all.
 */
export abstract class Acquirable extends Primitive {
  /** The word that changes when another attempt makes sense. */
  protected abstract readonly state: Word;

  /** Takes it, or answers which value of `state` has to change first, after leaving a mark that asks for a wake. */
  protected abstract attempt(asWaiter: boolean, options: AcquireOptions | undefined): number;

  /**
   * In production, what `attempt` does where nobody interferes, in the least time: takes it, or answers false and has changed
   * nothing.
   */
  protected abstract attemptAtOnce(): boolean;

  /** Takes it or leaves everything as it is. */
  protected abstract attemptOnce(options: AcquireOptions | undefined): boolean;

  protected abstract releaseNow(): void;

  /**
   * Takes it; resolves to false if it could not be had in time. If the former holder died, look at `lastOwnerDied`.
   *
   * @throws {UnrecoverableError} a dead holder's state was never repaired
   * @throws {OwnerDiedError} the holder died, and `onOwnerDeath` is "throw"
   * @throws {WouldDeadlockError} this process holds it already, and it was made with `errorCheck`
   */
  acquire(options?: AcquireOptions): Promise<boolean> {
    if (probe === null) return this.takeAsync(options);
    return reportAsync(this, "acquire", shownOptions(options), () => this.takeAsync(options));
  }

  /** As `acquire`, blocking the thread. A signal cannot interrupt it. */
  acquireSync(options?: Omit<AcquireOptions, "signal">): boolean {
    if (probe === null) return this.takeSync(options);
    return report(this, "acquire", shownOptions(options), () => this.takeSync(options));
  }

  /** Takes it if it is free; never waits. */
  tryAcquire(): boolean {
    if (probe === null) return this.attemptOnce(undefined);
    return report(this, "tryAcquire", [], () => this.attemptOnce(undefined));
  }

  /**
   * @throws {NotOwnerError} another process holds it
   * @throws {OverReleaseError} nobody holds it
   */
  release(): void {
    if (probe === null) this.releaseNow();
    else report(this, "release", [], () => this.releaseNow());
  }

  /**
   * Acquires for a scope: `await using held = await lock.hold();` releases at its end.
   *
   * @throws {TimeoutError} it could not be had within `timeoutMs`
   */
  async hold(options?: AcquireOptions): Promise<Hold> {
    if (!(await this.acquire(options))) throw this.#late("hold", options);
    return new Hold(this);
  }

  /** As `hold`, blocking the thread: `using held = lock.holdSync();` */
  holdSync(options?: Omit<AcquireOptions, "signal">): Hold {
    if (!this.acquireSync(options)) throw this.#late("holdSync", options);
    return new Hold(this);
  }

  protected get region(): Region {
    return this.state.region;
  }

  /** `acquire` as a part of another operation: it does not appear in the history. */
  async takeAsync(options?: AcquireOptions): Promise<boolean> {
    if (triesOnce(options)) return this.attemptOnce(options);
    if (probe === null && this.attemptAtOnce()) return true;
    const blocking = this.attempt(false, options);
    return blocking === DONE || this.#waitAsync(blocking, options);
  }

  /** As `takeAsync`, blocking. */
  takeSync(options?: AcquireOptions): boolean {
    if (triesOnce(options)) return this.attemptOnce(options);
    if (probe === null && this.attemptAtOnce()) return true;
    return this.#takeLater(options);
  }

  // The slow halves stand apart, because a closure in the fast ones would be paid for by every call, and because V8 compiles
  // only so much into one loop.
  #takeLater(options: AcquireOptions | undefined): boolean {
    if (probe === null && this.state.changesSoon(this.state.peek()) && this.attemptAtOnce()) return true;
    const blocking = this.attempt(false, options);
    return blocking === DONE || this.#waitSync(blocking, options);
  }

  #waitAsync(blocking: number, options: AcquireOptions | undefined): Promise<boolean> {
    return retryAsync(this.state, blocking, () => this.attempt(true, options), options);
  }

  #waitSync(blocking: number, options: AcquireOptions | undefined): boolean {
    return retrySync(this.state, blocking, () => this.attempt(true, options), options);
  }

  #late(operation: string, options: WaitOptions | undefined): TimeoutError {
    return new TimeoutError(this.constructor.name, operation, options?.timeoutMs ?? 0);
  }
}

export interface AcquireOptions extends WaitOptions {
  /**
   * What to do if the holder died: "recover" (default) takes over and sets `lastOwnerDied`; "throw" throws
   * `OwnerDiedError` and leaves everything as it is.
   */
  readonly onOwnerDeath?: "recover" | "throw" | undefined;
}

/** Something held for a scope; disposing releases it. */
export class Hold implements Disposable, AsyncDisposable {
  readonly #held: { release(): void };

  constructor(held: { release(): void }) {
    this.#held = held;
  }

  [Symbol.dispose](): void {
    this.#held.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#held.release();
  }
}
