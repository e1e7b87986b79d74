import { learn, undecided } from "../exhaustive/asides.ts";
import type { Aside } from "../exhaustive/execution.ts";
import { HappensBefore, numberOf } from "../exhaustive/happens-before.ts";
import type { AttemptStep } from "../shrink/subject.ts";
import type { RecordedExecution } from "./recorded-execution.ts";

/**
 * The steps of a run with the places that they are taken at. None where the order of one process's own tasks would matter, or where
 * a program starts processes, or steps are counted: that is not understood well enough to take two runs for the same.
 *
 * @param known bytes that are looked at or changed without a step, and that no steps put in order; gets what the run shows of
 * them, and then all places that were told before are not to be relied on
 */
export function placed(
  steps: readonly AttemptStep[],
  execution: RecordedExecution,
  known: Aside[],
): { readonly steps: readonly AttemptStep[]; readonly anew?: boolean } {
  if (execution.order === "in steps" || execution.manyStrands || execution.hasFamily || execution.asidesLost)
    return { steps };
  const order = new HappensBefore();
  for (const step of execution.steps) order.add(step);
  if (learn(known, undecided(execution.steps, order, 0))) return { steps, anew: true };
  const places = order.digests();
  return { steps: steps.map((step, index) => ({ ...step, place: numberOf(places[index]) })) };
}
