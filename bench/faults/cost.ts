import { loadavg } from "node:os";
import type { Checker } from "../../harness/check.ts";
import { FORGETFUL } from "../../scenarios/primitives/fixtures/forgetful.ts";
import { lockSurvives } from "../../scenarios/primitives/survival.ts";
import type { Scenario } from "../../harness/scenario.ts";
import type { BenchRow } from "../bench.ts";

/** What a death costs: in a sampled run, where few are by a signal, and in a replay, where each is. */
export async function costOfDeaths(checker: Checker): Promise<CostFigures> {
  const scenario = lockSurvives as unknown as Scenario;
  const without = await bestRate(checker, scenario, {});
  const withDeaths = await bestRate(checker, scenario, { kill: 1 });
  const perDeath = (1000 / withDeaths.rate - 1000 / without.rate) / withDeaths.deathsPerRun;
  const { replay, inARow } = await costOfSignals(checker);
  const load = loadavg()[0].toFixed(1);
  const rows = [
    { name: "cost: runs without faults", value: Math.round(without.rate), unit: "runs/s" },
    {
      name: "cost: runs with --faults kill=1",
      value: Math.round(withDeaths.rate),
      unit: "runs/s",
      peer: "runs without faults",
      peerValue: Math.round(without.rate),
      ratio: round(withDeaths.rate / without.rate),
    },
    { name: "cost: one death in a sampled run, on average", value: round(perDeath), unit: "ms" },
    {
      name: "cost: a whole replay: two real SIGKILLs, and spare workers that take over",
      value: round(replay),
      unit: "ms",
    },
    {
      name: "cost: one real SIGKILL of twenty in a row, faster than spares can start",
      value: round(inARow),
      unit: "ms",
    },
  ];
  return { rows, load };
}

export interface CostFigures {
  readonly rows: readonly BenchRow[];
  /** Of the machine, in the minute of the measurement. */
  readonly load: string;
}

/** The best of some rounds: that one was not interrupted. */
async function bestRate(checker: Checker, scenario: Scenario, faults: { readonly kill?: number }) {
  let best = { rate: 0, deathsPerRun: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const result = await checker.check(scenario, { runs: RUNS, seed: round, jobs: 1, faults, distrustEvery: RUNS });
    const rate = (result.runs / result.elapsedMs) * 1000;
    if (rate > best.rate) best = { rate, deathsPerRun: result.faults / result.runs };
  }
  return best;
}

/** A replay always kills in earnest: once to judge the run, once to tell it. */
async function costOfSignals(checker: Checker): Promise<{ replay: number; inARow: number }> {
  const { scenario } = FORGETFUL[0];
  const { counterexample } = await checker.check(scenario, { runs: 400, seed: 1, jobs: 1, faults: { kill: 1 } });
  const token = counterexample?.token as string;
  let replay = Infinity;
  for (let round = 0; round < REPLAYS; round++) {
    await new Promise((resolve) => setTimeout(resolve, SPARES_UP_MS));
    const { elapsedMs } = await checker.replay(scenario, token);
    // In the first of them nobody has been asked for spares yet.
    if (round > 0) replay = Math.min(replay, elapsedMs);
  }
  const { elapsedMs } = await checker.replay(scenario, token, { times: IN_A_ROW });
  return { replay, inARow: elapsedMs / IN_A_ROW };
}

const ROUNDS = 3;
const RUNS = 1024;
const REPLAYS = 6;
const IN_A_ROW = 20;
/** Until then those that were taken have been replaced. */
const SPARES_UP_MS = 3000;

function round(value: number): number {
  return Number(value.toPrecision(3));
}
