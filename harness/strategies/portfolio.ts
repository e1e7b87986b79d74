import { SEARCH_STRATEGIES } from "./index.ts";

/**
 * Who gets the next run. No strategy wins everywhere, so each gets some runs, and one gets the more of them the more often
 * its runs were ones that had not been seen: the one with the best rate of news per share is next.
 *
 * It knows one block only, and it is pure: what it says depends on what it was told.
 */
export class Portfolio {
  readonly #members: Member[];

  /** @param block the occasional ones take turns, one in each block */
  constructor(strategies: readonly string[], block: number) {
    const occasional = strategies.filter((strategy) => SHARES[strategy] === undefined);
    const guest = occasional[block % occasional.length];
    this.#members = strategies
      .filter((strategy) => strategy === guest || !occasional.includes(strategy))
      .map((strategy) => ({ strategy, share: SHARES[strategy] ?? OCCASIONAL_SHARE, runs: 0, news: 0 }));
  }

  next(): string {
    let best = this.#members[0];
    for (const member of this.#members) if (claimOf(member) > claimOf(best)) best = member;
    return best.strategy;
  }

  /** @param isNew nobody in this block had come to the same order of racing steps before */
  learn(strategy: string, isNew: boolean): void {
    const member = this.#members.find((other) => other.strategy === strategy);
    if (member === undefined) return;
    member.runs++;
    if (isNew) member.news++;
  }
}

/** True if one of them needs what a profile run counts. */
export function needProfile(strategies: readonly string[]): boolean {
  return SEARCH_STRATEGIES.some(({ name, profiled }) => profiled === true && strategies.includes(name));
}

interface Member {
  readonly strategy: string;
  readonly share: number;
  runs: number;
  news: number;
}

/**
 * As long as all of them find news: two runs of three to SURW, because where it is good it is better than the others by far
 * more than they are where it is not.
 */
const SHARES: Readonly<Record<string, number>> = { surw: 8, pct: 2, pos: 1.5 };
const OCCASIONAL_SHARE = 0.75;

/** Falls with each run that it gets, slower for a larger share and for a better rate of news. */
function claimOf({ share, runs, news }: Member): number {
  return (share * (news + 1)) / (runs + 1) / (runs + 1);
}
