import { PLACES, PROCESSES_MAX } from "./state-places.ts";
import { indexOfStrand, processOf, type Choice, type Strategy } from "./strategy.ts";

/**
 * A uniform walk that counts. The first run of each block is one, and the block's other runs find its counts in their
 * state: how many steps a run has (PCT, delay-bounded), who accesses which object how often, and who set whom going
 * (SURW). A block has one input and belongs to one lane, so what a run does depends on the seed alone, whatever the number
 * of lanes and whatever was checked before.
 */
export const profile: Strategy = {
  name: "profile",
  fair: true,
  everyStep: true,

  begin(choice) {
    const { state } = choice;
    state.fill(0, PLACES.profile, OBJECTS + OBJECTS_MAX * OBJECT_PLACES);
    state.fill(UNSEEN, STARTERS, STARTERS + PROCESSES_MAX);
  },

  choose(choice) {
    const { state } = choice;
    state[STEPS]++;
    const starter = choice.last < 0 ? NOBODY : processOf(choice.last);
    for (let index = 0; index < choice.count; index++) {
      const process = processOf(choice.strand(index));
      if (state[STARTERS + process] === UNSEEN) state[STARTERS + process] = starter === process ? NOBODY : starter;
    }
    return choice.count > 1 ? Math.floor(choice.random() * choice.count) : 0;
  },

  granted(choice, strand) {
    const index = indexOfStrand(choice, strand);
    // Who only waits for a value has no say in when it comes there.
    if (choice.guarded(index) && !choice.writes(index)) return;
    const at = placeOf(choice, choice.object(index));
    if (at < 0) return;
    const { state } = choice;
    state[at + OBJECT] = choice.object(index);
    state[at + COUNTS + processOf(strand)]++;
    if (choice.writes(index)) state[at + WRITES]++;
  },
};

/**
 * Steps of the profile run, at least 1. Not only those with a choice: where a short process ends early, the profile run had
 * few choices, and another run has many.
 */
export function profiledSteps(choice: Choice): number {
  return Math.max(1, choice.state[STEPS]);
}

/** How often the process accessed the object in the profile run. */
export function profiledAccesses(choice: Choice, object: number, process: number): number {
  const at = placeOf(choice, object);
  return at < 0 ? 0 : choice.state[at + COUNTS + process];
}

/** The process whose step made this one able to move for the first time; -1 if it could from the beginning. */
export function profiledStarter(choice: Choice, process: number): number {
  return choice.state[STARTERS + process];
}

/**
 * One of the objects over which processes can race, that is which several accessed and one wrote; each as likely as it was
 * accessed often. 0 if there is none.
 */
export function drawRacyObject(choice: Choice): number {
  const { state } = choice;
  let total = 0;
  for (let slot = 0; slot < OBJECTS_MAX; slot++) total += racyAccesses(choice, slot);
  let left = choice.random() * total;
  for (let slot = 0; slot < OBJECTS_MAX; slot++) {
    const accesses = racyAccesses(choice, slot);
    if (accesses > 0 && left < accesses) return state[OBJECTS + slot * OBJECT_PLACES + OBJECT];
    left -= accesses;
  }
  return 0;
}

// Places in the profile.
const STEPS = PLACES.profile;
const STARTERS = PLACES.profile + 16;
const OBJECTS = STARTERS + PROCESSES_MAX;
/** Objects beyond these are not counted; a power of two. */
const OBJECTS_MAX = 64;

// Places of an object.
const OBJECT = 0;
const WRITES = 1;
const COUNTS = 2;
const OBJECT_PLACES = COUNTS + PROCESSES_MAX;

const UNSEEN = -2;
const NOBODY = -1;

/** Where the object's counts are or may begin; -1 if it has none and there is no room left. */
function placeOf(choice: Choice, object: number): number {
  if (object === 0) return -1;
  const { state } = choice;
  let slot = Math.imul(object, 0x9e3779b1) >>> 26;
  for (let tries = 0; tries < OBJECTS_MAX; tries++) {
    const at = OBJECTS + slot * OBJECT_PLACES;
    if (state[at + OBJECT] === object || state[at + OBJECT] === 0) return at;
    slot = (slot + 1) % OBJECTS_MAX;
  }
  return -1;
}

function racyAccesses(choice: Choice, slot: number): number {
  const { state } = choice;
  const at = OBJECTS + slot * OBJECT_PLACES;
  if (state[at + WRITES] === 0) return 0;
  let sharers = 0;
  let accesses = 0;
  for (let process = 0; process < choice.places; process++) {
    if (state[at + COUNTS + process] > 0) sharers++;
    accesses += state[at + COUNTS + process];
  }
  return sharers > 1 ? accesses : 0;
}
