import type { Fault } from "../fault.ts";
import type { Judgement } from "../judge.ts";
import type { Wait } from "../liveness.ts";
import type { TraceEntry } from "../trace.ts";
import { isStep, KIND } from "./kinds.ts";
import type { KnownFailure } from "./known-failure.ts";
import type { RunRequest } from "./lane.ts";
import { replayRequest, valueOf, type KnownAttempt, type LaneRuns } from "./lane-runs.ts";

/**
 * A run that comes to no end is cut off where it is clear that it does not: everything that follows, shrinking above all, then
 * works on tens of steps and not on thousands. Where the shorter run does not show it, it stays as it is.
 */
export async function cutOff(runs: LaneRuns, failure: KnownFailure): Promise<KnownFailure> {
  const { judgement, attempt, input } = failure;
  if (judgement.clearAt === undefined) return failure;
  await runs.prepare(input.value);
  const before = runs.stepsMax;
  runs.stepsMax = stepsUpTo(attempt.trace, judgement.clearAt);
  const shorter = { ...valueOf(input.value, attempt), cutAfter: runs.stepsMax };
  const outcome = await runs.lane.run({ ...replayRequest(shorter, runs.stepsMax), keepCandidates: true });
  const again = runs.judge(outcome, judgement.property);
  if (again !== null) return { ...failure, judgement: again, attempt: runs.attempt(outcome, again) };
  runs.stepsMax = before;
  return failure;
}

function stepsUpTo(trace: readonly TraceEntry[], last: number): number {
  return trace.slice(0, last).filter(({ kind }) => isStep(KIND[kind])).length;
}

/** Who sleeps at the end of the lane's last run, and which step a fault has to befall to wake him up. */
export function sleepersOf({ lane }: LaneRuns): Sleeper[] {
  const places = lane.recording.faults.asleep();
  return lane.waits().flatMap((wait) => {
    const place = places.find(({ step }) => step === wait.since);
    return place === undefined ? [] : [{ wait, place }];
  });
}

interface Sleeper {
  readonly wait: Wait;
  readonly place: Pick<Fault, "strand" | "fingerprint" | "occurrence">;
}

/**
 * Whether the standstill is a lost wake-up: somebody sleeps who would get through if he were woken, and nobody will. That is
 * tried: the same run once more, in which one of those who sleep wakes up for no reason when all others have come to rest.
 */
export async function lostWakeUp(
  runs: LaneRuns,
  failing: KnownAttempt,
  judgement: Judgement,
  sleepers: readonly Sleeper[],
): Promise<Judgement> {
  if (judgement.property !== "no-deadlock" || judgement.liveness !== undefined) return judgement;
  const value = valueOf(runs.prepared.input, failing);
  for (const { wait, place } of sleepers) {
    const { strand, fingerprint, occurrence } = place;
    const wake: Fault = { kind: "wake", strand, fingerprint, occurrence, ms: 0 };
    const request: RunRequest = {
      ...replayRequest(value, runs.stepsMax),
      faults: [...value.faults, wake],
      signals: false,
    };
    const outcome = await runs.lane.run(request);
    if (outcome.faults === value.faults.length + 1 && getsThrough(failing, runs, wait)) return told(judgement, wait);
  }
  return judgement;
}

/** The operation in which it slept has returned, or it has ended. */
function getsThrough(failing: KnownAttempt, runs: LaneRuns, { process }: Wait): boolean {
  const history = runs.lane.history();
  const slept = failing.history.operations.find(
    (operation) => operation.process === process && operation.outcome === "pending",
  );
  if (slept === undefined) return history.processes.find((other) => other.process === process)?.end === "finished";
  return history.operations.find(({ id }) => id === slept.id)?.outcome === "returned";
}

function told(judgement: Judgement, { process, object, since, changed }: Wait): Judgement {
  const by =
    changed === null || changed.step < since
      ? "and nobody is left to wake it"
      : `but ${changed.process}, who changed it after that (step ${changed.step}), did not wake it`;
  return {
    ...judgement,
    message: `lost wake-up: ${process} fell asleep at ${object} (step ${since}) and would get through if it were woken, ${by}`,
    liveness: { kind: "lost-wake-up", circle: [], victim: process },
  };
}
