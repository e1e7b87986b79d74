import { AsyncLocalStorage } from "node:async_hooks";
import type { AcquireOptions } from "./acquirable.ts";
import { NotOwnerError } from "./errors.ts";
import { Lock, type LockOptions } from "./lock.ts";
import { currentArena } from "./memory/arena.ts";
import { aside } from "./memory/aside.ts";
import { probe } from "./memory/probe.ts";
import { travels } from "./primitive.ts";
import { DONE } from "./waiting.ts";

/**
 * A lock that its holder may acquire again, and must release as often.
 *
 * Who is the holder? CPython asks for the thread, and all of a Node process's tasks run on one thread. So here it is the
 * process: two tasks of one process that both just `acquire` are one holder, as two calls in one thread are. Tasks that
 * must keep each other out use `run`, which gives each its own ownership; it follows the task through its awaits, and
 * inside it the lock is recursive again.
 *
 * Source: CPython's multiprocessing manual, RLock.
 *
 * @example
 * const lock = new RLock();
 * lock.acquireSync(); // true
 * lock.acquireSync(); // true, at once
 * lock.depth; // 2
 * lock.release();
 * lock.release();
 */
export class RLock extends Lock {
  override readonly byteLength = 16;
  /** Depth and token. Written by the holder alone while it holds the lock, so that looking at them is no step. */
  readonly #held: Int32Array;
  /** Where they are in the region. */
  readonly #at: number;

  constructor(options: Pick<LockOptions, "errorCheck"> = {}) {
    super(options);
    const arena = currentArena();
    this.#at = arena.allocate("holder", 8);
    this.#held = arena.region.words.subarray(this.#at / 4, this.#at / 4 + 2);
    if (arena.creating) this.#held.fill(0);
  }

  /** How often this process has to release it; 0 if it does not hold it. */
  get depth(): number {
    return this.mine ? this.#depth : 0;
  }

  /** Acquires, runs `body` with an ownership of its own, and releases. Returns what `body` returns. */
  async run<T>(body: () => T | Promise<T>, options?: AcquireOptions): Promise<T> {
    const token = currentToken() || ++lastToken;
    return tokens.run(token, async () => {
      await using _ = await this.hold(options);
      return await body();
    });
  }

  override unwind(): number {
    const depth = this.#depth;
    this.#depth = 1;
    this.releaseNow();
    return depth;
  }

  override rewind(depth: number): void {
    this.#depth = depth;
  }

  protected override attemptAtOnce(): boolean {
    // A lock that is free cannot be held by us: that is looked at first, because it is the common case.
    if (!super.attemptAtOnce()) return this.#again();
    this.#first();
    return true;
  }

  protected override attempt(asWaiter: boolean, options: AcquireOptions | undefined): number {
    if (this.#again()) return DONE;
    const blocking = super.attempt(asWaiter, options);
    if (blocking === DONE) this.#first();
    return blocking;
  }

  protected override attemptOnce(options: AcquireOptions | undefined): boolean {
    if (this.#again()) return true;
    const taken = super.attemptOnce(options);
    if (taken) this.#first();
    return taken;
  }

  protected override releaseNow(): void {
    // If it is not ours, the last of these sees it.
    if (probe === null && this.#held[DEPTH] === 1 && this.#held[TOKEN] === currentToken() && this.releaseAtOnce())
      return;
    if (!this.#isHolder()) throw new NotOwnerError("RLock", "release", this.owner);
    const depth = this.#depth;
    if (depth > 1) this.#depth = depth - 1;
    else super.releaseNow();
  }

  #again(): boolean {
    if (!this.#isHolder()) return false;
    const depth = this.#depth;
    if (depth >= DEPTH_MAX) {
      throw new RangeError(
        `an RLock was acquired ${DEPTH_MAX} times without a release. Look for a recursion without end.`,
      );
    }
    this.#depth = depth + 1;
    return true;
  }

  #first(): void {
    if (probe !== null) aside("write", this.#at + TOKEN * 4, 4);
    this.#depth = 1;
    this.#held[TOKEN] = currentToken();
  }

  #isHolder(): boolean {
    if (!this.mine) return false;
    if (probe !== null) aside("read", this.#at + TOKEN * 4, 4);
    return this.#held[TOKEN] === currentToken();
  }

  get #depth(): number {
    if (probe !== null) aside("read", this.#at + DEPTH * 4, 4);
    return this.#held[DEPTH];
  }

  set #depth(depth: number) {
    if (probe !== null) aside("write", this.#at + DEPTH * 4, 4);
    this.#held[DEPTH] = depth;
  }
}

travels("RLock", RLock);

const DEPTH = 0;
const TOKEN = 1;
const DEPTH_MAX = 2 ** 30;

/** Which ownership the current task acts under; none outside of `run`. */
const tokens = new AsyncLocalStorage<number>();
let lastToken = 0;

/** Asking for the task's ownership costs as much as the lock itself, so it is not asked before there has been any. */
function currentToken(): number {
  return lastToken === 0 ? 0 : (tokens.getStore() ?? 0);
}
