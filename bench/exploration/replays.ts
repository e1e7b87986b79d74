import type { Checker } from "../../harness/check.ts";
import type { Result } from "../../harness/result.ts";
import type { Scenario } from "../../harness/scenario.ts";
import { SEARCH_STRATEGIES } from "../../harness/strategies/index.ts";
import { SCENARIOS } from "../../scenarios/index.ts";
import type { BenchRow } from "../bench.ts";
import type { Part } from "./part.ts";

/**
 * Every strategy with every scenario of the project: so many runs, each done again from its seed and once more from its
 * schedule, and all three traces must be the same, byte for byte (`distrustEvery: 1`). A check that fails would end the
 * search, so only a property is asked for that no scenario violates. It takes many minutes, so it has to be asked for.
 */
export const replays: Part = async (checker, isWanted, progress) => {
  const rows: BenchRow[] = [];
  // Asked for everything.
  if (isWanted("")) return rows;
  for (const { name: strategy } of SEARCH_STRATEGIES) {
    const name = `replays, ${strategy}`;
    if (!isWanted(name)) continue;
    const different: string[] = [];
    for (const scenario of SCENARIOS) {
      const result = await replayed(checker, scenario, strategy, RUNS);
      if (result.verdict !== "pass") different.push(`${scenario.name}: ${result.message}`);
    }
    if (different.length > 0) throw new Error(`${name}: ${different.join("; ")}`);
    const unit = `scenarios, ${RUNS * REPLAYS_OF_A_RUN} of ${RUNS * REPLAYS_OF_A_RUN} replays the same in each`;
    const row = { name, value: SCENARIOS.length, unit };
    progress(row);
    rows.push(row);
  }
  return rows;
};

const RUNS = 50;
/** From its seed, and from its schedule. */
const REPLAYS_OF_A_RUN = 2;

/** @param runs each of them is done three times */
export function replayed(checker: Checker, scenario: Scenario, strategy: string, runs: number): Promise<Result> {
  return checker.check(scenario, { strategy, runs, seed: 1, jobs: 1, distrustEvery: 1, property: "no-early-exit" });
}
