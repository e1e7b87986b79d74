import type { Measure } from "../measure.ts";

/** What was searched. */
export class Ledger {
  readonly visited: Measure[] = [];
  /** Everything that is smaller than what comes next was searched, as far as it has at most so many preemptions. */
  within = Infinity;
  /** Of the runs, the ones of proofs. */
  proofRuns = 0;
  readonly #runsMax: number;
  readonly #stepsMax: number;
  #steps = 0;

  /** @param stepsMax runs and steps are limited, because a run can be long */
  constructor(runsMax: number, stepsMax: number) {
    this.#runsMax = runsMax;
    this.#stepsMax = stepsMax;
  }

  enter(measure: Measure): void {
    this.visited.push(measure);
    this.#steps += measure.steps;
  }

  /** Something smaller was searched only as far as it has at most so many preemptions; below 0, not even so. */
  leaveOut(most: number): void {
    this.within = Math.min(this.within, most);
  }

  get certificate(): Certificate {
    const { within } = this;
    return { minimal: within === Infinity, ...(within >= 0 && within < Infinity ? { minimalWithin: within } : {}) };
  }

  /** @param runsMax not beyond so many of all runs either */
  mayGoOn(runsMax = Infinity): boolean {
    return this.visited.length < Math.min(runsMax, this.#runsMax) && this.#steps < this.#stepsMax;
  }
}

export interface Certificate {
  /** No smaller program fails, and this one not with fewer preemptions: all of that was searched. */
  readonly minimal: boolean;
  /** If not all of it, then all with at most so many preemptions; not there where not even that is so. */
  readonly minimalWithin?: number;
}
