/**
 * A loop that waits by looking, seen from outside: a process took the same steps over and over, none of them changed anything,
 * nobody has changed what they looked at, and now it is about to begin the next round. It is taken to wait until one of these
 * words is another: the `await` of stateless model checkers (GenMC's spin-assume; Kokologiannakis and others, CAV 2021), for
 * loops that look at several words as well, as Peterson's and Lamport's do. Otherwise it would have endlessly many interleavings.
 *
 * What is watched of a process lies in a stretch of numbers, `WATCH_SIZE` long, that begins at `own`: the latest steps, as long as
 * they have changed nothing.
 */
export const ROUNDS_IN_VAIN = 3;
/** The longest round, in steps. */
export const PERIOD_MAX = 8;

const KEPT = ROUNDS_IN_VAIN * PERIOD_MAX;

// Places of a watch: how many steps are kept, where the next one comes, and of each which step it is and what it looks at.
const LENGTH = 0;
const NEXT = 1;
const STEPS = 2;
const OBJECTS = STEPS + KEPT;
export const WATCH_SIZE = OBJECTS + KEPT;

/** @param step equal for steps that do the same to the same object */
export function remember(watch: Float64Array, own: number, step: number, object: number): void {
  const next = watch[own + NEXT];
  watch[own + STEPS + next] = step;
  watch[own + OBJECTS + next] = object;
  watch[own + NEXT] = (next + 1) % KEPT;
  if (watch[own + LENGTH] < KEPT) watch[own + LENGTH]++;
}

export function forget(watch: Float64Array, own: number): void {
  watch[own + LENGTH] = 0;
}

/** One of the steps kept looks at the object. */
export function looksAt(watch: Float64Array, own: number, object: number): boolean {
  for (let back = 1; back <= watch[own + LENGTH]; back++) {
    if (watch[own + OBJECTS + placeOf(watch, own, back)] === object) return true;
  }
  return false;
}

/** How long the round is of which `step`, the next one, begins another; 0 if there were not so many rounds. */
export function roundOf(watch: Float64Array, own: number, step: number, rounds = ROUNDS_IN_VAIN): number {
  for (let period = 1; period <= PERIOD_MAX && rounds * period <= watch[own + LENGTH]; period++) {
    if (stepBack(watch, own, period) === step && repeats(watch, own, period, rounds)) return period;
  }
  return 0;
}

function repeats(watch: Float64Array, own: number, period: number, rounds: number): boolean {
  for (let back = 1; back <= (rounds - 1) * period; back++) {
    if (stepBack(watch, own, back) !== stepBack(watch, own, back + period)) return false;
  }
  return true;
}

/** @returns the objects of the latest steps, so many */
export function objectsOf(watch: Float64Array, own: number, count: number): number[] {
  return Array.from({ length: count }, (_, back) => watch[own + OBJECTS + placeOf(watch, own, back + 1)]);
}

function stepBack(watch: Float64Array, own: number, back: number): number {
  return watch[own + STEPS + placeOf(watch, own, back)];
}

function placeOf(watch: Float64Array, own: number, back: number): number {
  return (watch[own + NEXT] - back + KEPT) % KEPT;
}
