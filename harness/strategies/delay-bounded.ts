import { profiledSteps } from "./profile.ts";
import { forgetSpinning, spins } from "./spinning.ts";
import { PLACES } from "./state-places.ts";
import { indexOfStrand, type Choice, type Strategy } from "./strategy.ts";

/**
 * Delay-bounded scheduling (Emmi, Qadeer and Rakamaric, POPL 2011): a deterministic scheduler, which lets each process go on
 * until it cannot and then takes the next one round-robin, is made to skip the one it would take at a few random places.
 * Most bugs need one or two delays, and there are only so many places for them.
 */
export const delayBounded: Strategy = {
  name: "delay-bounded",
  profiled: true,

  begin(choice) {
    forgetSpinning(choice);
    const { state } = choice;
    const steps = profiledSteps(choice);
    state[TAKEN] = 0;
    state[SKIPPED] = NOBODY;
    state[DELAYS] = 1 + Math.floor(choice.random() * DELAYS_MAX);
    for (let delay = 1; delay <= state[DELAYS]; delay++) {
      state[DELAYS + delay] = 1 + Math.floor(choice.random() * steps);
    }
  },

  choose(choice) {
    const { state } = choice;
    state[TAKEN]++;
    let index = indexOfStrand(choice, choice.last);
    if (index < 0 || choice.last === state[SKIPPED]) index = nextAfter(choice, choice.last);
    state[SKIPPED] = NOBODY;
    for (let delay = 1; delay <= state[DELAYS]; delay++) {
      if (state[DELAYS + delay] === state[TAKEN]) index = (index + 1) % choice.count;
    }
    return index;
  },

  granted(choice, strand) {
    if (spins(choice, strand)) choice.state[SKIPPED] = strand;
  },
};

const DELAYS_MAX = 5;
const NOBODY = -1;

// Places in the strategy's state.
const TAKEN = PLACES.own;
/** A strand that spins, and is passed over once. */
const SKIPPED = PLACES.own + 1;
/** How many delays there are, and then at which choices. */
const DELAYS = PLACES.own + 2;

/** Round-robin: candidates come by ascending strand. */
function nextAfter(choice: Choice, strand: number): number {
  for (let index = 0; index < choice.count; index++) {
    if (choice.strand(index) > strand) return index;
  }
  return 0;
}
