import type { Checker } from "../../harness/check.ts";
import type { Result } from "../../harness/result.ts";
import type { Scenario } from "../../harness/scenario.ts";
import { SEARCH_STRATEGIES } from "../../harness/strategies/index.ts";
import { SCENARIOS } from "../../scenarios/index.ts";
import type { BenchRow } from "../bench.ts";
import type { Part } from "./part.ts";

/**
 * Every strategy with every scenario of the project: so many runs, each done again from its seed and once more from its
 * token, and all three traces must be the same, byte for byte (`distrustEvery: 1`). A check that fails would end the
 * search, so only a property is asked for that no scenario violates. All of it takes more than half an hour, so it has to be
 * asked for; the words choose among the rows, `"replays, pct, lock"` for example.
 */
export const replays: Part = async (checker, isWanted, progress) => {
  const rows: BenchRow[] = [];
  // Asked for everything.
  if (isWanted("")) return rows;
  for (const { name: strategy } of SEARCH_STRATEGIES) {
    const ofStrategy: BenchRow[] = [];
    for (const scenario of SCENARIOS) {
      const name = `replays, ${strategy}, ${scenario.name}`;
      if (!isWanted(name)) continue;
      const row = rowOf(name, await replayed(checker, scenario, strategy, RUNS));
      progress(row);
      ofStrategy.push(row);
    }
    rows.push(...ofStrategy, ...(ofStrategy.length === SCENARIOS.length ? [summaryOf(strategy, ofStrategy)] : []));
  }
  return rows;
};

const RUNS = 50;
/** From its seed, and from its token. */
const REPLAYS_OF_A_RUN = 2;
const REPLAYS = RUNS * REPLAYS_OF_A_RUN;

/** @param runs each of them is done three times */
export function replayed(checker: Checker, scenario: Scenario, strategy: string, runs: number): Promise<Result> {
  return checker.check(scenario, { strategy, runs, seed: 1, jobs: 1, distrustEvery: 1, property: "no-early-exit" });
}

function rowOf(name: string, { verdict, property, message, runs, schedulingPoints, elapsedMs }: Result): BenchRow {
  const unit = `of ${REPLAYS} replays the same (${schedulingPoints} steps, ${(elapsedMs / 1000).toFixed(1)} s)`;
  // That nobody had a choice is said after all of the runs; so it is where only time decides who moves.
  const same = verdict === "pass" || property === "no-concurrency";
  // The last run is the one that was not the same.
  const value = same ? REPLAYS : (runs - 1) * REPLAYS_OF_A_RUN;
  return { name, value, unit, target: { met: same, what: message ?? verdict } };
}

function summaryOf(strategy: string, rows: readonly BenchRow[]): BenchRow {
  const same = rows.reduce((sum, { value }) => sum + value, 0);
  const name = `replays, ${strategy}, all scenarios`;
  return { name, value: same, unit: `of ${rows.length} x ${REPLAYS} replays the same` };
}
