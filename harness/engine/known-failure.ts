import { isDeepStrictEqual } from "node:util";
import type { Generated } from "../arbitrary.ts";
import type { Judgement } from "../judge.ts";
import type { Counterexample } from "../result.ts";
import type { Seen } from "./lane.ts";
import type { RunRequest } from "./run-request.ts";
import { replayRequest, valueOf, type KnownAttempt, type LaneRuns } from "./lane-runs.ts";
import { underControl } from "./free-failure.ts";
import { decodeToken, encodeToken } from "../token.ts";
import { NondeterminismError } from "./trouble.ts";

/** A failure that is the scenario's: it was done again, and was the same. */
export interface KnownFailure {
  readonly input: Generated<unknown>;
  readonly judgement: Judgement;
  readonly attempt: KnownAttempt;
  readonly mode: "controlled" | "free";
  /** The run of free mode, where it did not happen again under control. */
  readonly asItWas?: { readonly trace: Counterexample["trace"] };
}

/**
 * Makes sure of the run that has just failed: does it again from its seed, and then once more from its schedule.
 *
 * @throws {NondeterminismError} the same run was not the same
 */
export async function makeSure(
  runs: LaneRuns,
  input: Generated<unknown>,
  request: RunRequest,
  judgement: Judgement,
): Promise<KnownFailure> {
  if (request.free !== undefined) return underControl(runs, input, request, judgement);
  const { lane, prepared } = runs;
  // The lane has done it twice already, and each costs a worker.
  if (isLoss(judgement))
    return { input, judgement, attempt: runs.attempt(lane.outcome, judgement), mode: "controlled" };
  const first = lane.seen();
  // In earnest, this time: who was killed dies of a signal.
  const outcome = await lane.run({ ...request, keepCandidates: true, signals: true });
  const again = runs.judge(outcome, judgement.property);
  const second = lane.seen();
  if (again === null || !isSame(first, second)) throw new NondeterminismError(first.trace, second.trace, prepared);
  const attempt = runs.attempt(outcome, again);
  await lane.run(replayRequest(valueOf(input.value, attempt), request.stepsMax));
  const third = lane.seen();
  if (!isSame(second, third)) throw new NondeterminismError(second.trace, third.trace, prepared);
  return { input, judgement: again, attempt, mode: "controlled" };
}

/**
 * Does the run that has just ended once more from its seed, and once more from its token, as text.
 *
 * @throws {NondeterminismError} the same run was not the same
 */
export async function checkDeterminism(runs: LaneRuns, request: RunRequest): Promise<void> {
  const { lane, prepared } = runs;
  const first = lane.seen();
  const outcome = await lane.run({ ...request, keepCandidates: true });
  const second = lane.seen();
  if (!isSame(first, second)) throw new NondeterminismError(first.trace, second.trace, prepared);
  const token = encodeToken(runs.request.name, valueOf(prepared.input, runs.attempt(outcome, null)));
  const { value } = decodeToken(token);
  await lane.run(replayRequest(value, request.stepsMax));
  const third = lane.seen();
  if (!isSame(second, third)) throw new NondeterminismError(second.trace, third.trace, prepared);
}

/** Whether two traces are the same, byte for byte: as words in the lane's memory, and as they are shown. */
export function isSame(one: Seen, other: Seen): boolean {
  return one.digest === other.digest && isDeepStrictEqual(one.trace, other.trace);
}

/** A process was lost in the run: it cannot be executed again and again to make it smaller. */
export function isLoss(judgement: Judgement): boolean {
  return (
    judgement.property === "no-process-death" ||
    (judgement.property === "no-endless-run" && !judgement.message.includes("limit:"))
  );
}
