import { isDeepStrictEqual } from "node:util";
import type { Generated } from "../arbitrary.ts";
import type { Judgement } from "../judge.ts";
import { HEARING, REPLY } from "../node/wire-text.ts";
import type { TraceEntry } from "../trace.ts";
import { isSame, type KnownFailure } from "./known-failure.ts";
import type { Seen } from "./lane.ts";
import type { RunOutcome } from "./run-outcome.ts";
import type { RunRequest } from "./run-request.ts";
import { replayRequest, valueOf, type KnownAttempt, type LaneRuns } from "./lane-runs.ts";

/**
 * Runs that used something which no schedule orders, a server for one, need not be the same when they are done again. So a failure
 * counts only if each of several replays fails in the same way. That the traces are the same is not asked for.
 *
 * @returns null if a replay did not fail; then the result tells how many did
 */
export async function confirmed(runs: LaneRuns, failure: SuspectedFailure): Promise<KnownFailure | null> {
  const { input } = failure;
  const { property, message } = failure.judgement;
  const suspected = await withCandidates(runs, failure);
  const { failed, last } =
    suspected === null
      ? { failed: 0, last: null }
      : await replayed(runs, input.value, runs.attempt(suspected.outcome, suspected.judgement, false), property);
  if (failed === REPLAYS && last !== null) {
    runs.tally.partly.confirmedBy = REPLAYS;
    return { input, ...last, mode: "controlled" };
  }
  runs.tally.partly.unconfirmed.push({ property, message, replays: REPLAYS, failed });
  return null;
}

/** A run that has failed once. */
interface SuspectedFailure {
  readonly input: Generated<unknown>;
  readonly request: RunRequest;
  /** If it is the lane's last run. */
  readonly outcome?: RunOutcome;
  readonly judgement: Judgement;
}

/** A run can be replayed only where it is known who could have moved: else it is done again from its seed. */
async function withCandidates(runs: LaneRuns, { request, outcome: last, judgement: known }: SuspectedFailure) {
  if (request.keepCandidates === true && last !== undefined) return { outcome: last, judgement: known };
  const outcome = await runs.lane.run({ ...request, keepCandidates: true });
  const judgement = runs.judge(outcome, known.property);
  return judgement === null ? null : { outcome, judgement };
}

/** The run of that value again and again: how often it fails in the same way. */
export async function replayed(
  runs: LaneRuns,
  input: unknown,
  attempt: KnownAttempt,
  property: string,
): Promise<{ readonly failed: number; readonly last: Pick<KnownFailure, "judgement" | "attempt"> | null }> {
  const request = { ...replayRequest(valueOf(input, attempt), runs.stepsMax), keepCandidates: true };
  let failed = 0;
  let last: Pick<KnownFailure, "judgement" | "attempt"> | null = null;
  for (let replay = 0; replay < REPLAYS; replay++) {
    // A server that is slow, and not silent, answers the first of them in the end.
    const outcome = await runs.lane.run({ ...request, patient: replay === 0 });
    const judgement = runs.judge(outcome, property);
    if (judgement === null || outcome.diverged !== null) continue;
    failed++;
    last = { judgement, attempt: runs.attempt(outcome, judgement) };
  }
  return { failed, last };
}

/** Does a run that held once more, and says in what it was another one. */
export async function again(runs: LaneRuns, request: RunRequest): Promise<Difference> {
  const first = runs.lane.seen();
  await runs.lane.run(request);
  return differenceOf(first, runs.lane.seen());
}

/**
 * In what two runs that should be the same differ: in nothing; in what servers replied alone, each step being the same one (a
 * server that is asked how long it has been up says something else each time); or in their steps.
 */
export type Difference = "none" | "replies" | "steps";

export function differenceOf(one: Seen, other: Seen): Difference {
  if (isSame(one, other)) return "none";
  return isDeepStrictEqual(one.trace.map(withoutReply), other.trace.map(withoutReply)) ? "replies" : "steps";
}

/** A step at a server as the process made it; what comes of the reply shows in what follows. */
function withoutReply(entry: TraceEntry): TraceEntry {
  if (entry.kind === "socket") return { ...entry, detail: entry.detail.split(REPLY)[0] };
  return entry.label.startsWith(HEARING) ? { ...entry, detail: "" } : entry;
}

/** Replays after which a failure counts. */
export const REPLAYS = 5;
