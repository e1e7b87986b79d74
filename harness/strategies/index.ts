import { delayBounded } from "./delay-bounded.ts";
import { explorer } from "./explorer.ts";
import { guide } from "./guide.ts";
import { lockstep } from "./lockstep.ts";
import { pct } from "./pct.ts";
import { pos } from "./pos.ts";
import { profile } from "./profile.ts";
import { randomDelay } from "./random-delay.ts";
import { randomWalk } from "./random-walk.ts";
import { replay } from "./replay.ts";
import type { Strategy } from "./strategy.ts";
import { surw } from "./surw.ts";
import { swarm } from "./swarm.ts";

/** The ones that search by themselves: what `--strategy` takes, and what the default gives its time to. */
export const SEARCH_STRATEGIES: readonly Strategy[] = [
  surw,
  pct,
  pos,
  randomDelay,
  swarm,
  delayBounded,
  randomWalk,
  lockstep,
];

/** All strategies; a strategy's place in this list is its number in the lane's memory. */
export const STRATEGIES: readonly Strategy[] = [...SEARCH_STRATEGIES, profile, replay, guide, explorer];

export function strategyNumber(name: string): number {
  return STRATEGIES.findIndex((strategy) => strategy.name === name);
}
