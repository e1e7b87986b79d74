import { globalMutex } from "../../cases/global-mutex.ts";
import type { FaultBudget } from "../../harness/fault.ts";
import type { Scenario } from "../../harness/scenario.ts";
import { ticketRushFileFixed } from "../../scenarios/ticket-rush-file.ts";
import type { BenchRow } from "../bench.ts";
import { rushOf10ForOne } from "../rush.ts";
import { said } from "./mutants.ts";
import type { Part } from "./part.ts";

/** How many runs, and how long, it takes to make a failure small of which much is to be searched. */
export const shrinking: Part = async (checker, isWanted, progress) => {
  const rows: BenchRow[] = [];
  for (const { name, scenario, faults } of FAILURES) {
    if (!isWanted(`shrinking, ${name}`)) continue;
    const result = await checker.check(scenario, { seed: 1, jobs: 1, ...(faults === undefined ? {} : { faults }) });
    const { counterexample } = result;
    if (counterexample === undefined) throw new Error(`${name}: ${result.verdict} ${result.message ?? ""}`);
    const unit = `runs (${said(result, counterexample.foundInRun)})`;
    const row = { name: `shrinking, ${name}`, value: counterexample.shrinkRuns, unit };
    progress(row);
    rows.push(row);
  }
  return rows;
};

const FAILURES: readonly { readonly name: string; readonly scenario: Scenario; readonly faults?: FaultBudget }[] = [
  { name: "ten buyers of one ticket", scenario: rushOf10ForOne as unknown as Scenario },
  { name: "a death before the file", scenario: ticketRushFileFixed as unknown as Scenario, faults: { kill: 1 } },
  { name: "global-mutex", scenario: globalMutex as unknown as Scenario },
];
