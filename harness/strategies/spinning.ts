import { PLACES, PROCESSES_MAX } from "./state-places.ts";
import { processOf, type Choice } from "./strategy.ts";

/**
 * A process that looks at the same thing again and again in vain must not keep the highest priority, or the one that it
 * waits for never moves. It spins if so many of its steps in a row changed nothing and repeated one of the seven before
 * them. CHESS calls this a yield (Musuvathi and Qadeer, PLDI 2008); here nobody has to announce it.
 *
 * It is no await as in look-loop.ts, as somebody else may have changed what it looks at, and takes a sixth of the room.
 */
export function forgetSpinning(choice: Choice): void {
  choice.state.fill(0, PLACES.spinning, PLACES.spinning + choice.places * WATCHED);
}

/** To be called for each step granted; true once for each `IDLE_STEPS_MAX` steps in vain. */
export function spins(choice: Choice, strand: number): boolean {
  const { state } = choice;
  const watch = PLACES.spinning + processOf(strand) * WATCHED;
  const fingerprint = choice.fingerprint(strand);
  let repeats = state[watch + LATEST] === fingerprint;
  for (let place = watch + WATCHED - 1; place > watch + LATEST; place--) {
    repeats ||= state[place] === fingerprint;
    state[place] = state[place - 1];
  }
  state[watch + LATEST] = fingerprint;
  state[watch + IDLE] = repeats && choice.idle(strand) ? state[watch + IDLE] + 1 : 0;
  if (state[watch + IDLE] < IDLE_STEPS_MAX) return false;
  state[watch + IDLE] = 0;
  return true;
}

const IDLE_STEPS_MAX = 16;

// Places in a process's watch.
const IDLE = 0;
/** The fingerprints of its latest steps, as many as there is room for. */
const LATEST = 1;
const WATCHED = (PLACES.end - PLACES.spinning) / PROCESSES_MAX;
