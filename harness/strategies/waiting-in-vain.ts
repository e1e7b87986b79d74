import { PLACES, PROCESSES_MAX } from "./state-places.ts";
import { indexOfStrand, STRANDS_PER_PROCESS, type Choice } from "./strategy.ts";

/**
 * Equal steps in vain, one after the other, after which a process is taken to wait for their word to be written. It is the
 * `await` of stateless model checkers (GenMC's spin-assume), seen from outside: a loop that looks, finds the same and
 * looks again would otherwise have endlessly many interleavings.
 */
export const STEPS_IN_VAIN = 3;

export function forgetVainSteps(choice: Choice): void {
  choice.state.fill(0, PLACES.spinning, PLACES.spinning + choice.places * WATCHED);
}

/** To be called for each step granted. */
export function watchVainSteps(choice: Choice, strand: number): void {
  const { state } = choice;
  const index = indexOfStrand(choice, strand);
  const own = watchOf(strand);
  const again = state[own + FINGERPRINT] === choice.fingerprint(strand) && choice.idle(strand);
  state[own + STEPS] = again ? state[own + STEPS] + 1 : 1;
  state[own + FINGERPRINT] = choice.fingerprint(strand);
  state[own + OBJECT] = choice.object(index);
  if (!choice.writes(index)) return;
  for (let process = 0; process < choice.places; process++) {
    const other = watchOf(process * STRANDS_PER_PROCESS);
    if (other !== own && state[other + OBJECT] === choice.object(index)) state[other + STEPS] = 0;
  }
}

/** The strand is about to do once more what it did in vain. */
export function waitsInVain(choice: Choice, strand: number): boolean {
  const { state } = choice;
  const own = watchOf(strand);
  return (
    state[own + STEPS] >= STEPS_IN_VAIN &&
    state[own + OBJECT] !== 0 &&
    state[own + FINGERPRINT] === choice.fingerprint(strand) &&
    choice.idle(strand)
  );
}

// Places in a process's watch.
const STEPS = 0;
const FINGERPRINT = 1;
const OBJECT = 2;
const WATCHED = (PLACES.end - PLACES.spinning) / PROCESSES_MAX;

function watchOf(strand: number): number {
  return PLACES.spinning + Math.floor(strand / STRANDS_PER_PROCESS) * WATCHED;
}
