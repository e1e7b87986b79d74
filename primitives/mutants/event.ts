import { Event } from "../event.ts";

// Events with one seeded bug each.

/** Looks at the flag again after waking and forgets that it had been on, as CPython does. */
export class EventForgetsASet extends Event {
  protected override wasOnSince(_first: number, now: number): boolean {
    return this.isOn(now);
  }
}

/** Looks at the whole word: who comes when another waits already takes that one's mark for the flag. */
export class EventTakesAMarkForTheFlag extends Event {
  protected override isOn(state: number): boolean {
    return (state & (1 | WAITERS)) !== 0;
  }
}

/** Wakes one of those who wait. */
export class EventWakesOne extends Event {
  protected override setNow(): void {
    const before = this.state.update((state) => (this.isOn(state) ? state : (state & ~WAITERS) + ON_ONCE));
    if ((before & WAITERS) !== 0) this.state.wake(1);
  }
}

/** Wakes those who wait before the flag is on: they look, sleep again, and nobody wakes them. */
export class EventWakesBeforeItIsSet extends Event {
  protected override setNow(): void {
    this.state.wake();
    this.state.update((state) => (this.isOn(state) ? state : (state & ~WAITERS) + ON_ONCE));
  }
}

/** Reads the word, then writes it without the flag: a set or a waiter's mark in between is lost. */
export class EventClearedInTwoSteps extends Event {
  protected override clearNow(): void {
    const before = this.state.load();
    this.state.store(before & ~1);
  }
}

/** Turns the flag on and tells nobody. */
export class EventSetInSilence extends Event {
  protected override setNow(): void {
    this.state.update((state) => (this.isOn(state) ? state : (state & ~WAITERS) + ON_ONCE));
  }
}

const WAITERS = 2;
/** The flag, and one more time that it was set. */
const ON_ONCE = 1 + 4;
