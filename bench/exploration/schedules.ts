import type { Checker } from "../../harness/check.ts";
import { PORTFOLIO } from "../../harness/options.ts";
import type { Scenario } from "../../harness/scenario.ts";
import { SEARCH_STRATEGIES } from "../../harness/strategies/index.ts";
import type { BenchRow, Target } from "../bench.ts";
import type { Part } from "./part.ts";
import * as programs from "./programs.ts";
import { bestPublished, PUBLISHED } from "./published.ts";

/**
 * How many schedules it takes until a bug shows: the mean over 20 seeds, for the portfolio and for each strategy alone, next
 * to what was published for the same programs. The numbers depend on the seeds alone, not on the machine.
 */
export const schedules: Part = async (checker, isWanted, progress) => {
  const rows: BenchRow[] = [];
  for (const strategy of [PORTFOLIO, ...SEARCH_STRATEGIES.map(({ name }) => name)]) {
    for (const program of Object.values(programs)) {
      if (!isWanted(`schedules, ${program.name}, ${strategy}`)) continue;
      const measured = await row(checker, program, strategy);
      progress(measured);
      rows.push(measured);
    }
  }
  return rows;
};

const SEEDS = 20;
/** The portfolio's mean to the best published strategy's for that program. */
const RATIO_MAX = 2;
const RUNS_MAX: Readonly<Record<string, number>> = { [PORTFOLIO]: 10_000 };
/** One strategy alone may never find it; then it is not worth the time of the published budget. */
const RUNS_ALONE_MAX = 2000;

async function row(checker: Checker, program: Scenario, strategy: string): Promise<BenchRow> {
  const name = program.name as string;
  const runsMax = RUNS_MAX[strategy] ?? RUNS_ALONE_MAX;
  let runs = 0;
  let found = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const result = await checker.check(program, { strategy, seed, runs: runsMax, jobs: 1, endOnFailure: true }, name);
    if (result.verdict === "error") throw new Error(`${name}: ${result.message}`);
    runs += result.counterexample?.foundInRun ?? 0;
    if (result.verdict === "fail") found++;
  }
  const mean = found === 0 ? runsMax : Math.round((runs / found) * 10) / 10;
  const peer = peerOf(name, strategy);
  return {
    name: `schedules, ${name}, ${strategy}`,
    value: mean,
    unit: `schedules (${found} of ${SEEDS})`,
    ...(peer === null
      ? {}
      : { peer: peer.name, peerValue: peer.schedules, ratio: Math.round((mean / peer.schedules) * 100) / 100 }),
    ...(strategy === PORTFOLIO ? { target: targetOf(found, mean / bestPublished(name).schedules) } : {}),
  };
}

/** Of the portfolio; how a strategy does alone is only to be known. */
function targetOf(found: number, ratio: number): Target {
  const what = `found with ${SEEDS} of ${SEEDS} seeds, in at most ${RATIO_MAX} times the best published mean`;
  return { met: found === SEEDS && ratio <= RATIO_MAX, what };
}

function peerOf(program: string, strategy: string): { readonly name: string; readonly schedules: number } | null {
  if (strategy === PORTFOLIO) {
    const best = bestPublished(program);
    return { name: `best published, ${best.strategy} (${best.schedules})`, schedules: best.schedules };
  }
  const schedules = PUBLISHED[program][strategy];
  return schedules === null || schedules === undefined ? null : { name: `published (${schedules})`, schedules };
}
