/**
 * What the two words of a ring hold, `tail` and `head`: a position, and flags above it. Each function below is one step on one
 * of them: from the value before to the value after.
 */

/** Positions count units, in this many bits; they wrap at a multiple of the ring's size. */
export const POSITION_BITS = 28;
// Not in the function: V8 raises 2 to its power anew at each call, which took half of the time of a message.
export const POSITION = 2 ** POSITION_BITS - 1;

export function positionOf(state: number): number {
  return state & POSITION;
}

/** In `head`: flips when room appears without `head` moving. */
const EPOCH = 1 << 28;
/** In `tail`: nobody may put any more. */
export const ENDED = 1 << 29;
/** In `head`: nobody will take any more. */
export const BROKEN = 1 << 29;
export const WAITERS = 1 << 30;

/** The mark goes with the wake that follows it. Where nobody may put any more, nothing is published. */
export function publishedAt(before: number, next: number): number {
  return (before & ENDED) !== 0 ? before : next;
}

export function movedTo(before: number, next: number): number {
  return next | (before & (EPOCH | BROKEN));
}

export function flipped(before: number): number {
  return (before ^ EPOCH) & ~WAITERS;
}

export function markAlways(before: number): number {
  return before | WAITERS;
}

export function markIfAt(before: number, head: number): number {
  return positionOf(before) === head ? before | WAITERS : before;
}

export function brokenOff(before: number): number {
  return (before | BROKEN) & ~WAITERS;
}

export function ended(before: number): number {
  return (before | ENDED) & ~WAITERS;
}

/** "5", "5, waiters", "5, ended": positions are no numbers of messages, but they tell that something came or went. */
export function tailTold(state: number): string {
  return [positionOf(state), ...flag(state, ENDED, "ended"), ...flag(state, WAITERS, "waiters")].join(", ");
}

export function headTold(state: number): string {
  return [positionOf(state), ...flag(state, BROKEN, "broken"), ...flag(state, WAITERS, "waiters")].join(", ");
}

function flag(state: number, bit: number, name: string): string[] {
  return (state & bit) === 0 ? [] : [name];
}
