import type { ExecutedStep, Execution } from "../exhaustive/execution.ts";
import { processOf } from "../strategies/strategy.ts";

/**
 * Processes that make no difference if they change places move for the first time in their order: each run is like one that does so.
 * For an exhaustive search that is a program in which the first step of each enables that of the next one in its group. So it says of
 * the runs that it is given who enabled whom, and of those who may move who may not yet. Only where somebody is blocked at its very
 * first step the search does not know of that, and executes a few runs more.
 *
 * (Breaking symmetry by an order among equals; of k that are alike it leaves one run of up to k! that are.)
 */
export class FirstSteps {
  /** By process, the one that moves before it. */
  readonly #before = new Map<number, number>();

  /** @param alike groups of processes, by their numbers */
  constructor(alike: readonly (readonly number[])[]) {
    for (const group of alike) {
      for (const [at, process] of group.entries()) if (at > 0) this.#before.set(process, group[at - 1]);
    }
  }

  /** Whether all may move as they like. */
  get free(): boolean {
    return this.#before.size === 0;
  }

  /** Whether that process may move behind these steps. */
  mayMove(process: number, steps: readonly ExecutedStep[]): boolean {
    const other = this.#before.get(process);
    return (
      other === undefined ||
      steps.some((step) => processOf(step.strand) === process || processOf(step.strand) === other)
    );
  }

  /** The run, as one in which first steps enable others. */
  told<Run extends Execution>(run: Run): Run {
    if (this.free) return run;
    const firsts = new Map<number, number>();
    const steps = run.steps.map((step, index) => {
      const process = processOf(step.strand);
      if (firsts.has(process)) return step;
      firsts.set(process, index);
      const other = this.#before.get(process);
      return other === undefined ? step : { ...step, enabler: firsts.get(other) ?? -1 };
    });
    return { ...run, steps };
  }
}
