import { indexOfStrand, withoutPreemption, type Strategy } from "./strategy.ts";

/**
 * Follows a saved schedule: segments of strand, fingerprint and occurrence, three numbers each. 'Strand 64 until it is
 * about to take its second step that writes stock' holds also after an edit elsewhere in the program; where the program
 * has no such step any more, the run is marked as diverged at that entry.
 *
 * A segment with fingerprint 0 lasts until the strand cannot go on. After the last one it goes on without preemption.
 */
export const replay: Strategy = {
  name: "replay",
  everyStep: true,

  begin(choice) {
    choice.state[POSITION] = 0;
    for (let index = 0; index < choice.scheduleLength / 3; index++) choice.state[SEEN + index] = 0;
  },

  choose(choice) {
    const { state } = choice;
    for (;;) {
      const position = state[POSITION];
      if (position * 3 >= choice.scheduleLength) return withoutPreemption(choice);
      const strand = choice.schedule(position * 3);
      const fingerprint = choice.schedule(position * 3 + 1);
      const occurrence = choice.schedule(position * 3 + 2);
      const candidate = indexOfStrand(choice, strand);
      const over =
        fingerprint !== 0 &&
        candidate >= 0 &&
        choice.fingerprint(strand) === fingerprint &&
        state[SEEN + position] + 1 >= occurrence;
      if (candidate >= 0 && !over) return candidate;
      // It was to be stopped before a certain step, and it is blocked or finished without having come there.
      if (candidate < 0 && fingerprint !== 0) choice.diverged();
      state[POSITION] = position + 1;
    }
  },

  granted(choice, strand) {
    const { state } = choice;
    const fingerprint = choice.fingerprint(strand);
    for (let index = state[POSITION]; index < choice.scheduleLength / 3; index++) {
      if (choice.schedule(index * 3) === strand && choice.schedule(index * 3 + 1) === fingerprint)
        state[SEEN + index]++;
    }
  },
};

// Places in the strategy's state.
const POSITION = 0;
const SEEN = 8;
