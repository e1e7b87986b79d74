import { conflict, type Execution, type Plan } from "../exhaustive/execution.ts";
import { processOf } from "../strategies/strategy.ts";
import type { FirstSteps } from "./first-steps.ts";

/**
 * A guide to where a step was taken that was asleep or came too early, and then to another one; null if none was. Where there is no
 * other, or the plan's own guide comes to one that is asleep, the number of steps before.
 *
 * @param candidates who could have moved, for each step
 */
export function wayRound(
  { steps }: Pick<Execution, "steps">,
  candidates: readonly (readonly number[])[],
  plan: Plan,
  firstSteps: FirstSteps,
): number[] | number | null {
  let { asleep } = plan;
  for (let index = plan.asleepFrom; index < steps.length; index++) {
    const step = steps[index];
    const before = steps.slice(0, index);
    const isAwake = (strand: number): boolean => !asleep.some((sleeper) => sleeper.strand === strand);
    if (index < plan.guide.length) {
      if (!isAwake(step.strand)) return index;
    } else if (!isAwake(step.strand) || !firstSteps.mayMove(processOf(step.strand), before)) {
      const other = candidates[index].find(
        (strand) => isAwake(strand) && firstSteps.mayMove(processOf(strand), before),
      );
      return other === undefined ? index : [...before.map(({ strand }) => strand), other];
    }
    asleep = asleep.filter((sleeper) => !conflict(sleeper, step));
  }
  return null;
}
