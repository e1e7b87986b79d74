import { PLACES, STRANDS_MAX } from "./state-places.ts";
import { indexOfStrand, STRANDS_PER_PROCESS, TURN_STEPS_MAX, type Choice, type Strategy } from "./strategy.ts";
import { WaitingInVain } from "./waiting-in-vain.ts";

/**
 * Follows a plan of the exhaustive search (harness/exhaustive/execution.ts): the guide step by step, then without
 * preemption, but never a strand that is asleep until a step that depends on its own was taken. Ends the run where all
 * who could move are asleep. Who the guide names is taken in any case.
 *
 * Who looks at the same words in vain again and again waits for one of them to change, and is not taken while another can go.
 *
 * The plan comes as a schedule: how long the guide is, behind how many of its steps strands are asleep, the guide, and these strands.
 */
export const explorer: Strategy = {
  name: "explorer",
  fair: true,
  everyStep: true,

  begin(choice) {
    const { state } = choice;
    state[POSITION] = 0;
    state[TURN] = 0;
    state.fill(0, ASLEEP, ASLEEP + choice.places * STRANDS_PER_PROCESS);
    vain.begin(choice);
  },

  choose(choice) {
    const { state } = choice;
    vain.settle(choice);
    const guided = choice.schedule(0);
    if (state[POSITION] === choice.schedule(1)) {
      for (let at = GUIDE + guided; at < choice.scheduleLength; at++) state[ASLEEP + choice.schedule(at)] = 1;
    }
    if (state[POSITION] < guided) {
      const wanted = choice.schedule(GUIDE + state[POSITION]);
      const index = indexOfStrand(choice, wanted);
      if (index < 0) choice.diverged(wanted);
      return index;
    }
    return firstAwake(choice);
  },

  granted(choice, strand) {
    vain.watch(choice, strand);
    choice.state[TURN] = strand === choice.last ? choice.state[TURN] + 1 : 1;
    if (choice.state[POSITION]++ < choice.schedule(1)) return;
    const taken = indexOfStrand(choice, strand);
    for (let index = 0; index < choice.count; index++) {
      if (choice.dependent(index, taken)) choice.state[ASLEEP + choice.strand(index)] = 0;
    }
  },
};

/** Where the guide begins in the schedule. */
const GUIDE = 2;

// Places in the strategy's state.
/** Steps of the run. */
const POSITION = PLACES.own;
/** Steps that the strand that is moving has taken since the last switch. */
const TURN = PLACES.own + 1;
const ASLEEP = PLACES.own + 8;

const vain = new WaitingInVain(ASLEEP + STRANDS_MAX);

/** The one that is moving if it may and has not for too long, else the first that may; one that spins only if nobody else can. -1: all are asleep. */
function firstAwake(choice: Choice): number {
  const tooLong = choice.state[TURN] >= TURN_STEPS_MAX;
  let first = -1;
  let spinning = -1;
  for (let index = 0; index < choice.count; index++) {
    const strand = choice.strand(index);
    if (choice.state[ASLEEP + strand] === 1) continue;
    if (vain.waits(choice, strand) || (tooLong && strand === choice.last)) {
      if (spinning < 0) spinning = index;
    } else if (strand === choice.last) return index;
    else if (first < 0) first = index;
  }
  return first >= 0 ? first : spinning;
}
