import { indexOfStrand, STRANDS_PER_PROCESS, type Choice, type Strategy } from "./strategy.ts";

/**
 * All in step: each strand takes a few steps, the same number for all, and then it is the next one's turn. What goes wrong
 * only while processes keep pace with each other hides from a random pick, which breaks step sooner or later: two who step
 * aside for each other again and again are a livelock only as long as they do it at the same time.
 *
 * The first strand gets a head start, so that the others are met at another phase of what they do.
 */
export const lockstep: Strategy = {
  name: "lockstep",
  fair: true,

  begin(choice) {
    const { state } = choice;
    state[SLICE] = SLICES[Math.floor(choice.random() * SLICES.length)];
    state[LEFT] = state[SLICE] + Math.floor(choice.random() * HEAD_START_MAX);
    state[LAST] = Math.floor(choice.random() * choice.processes) * STRANDS_PER_PROCESS;
  },

  choose(choice) {
    const { state } = choice;
    const same = indexOfStrand(choice, state[LAST]);
    return same >= 0 && state[LEFT] > 0 ? same : nextAfter(choice, state[LAST]);
  },

  granted({ state }, strand) {
    if (strand !== state[LAST]) {
      state[LAST] = strand;
      state[LEFT] = state[SLICE];
    }
    state[LEFT]--;
  },
};

const SLICES = [1, 1, 1, 2, 3];
const HEAD_START_MAX = 8;

// Places in the strategy's state.
const SLICE = 0;
const LEFT = 1;
const LAST = 2;

/** Candidates come by ascending strand. */
function nextAfter(choice: Choice, strand: number): number {
  for (let index = 0; index < choice.count; index++) {
    if (choice.strand(index) > strand) return index;
  }
  return 0;
}
