import { BEHIND_PRIORITIES, drawPriority, forgetPriorities, highest, priorityOf, setPriority } from "./priorities.ts";
import { profiledSteps } from "./profile.ts";
import { forgetSpinning, spins } from "./spinning.ts";
import type { Choice, Strategy } from "./strategy.ts";

/**
 * PCT (Burckhardt, Kothari, Musuvathi and Nagarakatte, ASPLOS 2010): random priorities, the highest goes on as long as it
 * can, and at d - 1 random places whoever was about to move becomes one of the lowest. A bug that needs d ordered steps is
 * found by a run of that depth with a chance of at least 1 / (n · k^(d-1)), n being the processes and k the steps
 * (their theorem 3.1). The depth is drawn for each run, because nobody knows it: 1 to 10, each as likely.
 */
export const pct: Strategy = {
  name: "pct",
  profiled: true,

  begin(choice) {
    forgetPriorities(choice);
    forgetSpinning(choice);
    const { state } = choice;
    state[TAKEN] = 0;
    state[DEMOTED] = 0;
    const steps = profiledSteps(choice);
    state[POINTS] = Math.min(Math.floor(choice.random() * DEPTH_MAX), steps);
    for (let point = 1; point <= state[POINTS]; point++) drawPoint(choice, point, steps);
  },

  announced(choice, strand) {
    if (priorityOf(choice, strand) === 0) drawPriority(choice, strand);
  },

  choose(choice) {
    const { state } = choice;
    state[TAKEN]++;
    for (let point = 1; point <= state[POINTS]; point++) {
      if (state[POINTS + point] === state[TAKEN]) setPriority(choice, choice.strand(highest(choice)), -point);
    }
    return highest(choice);
  },

  granted(choice, strand) {
    if (spins(choice, strand)) setPriority(choice, strand, -DEPTH_MAX - ++choice.state[DEMOTED]);
  },
};

const DEPTH_MAX = 10;

// Places in the strategy's state.
const TAKEN = BEHIND_PRIORITIES;
const DEMOTED = BEHIND_PRIORITIES + 1;
/** How many change points there are, and then the points. */
const POINTS = BEHIND_PRIORITIES + 2;

/** One of 1 ... steps that none of the points before is. */
function drawPoint(choice: Choice, point: number, steps: number): void {
  const { state } = choice;
  for (;;) {
    const step = 1 + Math.floor(choice.random() * steps);
    if (state.subarray(POINTS + 1, POINTS + point).includes(step)) continue;
    state[POINTS + point] = step;
    return;
  }
}
