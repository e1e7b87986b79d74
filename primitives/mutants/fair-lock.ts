import { FairLock } from "../fair-lock.ts";
import type { Word } from "../memory/word.ts";
import { GRANTED, leave } from "../seats.ts";

// Fair locks with one seeded bug each.

/** Goes to whoever came last. */
export class FairLockLastComesFirst extends FairLock {
  protected override next(): Word | null {
    return this.line.waitingSince(0).at(-1) ?? null;
  }
}

/** Gives the lock to somebody who is not told. */
export class FairLockGivesInSilence extends FairLock {
  protected override tell(): void {}
}

/** Frees the lock and leaves those who wait where they are. */
export class FairLockForgetsTheLine extends FairLock {
  protected override handOver(): void {}
}

/** Does not look whether the lock was given together with the end of the time: then nobody has it. */
export class FairLockLosesItOnTimeOut extends FairLock {
  protected override leaves(seat: Word): number {
    const given = leave(seat);
    return this.line.longestWaiting() === null ? given : given & ~GRANTED;
  }
}

/** Changes the line without the door: somebody steps into it just after it was found empty. */
export class FairLockWithoutDoor extends FairLock {
  protected override atTheDoor<T>(body: () => T): T {
    return body();
  }
}
