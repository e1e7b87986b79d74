import type { Checker } from "../../harness/check.ts";
import { FORGETFUL } from "../../scenarios/primitives/fixtures/forgetful.ts";
import { lockSurvives } from "../../scenarios/primitives/survival.ts";
import type { Scenario } from "../../harness/scenario.ts";
import type { BenchRow } from "../bench.ts";

/** What a death costs: in a sampled run, where 1 in 32 is by a signal, and in one where each is. */
export async function costOfDeaths(checker: Checker): Promise<BenchRow[]> {
  const scenario = lockSurvives as unknown as Scenario;
  const without = await bestRate(checker, scenario, {});
  const withDeaths = await bestRate(checker, scenario, { kill: 1 });
  const perDeath = (1000 / withDeaths.rate - 1000 / without.rate) / withDeaths.deathsPerRun;
  const inEarnest = await msPerSignal(checker);
  return [
    { name: "runs without faults", value: Math.round(without.rate), unit: "runs/s" },
    {
      name: "runs with --faults kill=1",
      value: Math.round(withDeaths.rate),
      unit: "runs/s",
      peer: "runs without faults",
      peerValue: Math.round(without.rate),
      ratio: round(withDeaths.rate / without.rate),
    },
    { name: "one death in a sampled run, on average", value: round(perDeath), unit: "ms" },
    { name: "one run with a real SIGKILL, and a new worker", value: round(inEarnest), unit: "ms" },
  ];
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

/** A replay always kills in earnest. */
async function msPerSignal(checker: Checker): Promise<number> {
  const { scenario } = FORGETFUL[0];
  const { counterexample } = await checker.check(scenario, { runs: 400, seed: 1, jobs: 1, faults: { kill: 1 } });
  const { elapsedMs } = await checker.replay(scenario, counterexample?.token as string, { times: REPLAYS });
  return elapsedMs / REPLAYS;
}

const ROUNDS = 3;
const RUNS = 1024;
const REPLAYS = 20;

function round(value: number): number {
  return Number(value.toPrecision(3));
}
