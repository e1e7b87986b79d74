import { withoutPreemption, type Strategy } from "./strategy.ts";

/**
 * Follows a list of strands, one for each step, then goes on without preemption. Searches use it to visit the schedules
 * next to one that they know. A strand on the list that is not enabled is skipped, and the run marked as diverged.
 */
export const guide: Strategy = {
  name: "guide",
  everyStep: true,

  begin(choice) {
    choice.state[POSITION] = 0;
  },

  choose(choice) {
    while (choice.state[POSITION] < choice.scheduleLength) {
      const wanted = choice.schedule(choice.state[POSITION]++);
      for (let index = 0; index < choice.count; index++) {
        if (choice.strand(index) === wanted) return index;
      }
      choice.diverged();
    }
    return withoutPreemption(choice);
  },
};

// Place in the strategy's state.
const POSITION = 0;
