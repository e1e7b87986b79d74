import { Barrier } from "../barrier.ts";

// Barriers with one seeded bug each.

/** Lets everybody go when one is still missing. */
export class BarrierOneShort extends Barrier {
  protected override completes(index: number): boolean {
    return index + 1 >= Math.max(1, this.parties - 1);
  }
}

/** Waits for one more than there are. */
export class BarrierOneTooMany extends Barrier {
  protected override completes(index: number): boolean {
    return index === this.parties;
  }
}

/** Counts those who arrive without the lock: two that arrive together count as one. */
export class BarrierCountsWithoutLock extends Barrier {
  protected override async guardedAsync<T>(body: () => T): Promise<T> {
    return body();
  }
}

/** Wakes the first of those who wait, and forgets the others. */
export class BarrierWakesOne extends Barrier {
  protected override announce(): void {
    this.round.wake(1);
  }
}

/** Does not begin to count anew after a round. */
export class BarrierCountsOn extends Barrier {
  protected override endRound(): void {}
}
