import { Condition } from "../condition.ts";
import type { WaitOptions } from "../operation.ts";
import type { Word } from "../memory/word.ts";
import { leave } from "../seats.ts";

// Conditions with one seeded bug each.

/** Gives the lock up before it has a place among those who wait: a notification in between is lost. */
export class ConditionLetsGoTooEarly extends Condition {
  protected override begin(): { seat: Word; depth: number } {
    const depth = this.lock.unwind();
    const seat = this.seats.sit();
    if (seat === null) throw new RangeError("no place left");
    return { seat, depth };
  }
}

/** Does not look whether a notification came together with the end of the time: that one is lost. */
export class ConditionLosesALateNotification extends Condition {
  protected override async waitNow(options: WaitOptions | undefined): Promise<boolean> {
    const notified = await super.waitNow(options);
    return notified && options?.timeoutMs === undefined;
  }
}

/** Grants without waking. */
export class ConditionNotifiesInSilence extends Condition {
  protected override grantTo(count: number): void {
    super.grantTo(count, () => {});
  }
}

/** Wakes everybody whatever the number. */
export class ConditionNotifiesAll extends Condition {
  protected override grantTo(): void {
    super.grantTo(Infinity);
  }
}

/** Says that it was notified whenever it wakes up, also when the time is over. */
export class ConditionNeverTimesOut extends Condition {
  protected override leaves(seat: Word): boolean {
    leave(seat);
    return true;
  }
}
