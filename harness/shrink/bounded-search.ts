import { STRANDS_PER_PROCESS } from "../strategies/strategy.ts";
import type { Attempt, AttemptStep, Subject } from "./subject.ts";

/**
 * Every schedule of one input, those with no preemption first, then those with one, and so on: iterative context bounding
 * (Musuvathi and Qadeer, PLDI 2007). Each run is guided through a prefix and goes on without preemption; each place behind
 * the prefix where another strand could have gone is a schedule to visit, at once if that is no preemption, else one
 * level later.
 */
export class BoundedSearch {
  readonly #levels: number[][][] = [[[]]];
  readonly #draws: readonly (readonly unknown[])[];

  constructor(draws: readonly (readonly unknown[])[] = []) {
    this.#draws = draws;
  }

  /** True if no schedule is left, at any level. */
  get exhausted(): boolean {
    return this.#levels.every((level) => level === undefined || level.length === 0);
  }

  /**
   * Visits all schedules with exactly `preemptions` preemptions, after all those with fewer were visited.
   *
   * @param runsMax stop after so many runs
   * @returns the attempts that failed, and whether the level was finished
   */
  async visitLevel(subject: Subject, preemptions: number, runsMax: number): Promise<Level> {
    const failed: Attempt[] = [];
    let runs = 0;
    let queue = this.#levels[preemptions] ?? [];
    while (queue.length > 0) {
      if (runs >= runsMax || subject.stopping) return { failed, runs, finished: false };
      const prefix = queue.pop() as number[];
      const attempt = await subject.attempt({ guide: prefix, draws: this.#draws });
      runs++;
      if (attempt.judgement !== null) failed.push(attempt);
      this.#branch(attempt.steps, prefix.length, preemptions);
      queue = this.#levels[preemptions];
    }
    return { failed, runs, finished: true };
  }

  #branch(steps: readonly AttemptStep[], from: number, preemptions: number): void {
    let cost = 0;
    for (const [index, step] of steps.entries()) {
      if (index >= from) {
        const prefix = steps.slice(0, index).map(({ strand }) => strand);
        for (const other of step.candidates) {
          if (other === step.strand) continue;
          const level = cost + (this.#preempts(steps, index, other) ? 1 : 0);
          // A run can come to more preemptions than its level, where a process sleeps and another has to go on.
          this.#put(Math.max(level, preemptions), [...prefix, other]);
        }
      }
      if (step.preempts) cost++;
    }
  }

  /** Whether going on with `other` at this place leaves a process that could go on. */
  #preempts(steps: readonly AttemptStep[], index: number, other: number): boolean {
    if (index === 0) return false;
    const before = processOf(steps[index - 1].strand);
    if (processOf(other) === before) return false;
    if (steps[index].candidates.some((candidate) => processOf(candidate) === before)) return true;
    // It is not enabled: then the step taken here, by another process, tells whether it is only asleep.
    return processOf(steps[index].strand) !== before && steps[index].preempts;
  }

  #put(level: number, prefix: number[]): void {
    while (this.#levels.length <= level) this.#levels.push([]);
    this.#levels[level].push(prefix);
  }
}

export interface Level {
  readonly failed: readonly Attempt[];
  readonly runs: number;
  readonly finished: boolean;
}

function processOf(strand: number): number {
  return Math.floor(strand / STRANDS_PER_PROCESS);
}
