import type { SwitchRole } from "../result.ts";
import { processOf } from "../strategies/strategy.ts";
import type { KnownAttempt, LaneRuns } from "./lane-runs.ts";
import type { Decision } from "./recording.ts";

/**
 * Tries each switch of a failing run the other ways it could have gone, the rest as it was: does the failure need it?
 * Leaving a process that could have gone on is tried against letting it go on as far as it went the next time.
 *
 * @param failing the lane's last run
 */
export async function switchRoles(runs: LaneRuns, failing: KnownAttempt, property: string): Promise<SwitchRole[]> {
  const { decisions, trace } = failing;
  await runs.prepare(runs.prepared.input);
  const roles: SwitchRole[] = [];
  for (let at = 1; at < decisions.length && roles.length < SWITCHES_MAX; at++) {
    if (processOf(decisions[at].strand) === processOf(decisions[at - 1].strand)) continue;
    const names = { step: decisions[at].entry, from: nameAt(at - 1), to: nameAt(at) };
    let role: SwitchRole["role"] = "forced";
    for (const guide of otherWays(decisions, at)) {
      role = (await fails(guide)) ? "free" : "needed";
      if (role === "needed") break;
    }
    roles.push({ ...names, role });
  }
  return roles;

  function nameAt(at: number): string {
    return trace[decisions[at].entry - 1].process;
  }

  async function fails(guide: readonly number[]): Promise<boolean> {
    await runs.breathe();
    const outcome = await runs.lane.run({
      strategy: "guide",
      schedule: [...guide],
      draws: failing.draws,
      faults: failing.faults,
      seed: 0,
      stepsMax: Math.min(runs.search.stepsMax, decisions.length * STEPS_FACTOR),
    });
    return runs.judge(outcome, property) !== null;
  }
}

const SWITCHES_MAX = 200;
const STEPS_FACTOR = 10;

/** Guides with another choice at this place: the process before goes on if it can, else each of the others that could move. */
function otherWays(decisions: readonly Decision[], at: number): number[][] {
  const strands = decisions.map(({ strand }) => strand);
  const { candidates } = decisions[at];
  const before = candidates.find((strand) => processOf(strand) === processOf(strands[at - 1]));
  const others = before === undefined ? candidates.filter((strand) => strand !== strands[at]) : [before];
  return others.map((strand) => {
    const next = strands.indexOf(strand, at);
    if (next < 0) return [...strands.slice(0, at), strand];
    let end = next;
    while (end < strands.length && strands[end] === strand) end++;
    return [...strands.slice(0, at), ...strands.slice(next, end), ...strands.slice(at, next), ...strands.slice(end)];
  });
}
