import type { Generated } from "../arbitrary.ts";
import type { Judgement } from "../judge.ts";
import { FaultDraws } from "./fault-draws.ts";
import type { RunRequest } from "./run-request.ts";
import type { LaneRuns } from "./lane-runs.ts";
import type { KnownFailure } from "./known-failure.ts";
import { derivedSeed } from "./random.ts";

/**
 * Brings a failure of free mode under control: follows the order in which its steps happened, and where that does not lead
 * there again, looks for the same failure with the same input.
 */
export async function underControl(
  runs: LaneRuns,
  input: Generated<unknown>,
  { faults = [] }: RunRequest,
  judgement: Judgement,
): Promise<KnownFailure> {
  const free = runs.attempt(null, judgement);
  const asItWas = runs.lane.seen();
  const { stepsMax, seed } = runs.search;
  const guide = free.decisions.map(({ strand }) => strand);
  const others = new FaultDraws(runs.search.faults);
  others.learn(runs.lane.recording.stepsTaken());
  const common = { draws: free.draws, stepsMax, keepCandidates: true };
  for (let tries = 0; tries <= TRIES_MAX; tries++) {
    const request: RunRequest =
      tries === 0
        ? { ...common, strategy: "guide", schedule: guide, seed: 0, faults }
        : {
            ...common,
            strategy: tries % 2 === 0 ? "random-walk" : "random-delay",
            seed: derivedSeed(seed, tries),
            faults: others.draw(derivedSeed(seed, tries)),
          };
    const outcome = await runs.lane.run(request);
    const found = runs.judge(outcome, judgement.property);
    if (found === null) continue;
    runs.tally.notes.push(
      tries === 0
        ? "found in free mode, and replayed under control in the order in which it happened"
        : `found in free mode; its order did not lead there again under control, a search with the same input did after ${tries} runs`,
    );
    return { input, judgement: found, attempt: runs.attempt(outcome, found), mode: "free" };
  }
  runs.tally.notes.push(
    "found in free mode; it did not happen again under control, so the history is shown as it was, and there is no token that replays it",
  );
  return { input, judgement, attempt: free, mode: "free", asItWas };
}

const TRIES_MAX = 2000;
