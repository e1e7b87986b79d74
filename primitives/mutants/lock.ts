import type { AcquireOptions } from "../acquirable.ts";
import { Lock } from "../lock.ts";
import { agentIn } from "../memory/agents.ts";
import { deadlineAfter } from "../memory/clock.ts";
import { RLock } from "../rlock.ts";
import { DONE } from "../waiting.ts";

// Locks with one seeded bug each.

/** Looks, then takes: two processes that look before either takes both hold the lock. */
export class LockTakenInTwoSteps extends Lock {
  protected override attempt(asWaiter: boolean, options: AcquireOptions | undefined): number {
    if (this.state.load() !== 0) return super.attempt(asWaiter, options);
    this.state.store(agentIn(this.state.region));
    return DONE;
  }
}

/** Frees the lock and tells nobody. */
export class LockReleasedInSilence extends Lock {
  protected override releaseNow(): void {
    this.state.store(0);
  }
}

/** Wakes a waiter before the lock is free: it looks, sleeps again, and nobody wakes it any more. */
export class LockWakesBeforeItIsFree extends Lock {
  protected override releaseNow(): void {
    this.state.wake(1);
    this.state.store(0);
  }
}

/** Who was asleep forgets that others may still be: the third of three processes sleeps for ever. */
export class LockForgetsOtherWaiters extends Lock {
  protected override attempt(_asWaiter: boolean, options: AcquireOptions | undefined): number {
    return super.attempt(false, options);
  }
}

/** Goes to sleep without leaving a mark, so the holder sees no reason to wake anybody. */
export class LockSleepsWithoutAMark extends Lock {
  protected override attempt(asWaiter: boolean): number {
    const before = this.state.compareExchange(0, agentIn(this.state.region));
    return before === 0 ? DONE : asWaiter ? before : before;
  }
}

/** Begins to count its time-out anew whenever it is woken. */
export class LockBeginsItsTimeAnew extends Lock {
  override async takeAsync(options?: AcquireOptions): Promise<boolean> {
    for (;;) {
      const blocking = this.attempt(true, options);
      if (blocking === DONE) return true;
      const deadlineMs = deadlineAfter(options?.timeoutMs);
      if ((await this.state.waitAsync(blocking, deadlineMs, options?.signal)) === "timed-out") return false;
    }
  }
}

/** Takes itself for the holder whoever is. */
export class RLockOfEverybody extends RLock {
  override get mine(): boolean {
    return this.owner !== 0;
  }
}

/** Is free after the first of several releases. */
export class RLockReleasedAtOnce extends RLock {
  protected override releaseNow(): void {
    this.rewind(1);
    super.releaseNow();
  }
}

/** Counts every acquisition twice, so that it is never free again. */
export class RLockCountsTwice extends RLock {
  protected override attempt(asWaiter: boolean, options: AcquireOptions | undefined): number {
    const blocking = super.attempt(asWaiter, options);
    if (blocking === DONE) this.rewind(this.depth + 1);
    return blocking;
  }
}

/** Frees the lock and tells nobody. */
export class RLockReleasedInSilence extends RLock {
  protected override releaseNow(): void {
    if (this.depth > 1) super.releaseNow();
    else this.state.store(0);
  }
}
