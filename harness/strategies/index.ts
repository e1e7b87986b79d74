import { guide } from "./guide.ts";
import { randomDelay } from "./random-delay.ts";
import { randomWalk } from "./random-walk.ts";
import { replay } from "./replay.ts";
import type { Strategy } from "./strategy.ts";

/** All strategies; a strategy's place in this list is its number in the lane's memory. */
export const STRATEGIES: readonly Strategy[] = [randomDelay, randomWalk, replay, guide];

/** The ones that search by themselves: what `--strategy` takes, and what the default rotates through. */
export const SEARCH_STRATEGIES: readonly Strategy[] = [randomDelay, randomWalk];

export function strategyNumber(name: string): number {
  return STRATEGIES.findIndex((strategy) => strategy.name === name);
}
