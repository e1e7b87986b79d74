import { TURN_STEPS_MAX, withoutPreemption, type Strategy } from "./strategy.ts";
import { WaitingInVain } from "./waiting-in-vain.ts";

/**
 * Follows a list of strands, one for each step, then goes on without preemption. Searches use it to visit the schedules
 * next to one that they know. A strand on the list that is not enabled is skipped, and the run marked as diverged.
 *
 * Who looks at the same words in vain again and again is passed over where another can go.
 */
export const guide: Strategy = {
  name: "guide",
  fair: true,
  everyStep: true,

  begin(choice) {
    choice.state[POSITION] = 0;
    choice.state[TURN] = 0;
    vain.begin(choice);
  },

  choose(choice) {
    vain.settle(choice);
    while (choice.state[POSITION] < choice.scheduleLength) {
      const wanted = choice.schedule(choice.state[POSITION]++);
      for (let index = 0; index < choice.count; index++) {
        if (choice.strand(index) === wanted) return index;
      }
      choice.diverged(wanted);
    }
    const index = withoutPreemption(choice);
    const tooLong = choice.state[TURN] >= TURN_STEPS_MAX && choice.strand(index) === choice.last;
    const first = tooLong ? (index + 1) % choice.count : index;
    for (let further = 0; further < choice.count; further++) {
      const other = (first + further) % choice.count;
      if (!vain.waits(choice, choice.strand(other))) return other;
    }
    return first;
  },

  granted(choice, strand) {
    vain.watch(choice, strand);
    choice.state[TURN] = strand === choice.last ? choice.state[TURN] + 1 : 1;
  },
};

// Places in the strategy's state.
const POSITION = 0;
/** Steps that the strand that is moving has taken since the last switch. */
const TURN = 1;

const vain = new WaitingInVain(8);
