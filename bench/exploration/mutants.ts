import type { Checker } from "../../harness/check.ts";
import type { Result } from "../../harness/result.ts";
import { MODEL_MUTANTS } from "../../scenarios/fixtures/model-mutants.ts";
import { MUTANTS, type Mutant } from "../../scenarios/primitives/fixtures/mutants.ts";
import type { BenchRow } from "../bench.ts";
import type { Part } from "./part.ts";

/**
 * Every seeded bug of the primitives: by what is claimed of its class, and by generated programs against its model where it
 * has one. Each is searched for from the beginning, shrunk as far as it goes, and explained; what counts is the whole time.
 */
export const mutants: Part = async (checker, isWanted, progress) => {
  const lists = [
    { what: "mutant", mutants: MUTANTS },
    { what: "mutant against its model", mutants: MODEL_MUTANTS as unknown as readonly Mutant[] },
  ];
  const all: BenchRow[] = [];
  for (const { what, mutants: list } of lists) {
    const rows: BenchRow[] = [];
    for (const { name, scenarios } of list) {
      if (!isWanted(`${what}, ${name}`)) continue;
      const { tookMs, result, runs } = await findAndShrink(checker, scenarios);
      const row = { name: `${what}, ${name}`, value: Math.round(tookMs), unit: `ms (${said(result, runs)})` };
      progress(row);
      rows.push(row);
    }
    all.push(...rows, ...(rows.length > 1 ? [summary(`${what}, median`, rows)] : []));
  }
  return all;
};

const RUNS_MAX = 10_000;
/** A few runs of each claim before many of any. */
const RUNS_OF_EACH = [200, RUNS_MAX];

async function findAndShrink(checker: Checker, scenarios: Mutant["scenarios"]) {
  const startedAt = performance.now();
  let runs = 0;
  let result: Result | null = null;
  for (const most of RUNS_OF_EACH) {
    for (const scenario of scenarios) {
      result = await checker.check(scenario, { seed: 1, jobs: 1, runs: most });
      if (result.verdict === "error") throw new Error(`${scenario.name}: ${result.message}`);
      runs += result.counterexample?.foundInRun ?? result.runs;
      if (result.verdict === "fail") return { tookMs: performance.now() - startedAt, result, runs };
    }
  }
  return { tookMs: performance.now() - startedAt, result, runs };
}

/** What a row says of a failure, and in which run it was found. */
export function said(result: Result | null, runs: number): string {
  const { counterexample } = result ?? {};
  if (counterexample === undefined) return `not found in ${runs} runs`;
  const { minimal, minimalWithin, processes, operations, preemptions, foundMs, shrinkMs } = counterexample;
  const size = `${processes} processes, ${operations} operations, ${preemptions} preemptions`;
  const within = minimalWithin === undefined ? "not certified" : `${CERTIFIED} within ${minimalWithin} preemptions`;
  const certificate = minimal ? CERTIFIED : within;
  return `found in run ${runs} after ${foundMs} ms, shrunk in ${shrinkMs} ms, ${certificate}: ${size}`;
}

const CERTIFIED = "certified";

function summary(name: string, rows: readonly BenchRow[]): BenchRow {
  const sorted = rows.map(({ value }) => value).sort((a, b) => a - b);
  const found = rows.filter(({ unit }) => unit.includes("found in run")).length;
  const certified = rows.filter(({ unit }) => unit.includes(`, ${CERTIFIED}:`)).length;
  const within = rows.filter(({ unit }) => unit.includes(`, ${CERTIFIED} within`)).length;
  return {
    name,
    value: sorted[sorted.length >> 1],
    unit: `ms (found ${found} of ${rows.length}, certified ${certified}, within a bound ${within})`,
  };
}
