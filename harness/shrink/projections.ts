import { processOf, STRANDS_PER_PROCESS } from "../strategies/strategy.ts";
import type { Attempt } from "./subject.ts";

/**
 * Guides for a program with so many processes fewer, made from a run that is known: the steps of the first processes alone, and those
 * of the processes that move first. The rest of its steps are dropped.
 */
export function projections({ steps }: Pick<Attempt, "steps">, processes: number): number[][] {
  const strands = steps.map(({ strand }) => strand);
  const movers = [...new Set(strands.map(processOf))].slice(0, processes).sort((a, b) => a - b);
  const sets = [Array.from({ length: processes }, (_, process) => process), movers];
  const guides = sets.map((kept) =>
    strands
      .filter((strand) => kept.includes(processOf(strand)))
      .map((strand) => strand + (kept.indexOf(processOf(strand)) - processOf(strand)) * STRANDS_PER_PROCESS),
  );
  return guides[0].join() === guides[1].join() ? [guides[0]] : guides;
}
