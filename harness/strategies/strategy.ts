/**
 * A strategy decides which process moves next, wherever there is a choice. One file each, one signature, no state of its
 * own: what it remembers within a run it keeps in `choice.state`, which lies in the lane's memory, because the next
 * decision may be taken by another process. It must not read the clock, the environment or any random number but
 * `choice.random()`.
 *
 * @example
 * export const firstReady: Strategy = { name: "first-ready", choose: () => 0 };
 */
export interface Strategy {
  readonly name: string;
  /** Ask it at every step, also where there is only one candidate. */
  readonly everyStep?: boolean;
  /** Nobody who can move is kept from it for ever. Of the others, the second half of a run that long is a random walk. */
  readonly fair?: boolean;
  /** It reads what the block's profile run counted (profile.ts). */
  readonly profiled?: boolean;
  /** Called before each run. `choice.state` still holds what the last run left. */
  begin?(choice: Choice): void;
  /** A strand has announced its next step (or was woken, which makes it announce again). */
  announced?(choice: Choice, strand: number): void;
  /** Index of the candidate to go next, 0 ... choice.count - 1; called only if there are at least two. -1 ends the run here. */
  choose(choice: Choice): number;
  /** The step was granted, by choice or because it was the only one. */
  granted?(choice: Choice, strand: number): void;
}

/**
 * What a strategy sees: the candidates, that is the strands whose announced step is enabled, by ascending strand.
 *
 * A strand is one line of execution: number 64 · process + task, where a process that awaits one thing at a time has one.
 */
export interface Choice {
  readonly count: number;
  strand(index: number): number;
  kind(index: number): number;
  /** The object of the announced step: equal numbers are the same object; 0 means none. */
  object(index: number): number;
  /** Whether the announced step may change its object. */
  writes(index: number): boolean;
  /** Identifies the announced step of a strand by what it does, not by where it stands: kind and name of the object. */
  fingerprint(strand: number): number;
  /** The announced step is enabled only while its object holds a certain value. */
  guarded(index: number): boolean;
  /** Whether the announced steps of two candidates do not commute; see harness/dependency.ts. */
  dependent(index: number, other: number): boolean;
  /** The strand's last step left everything as it was: a look, a failed exchange, a pause. */
  idle(strand: number): boolean;
  /** The strand that took the previous step, or -1. */
  readonly last: number;
  /** Steps granted so far in this run. */
  readonly steps: number;
  /** Processes of this run, but for those that its program starts itself. */
  readonly processes: number;
  /** One more than the highest number that a process may have: with it the state of a strategy is cleared, and nothing is drawn. */
  readonly places: number;
  /** Processes with the same number play the same role. */
  role(process: number): number;
  readonly state: Float64Array;
  /** In [0, 1), from the run's seed. */
  random(): number;
  /** Upper bound in ms of what the strand's announced step may take, where the program says so (`think`); else 0. */
  thinkMs(strand: number): number;
  /** The schedule to follow, for strategies that follow one. */
  readonly scheduleLength: number;
  schedule(index: number): number;
  /** The strategy cannot follow the schedule any further from here on: it is this strand's turn, and it cannot take it. */
  diverged(strand: number): void;
}

/** Strands of one process. */
export const STRANDS_PER_PROCESS = 64;

export function processOf(strand: number): number {
  return Math.floor(strand / STRANDS_PER_PROCESS);
}

/** One strand that goes on for so many steps while another could move is passed over, or that other one might never come. */
export const TURN_STEPS_MAX = 500;

/** The place of a strand among the candidates, -1 if it is none. */
export function indexOfStrand(choice: Choice, strand: number): number {
  for (let index = 0; index < choice.count; index++) {
    if (choice.strand(index) === strand) return index;
  }
  return -1;
}

/** The candidate that goes on where it is, else the first one: runs each process until it cannot go on. */
export function withoutPreemption(choice: Choice): number {
  for (let index = 0; index < choice.count; index++) {
    if (choice.strand(index) === choice.last) return index;
  }
  const process = processOf(choice.last);
  for (let index = 0; index < choice.count; index++) {
    if (processOf(choice.strand(index)) === process) return index;
  }
  return 0;
}
