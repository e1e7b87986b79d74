import { OverReleaseError } from "../errors.ts";
import { BoundedSemaphore, Semaphore } from "../semaphore.ts";
import { DONE } from "../waiting.ts";

// Semaphores with one seeded bug each.

/** Looks whether there is a permit, then takes one: two take the last. */
export class SemaphoreTakenInTwoSteps extends Semaphore {
  protected override attempt(asWaiter: boolean): number {
    const before = this.state.load();
    if (!this.canTake(before)) return super.attempt(asWaiter);
    this.state.store(before - 1);
    return DONE;
  }
}

/** Reads the value, then writes one more: of two releases at the same time one is lost. */
export class SemaphoreGivenInTwoSteps extends Semaphore {
  protected override releaseNow(): void {
    const before = this.state.load();
    this.state.store(this.given(before, 1));
    this.state.wake(1);
  }
}

/** Begins with one permit more than it was told. */
export class SemaphoreOffByOne extends Semaphore {
  constructor(value = 1) {
    super(value + 1);
  }
}

/** Whoever gives up waiting takes a permit along. */
export class SemaphoreLosesAPermitOnTimeOut extends Semaphore {
  override async takeAsync(options?: Parameters<Semaphore["takeAsync"]>[0]): Promise<boolean> {
    const taken = await super.takeAsync(options);
    if (!taken) this.state.update((before) => (this.canTake(before) ? before - 1 : before));
    return taken;
  }
}

/** Wakes nobody else when two permits came and it was woken alone. */
export class SemaphoreKeepsTheNews extends Semaphore {
  protected override attempt(asWaiter: boolean): number {
    const before = this.state.load();
    if (asWaiter && this.canTake(before) && this.state.compareExchange(before, before - 1) === before) return DONE;
    return super.attempt(false);
  }
}

/** Looks at the bound, then releases: two releases at the same time exceed it, as in CPython. */
export class BoundedSemaphoreChecksFirst extends BoundedSemaphore {
  protected override releaseNow(): void {
    if (this.value >= this.valueMax) throw new OverReleaseError("BoundedSemaphore", "release", "it is full");
    this.state.add(1);
    this.state.wake(1);
  }
}

/** Allows one permit more than it began with. */
export class BoundedSemaphoreOffByOne extends BoundedSemaphore {
  protected override canGive(before: number, count: number): boolean {
    return super.canGive(before, count - 1);
  }
}

/** Does not look at the bound. */
export class BoundedSemaphoreWithoutBound extends BoundedSemaphore {
  protected override canGive(): boolean {
    return true;
  }
}

/** Gives the permit back and tells nobody. */
export class BoundedSemaphoreInSilence extends BoundedSemaphore {
  protected override releaseNow(): void {
    this.state.update((before) => this.given(before, 1));
  }
}
