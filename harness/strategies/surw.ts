import { BEHIND_PRIORITIES, drawPriority, forgetPriorities, priorityOf } from "./priorities.ts";
import { drawRacyObject, profiledAccesses, profiledStarter } from "./profile.ts";
import { forgetSpinning, spins } from "./spinning.ts";
import { PROCESSES_MAX } from "./state-places.ts";
import { indexOfStrand, processOf, STRANDS_PER_PROCESS, type Choice, type Strategy } from "./strategy.ts";

/**
 * Selectively uniform random walk (Zhao, Wolff, Mathur and Roychoudhury, ASPLOS 2025): one object is drawn for each run, and
 * among the orders in which it can be accessed each is as likely; what happens between these accesses is left to random
 * priorities. Bugs tend to be an order of the accesses to one object, and those are few, however long the program is.
 *
 * The next one to access the object is chosen beforehand, in proportion to the accesses that each has left (from the
 * block's profile run); others that come to it first are held back. Who is yet to be set going counts for its starter.
 */
export const surw: Strategy = {
  name: "surw",
  profiled: true,

  begin(choice) {
    forgetPriorities(choice);
    forgetSpinning(choice);
    const { state } = choice;
    state[OBJECT] = drawRacyObject(choice);
    state[INTENDED] = NOBODY;
    state.fill(0, HELD_BACK, HELD_BACK + choice.places * STRANDS_PER_PROCESS);
    state.fill(0, STARTED, STARTED + choice.places);
    weighAccesses(choice);
    for (let process = 0; process < choice.places; process++) {
      // Its own accesses count for it, and for everybody up the line of starters.
      const share = profiledAccesses(choice, state[OBJECT], process) * state[UNIT + process];
      for (let at = process; at >= 0; at = profiledStarter(choice, at)) state[LEFT + at] += share;
    }
  },

  announced: drawPriority,

  choose(choice) {
    noticeStarts(choice);
    const { state } = choice;
    for (;;) {
      const index = highestFree(choice);
      if (index < 0) {
        release(choice);
        continue;
      }
      if (state[OBJECT] === 0 || choice.object(index) !== state[OBJECT]) return index;
      if (state[INTENDED] === NOBODY) state[INTENDED] = drawIntended(choice);
      if (processOf(choice.strand(index)) === state[INTENDED]) return index;
      state[HELD_BACK + choice.strand(index)] = 1;
    }
  },

  granted(choice, strand) {
    noticeStarts(choice);
    const { state } = choice;
    const index = indexOfStrand(choice, strand);
    if (state[OBJECT] !== 0 && choice.object(index) === state[OBJECT]) {
      const process = processOf(choice.strand(index));
      state[LEFT + process] -= state[UNIT + process];
      release(choice);
    }
    if (spins(choice, strand)) {
      release(choice);
      for (let other = 0; other < choice.count; other++) drawPriority(choice, choice.strand(other));
    }
  },
};

const NOBODY = -1;
const BY_ROLE_SHARE = 2 / 3;

// Places in the strategy's state.
const OBJECT = BEHIND_PRIORITIES;
/** The process that is to access the object next. */
const INTENDED = BEHIND_PRIORITIES + 1;
const LEFT = BEHIND_PRIORITIES + 16;
/** What one access of a process weighs. */
const UNIT = LEFT + PROCESSES_MAX;
const STARTED = UNIT + PROCESSES_MAX;
const HELD_BACK = STARTED + PROCESSES_MAX;

/**
 * In a third of the runs each access weighs the same, as in the paper. In the others each role does, however many processes
 * play it: orders that differ only in which of several equals goes first are the same to the one that is different.
 */
function weighAccesses(choice: Choice): void {
  const { state } = choice;
  const byRole = choice.random() < BY_ROLE_SHARE;
  for (let process = 0; process < choice.places; process++) {
    state[LEFT + process] = 0;
    state[UNIT + process] = byRole ? 1 / Math.max(1, accessesOfRole(choice, choice.role(process))) : 1;
  }
}

function accessesOfRole(choice: Choice, role: number): number {
  let accesses = 0;
  for (let process = 0; process < choice.places; process++) {
    if (choice.role(process) === role) accesses += profiledAccesses(choice, choice.state[OBJECT], process);
  }
  return accesses;
}

/** What a process that has just been set going is to do counts no longer for its starter. */
function noticeStarts(choice: Choice): void {
  const { state } = choice;
  for (let index = 0; index < choice.count; index++) {
    const process = processOf(choice.strand(index));
    if (state[STARTED + process] === 1) continue;
    state[STARTED + process] = 1;
    const starter = profiledStarter(choice, process);
    if (starter < 0) continue;
    const share = state[LEFT + process] / Math.max(1, state[LEFT + starter]);
    if (state[INTENDED] === starter && choice.random() < share) state[INTENDED] = process;
    state[LEFT + starter] = Math.max(0, state[LEFT + starter] - state[LEFT + process]);
  }
}

/** The candidate with the highest priority among those that are not held back; -1 if all are. */
function highestFree(choice: Choice): number {
  let first = -1;
  for (let index = 0; index < choice.count; index++) {
    const strand = choice.strand(index);
    if (choice.state[HELD_BACK + strand] === 1) continue;
    if (first < 0 || priorityOf(choice, strand) > priorityOf(choice, choice.strand(first))) first = index;
  }
  return first;
}

/** One of the processes that can move, in proportion to the accesses that they have left. */
function drawIntended(choice: Choice): number {
  let total = 0;
  for (let index = 0; index < choice.count; index++) total += weightOf(choice, index);
  let left = choice.random() * total;
  for (let index = 0; index < choice.count; index++) {
    left -= weightOf(choice, index);
    if (left < 0) return processOf(choice.strand(index));
  }
  return processOf(choice.strand(choice.count - 1));
}

/** One that is about to access the object has at least this access left, whatever the profile says. */
function weightOf(choice: Choice, index: number): number {
  const { state } = choice;
  if (state[HELD_BACK + choice.strand(index)] === 1) return 0;
  const left = state[LEFT + processOf(choice.strand(index))];
  return Math.max(left, choice.object(index) === state[OBJECT] ? state[UNIT + processOf(choice.strand(index))] : 0);
}

function release(choice: Choice): void {
  choice.state[INTENDED] = NOBODY;
  choice.state.fill(0, HELD_BACK, HELD_BACK + choice.places * STRANDS_PER_PROCESS);
}
