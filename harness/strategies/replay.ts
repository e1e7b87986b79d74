import { PLACES } from "./state-places.ts";
import { indexOfStrand, withoutPreemption, type Choice, type Strategy } from "./strategy.ts";

/**
 * Follows a saved schedule: segments of strand, fingerprint and occurrence, three numbers each. 'Strand 64 until it is
 * about to take its second step that writes stock' holds also after an edit elsewhere in the program; where the program
 * has no such step any more, or a segment would have no step at all, the run is marked as diverged at that entry.
 *
 * A segment with fingerprint 0 lasts until the strand cannot go on. After the last one it goes on without preemption.
 */
export const replay: Strategy = {
  name: "replay",
  fair: true,
  everyStep: true,

  begin(choice) {
    const { state } = choice;
    state[POSITION] = 0;
    state[SEGMENT_STEPS] = 0;
    state.fill(0, TABLE, TABLE + SLOTS * SLOT);
    for (let at = 0; at < choice.scheduleLength; at += 3) {
      const slot = slotOf(choice, choice.schedule(at), choice.schedule(at + 1));
      state[slot + STRAND] = choice.schedule(at) + 1;
      state[slot + FINGERPRINT] = choice.schedule(at + 1);
    }
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
        state[slotOf(choice, strand, fingerprint) + TAKEN] + 1 >= occurrence;
      if (candidate >= 0 && !over) return candidate;
      // It was to be stopped before a certain step, and it is blocked or finished without having come there; or it was to
      // move, and does not.
      if ((candidate < 0 && fingerprint !== 0) || state[SEGMENT_STEPS] === 0) choice.diverged(strand);
      state[POSITION] = position + 1;
      state[SEGMENT_STEPS] = 0;
    }
  },

  granted(choice, strand) {
    const slot = slotOf(choice, strand, choice.fingerprint(strand));
    if (choice.state[slot + STRAND] !== 0) choice.state[slot + TAKEN]++;
    choice.state[SEGMENT_STEPS]++;
  },
};

// Places in the strategy's state: a table of the steps that the schedule names, by strand and fingerprint, and how often each
// was taken.
const POSITION = PLACES.own;
/** Steps taken in the segment so far. */
const SEGMENT_STEPS = PLACES.own + 1;
const TABLE = PLACES.own + 8;
const SLOTS = 2048;
const SLOT = 3;

// Places in a slot.
const STRAND = 0;
const FINGERPRINT = 1;
const TAKEN = 2;

/** The slot of this step, or the free one where it belongs. Of a full table the last one looked at, which is another's. */
function slotOf({ state }: Choice, strand: number, fingerprint: number): number {
  let number = (Math.imul(fingerprint, 0x9e3779b1) ^ Math.imul(strand, 0x85ebca6b)) & (SLOTS - 1);
  for (let looked = 0; looked < SLOTS; looked++) {
    const slot = TABLE + number * SLOT;
    if (state[slot + STRAND] === 0) return slot;
    if (state[slot + STRAND] === strand + 1 && state[slot + FINGERPRINT] === fingerprint) return slot;
    number = (number + 1) & (SLOTS - 1);
  }
  return TABLE + number * SLOT;
}
