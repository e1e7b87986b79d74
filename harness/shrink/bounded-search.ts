import type { Bound } from "../bound.ts";
import type { Fault } from "../fault.ts";
import { STRANDS_PER_PROCESS } from "../strategies/strategy.ts";
import type { Attempt, AttemptStep, Subject } from "./subject.ts";

/**
 * Every schedule of one input, those with no preemption first, then those with one, and so on: iterative context bounding
 * (Musuvathi and Qadeer, PLDI 2007). Or by delays: how often whoever would be next is passed over (Emmi, Qadeer and
 * Rakamaric, POPL 2011), where next is who is moving, and if that one cannot, the first that can. Each run is guided through a prefix and goes on without preemption; each place behind
 * the prefix where another strand could have gone is a schedule to visit, at once if that is no preemption, else one
 * level later.
 */
export class BoundedSearch {
  readonly #levels: Branch[][] = [[{ strands: [], length: 0, other: -1 }]];
  readonly #faults: readonly Fault[];
  readonly #costOf: (steps: readonly AttemptStep[], index: number, strand: number) => number;

  /**
   * @param faults befall every run
   * @param by what counts as a level
   */
  constructor(faults: readonly Fault[] = [], by: Bound["of"] = "preemptions") {
    this.#faults = faults;
    this.#costOf = by === "delays" ? delaysOf : preemptionsOf;
  }

  /** True if no schedule is left, at any level. */
  get exhausted(): boolean {
    return this.#levels.every((level) => level.length === 0);
  }

  /** Schedules that are known and have not been visited: at least so many are left. */
  get known(): number {
    return this.#levels.reduce((sum, level) => sum + level.length, 0);
  }

  /**
   * Visits all schedules with exactly so many preemptions or delays, after all those with fewer were visited.
   *
   * @param mayGoOn asked before each run
   * @param visit told of each run
   * @returns whether the level was finished
   */
  async visitLevel(
    subject: Subject,
    level: number,
    mayGoOn: () => boolean,
    visit: (attempt: Attempt) => void,
  ): Promise<boolean> {
    for (;;) {
      const queue = this.#levels[level];
      if (queue === undefined || queue.length === 0) return true;
      if (!mayGoOn() || subject.stopping) return false;
      const branch = queue.pop() as Branch;
      const guide = branch.strands.slice(0, branch.length);
      if (branch.other >= 0) guide.push(branch.other);
      const attempt = await subject.attempt({ guide, draws: [], faults: this.#faults });
      visit(attempt);
      this.#branch(attempt.steps, guide.length, level);
    }
  }

  #branch(steps: readonly AttemptStep[], from: number, least: number): void {
    const strands = steps.map(({ strand }) => strand);
    let cost = 0;
    for (const [length, step] of steps.entries()) {
      if (length >= from) {
        for (const other of step.candidates) {
          if (other === step.strand) continue;
          // A run can come to more preemptions than its level, where a process sleeps and another has to go on.
          const level = Math.max(cost + this.#costOf(steps, length, other), least);
          this.#put(level, { strands, length, other });
        }
      }
      cost += this.#costOf(steps, length, step.strand);
    }
  }

  #put(level: number, branch: Branch): void {
    while (this.#levels.length <= level) this.#levels.push([]);
    this.#levels[level].push(branch);
  }
}

/** The first `length` strands of a run, then another one than it took; all branches of a run share its list. */
interface Branch {
  readonly strands: readonly number[];
  readonly length: number;
  readonly other: number;
}

/** How many are passed over at this place if `strand` goes on: who moved last comes first, then all others in their order. */
function delaysOf(steps: readonly AttemptStep[], index: number, strand: number): number {
  const { candidates } = steps[index];
  const last = index === 0 ? -1 : steps[index - 1].strand;
  if (strand === last) return 0;
  const before = candidates.filter((other) => other < strand && other !== last).length;
  return before + (candidates.includes(last) ? 1 : 0);
}

function preemptionsOf(steps: readonly AttemptStep[], index: number, strand: number): number {
  return (strand === steps[index].strand ? steps[index].preempts : preempts(steps, index, strand)) ? 1 : 0;
}

/** Whether going on with `other` at this place leaves a process that could go on. */
function preempts(steps: readonly AttemptStep[], index: number, other: number): boolean {
  if (index === 0) return false;
  const before = processOf(steps[index - 1].strand);
  if (processOf(other) === before) return false;
  if (steps[index].candidates.some((candidate) => processOf(candidate) === before)) return true;
  // It is not enabled: then the step taken here, by another process, tells whether it is only asleep.
  return processOf(steps[index].strand) !== before && steps[index].preempts;
}

function processOf(strand: number): number {
  return Math.floor(strand / STRANDS_PER_PROCESS);
}
