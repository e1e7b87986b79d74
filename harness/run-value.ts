import type { Fault } from "./fault.ts";

/**
 * A run is a value: running it is a function, and the same value gives the same trace. Replay, shrinking, regression files
 * and reports all read or write this value, and nothing else.
 */
export interface RunValue {
  /** What fast-check generated. */
  readonly input: unknown;
  /** What each process drew, in order. Where a list ends, the smallest value is drawn. */
  readonly draws: readonly (readonly unknown[])[];
  readonly schedule: Schedule;
  /** What befalls the processes, and at which of their steps. */
  readonly faults: readonly Fault[];
  /** A run that comes to no end is cut off after so many steps; absent for all others. */
  readonly cutAfter?: number;
}

/**
 * Which process moves, wherever there is a choice: a list of segments. After the last one each process goes on until it
 * cannot, the one that is moving first.
 */
export type Schedule = readonly Segment[];

/**
 * One strand moves until it is about to take its `occurrence`-th step with this fingerprint, counted from the start of the
 * run; or, with fingerprint 0, until it cannot go on. Fingerprints name what a step does, so a segment still says the same
 * after an edit elsewhere in the program.
 */
export interface Segment {
  /** 64 · process + task. */
  readonly strand: number;
  readonly fingerprint: number;
  readonly occurrence: number;
}

/** The schedule as the numbers that the `replay` strategy follows. */
export function scheduleNumbers(schedule: Schedule): number[] {
  return schedule.flatMap(({ strand, fingerprint, occurrence }) => [strand, fingerprint, occurrence]);
}

/** What happened at each step of a run, as far as a schedule is concerned. */
export interface ScheduledStep {
  readonly strand: number;
  readonly fingerprint: number;
  readonly candidates: readonly number[];
}

/**
 * The schedule that leads through these steps again.
 *
 * @param steps all steps of the run, in order, each with the candidates that there were
 * @param pending fingerprint of the announced step of a strand that never took it; 0 if there is none
 */
export function scheduleOf(steps: readonly ScheduledStep[], pending: (strand: number) => number): Schedule {
  const next = nextFingerprints(steps, pending);
  const seen = new Map<string, number>();
  const segments: Segment[] = [];
  for (const [index, { strand, fingerprint }] of steps.entries()) {
    count(seen, strand, fingerprint);
    const following = steps[index + 1];
    if (following === undefined || following.strand === strand) continue;
    const stoppedBefore = following.candidates.includes(strand) ? next[index] : 0;
    const occurrence = stoppedBefore === 0 ? 0 : (seen.get(`${strand}:${stoppedBefore}`) ?? 0) + 1;
    segments.push({ strand, fingerprint: stoppedBefore, occurrence });
  }
  if (steps.length > 0) segments.push({ strand: steps[steps.length - 1].strand, fingerprint: 0, occurrence: 0 });
  return segments;
}

/** For each step, the fingerprint of the same strand's next one. */
function nextFingerprints(steps: readonly ScheduledStep[], pending: (strand: number) => number): number[] {
  const next: number[] = [];
  const upcoming = new Map<number, number>();
  for (let index = steps.length - 1; index >= 0; index--) {
    const { strand, fingerprint } = steps[index];
    next[index] = upcoming.get(strand) ?? pending(strand);
    upcoming.set(strand, fingerprint);
  }
  return next;
}

function count(seen: Map<string, number>, strand: number, fingerprint: number): void {
  const key = `${strand}:${fingerprint}`;
  seen.set(key, (seen.get(key) ?? 0) + 1);
}
