import type { Fault } from "../fault.ts";
import { onlyLong, type Judgement } from "../judge.ts";
import type { Wait } from "../liveness.ts";
import type { TraceEntry } from "../trace.ts";
import { isStep, KIND } from "./kinds.ts";
import type { KnownFailure } from "./known-failure.ts";
import type { RunRequest } from "./run-request.ts";
import { replayRequest, valueOf, type KnownAttempt, type LaneRuns } from "./lane-runs.ts";

/**
 * A run that comes to no end is cut off where it is clear that it does not: everything that follows, shrinking above all, then
 * works on tens of steps and not on thousands. Where the shorter run does not show it, it stays as it is; where what looked
 * like a loop comes to an end when it is followed, it is told as a run that is only long.
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
  if (again !== null) {
    const attempt = runs.attempt(outcome, again);
    const followed = await follow(runs, attempt, FOLLOWED_TIMES * before);
    if (followed === "goes on") return { ...failure, judgement: again, attempt };
    if (followed === "ends") {
      runs.stepsMax = before;
      return { ...failure, judgement: onlyLong(failure.attempt.measure.steps) };
    }
  }
  runs.stepsMax = before;
  return failure;
}

/** So many times as long as a run may be is a loop followed that ran into that limit. */
const FOLLOWED_TIMES = 4;
const FOLLOWED_STEPS_MAX = 150_000;

/**
 * Whether what happens over and over in a run that was cut off goes on: the same run once more, and then the same turns again
 * and again, for so many steps. A counter that a process keeps to itself shows in no step, and this finds out about it.
 * Nothing to follow, as in a deadlock, goes on.
 */
export async function follow(
  runs: LaneRuns,
  { judgement, decisions, draws, faults }: KnownAttempt,
  steps: number,
): Promise<"goes on" | "ends" | "breaks up"> {
  const { clearAt, repeatsFrom } = judgement ?? {};
  if (judgement === null || clearAt === undefined || repeatsFrom === undefined) return "goes on";
  const stepsMax = Math.min(steps, FOLLOWED_STEPS_MAX);
  const schedule = decisions.filter(({ entry }) => entry <= clearAt).map(({ strand }) => strand);
  const round = decisions.filter(({ entry }) => entry >= repeatsFrom && entry <= clearAt).map(({ strand }) => strand);
  if (round.length === 0) return "breaks up";
  while (schedule.length < stepsMax) schedule.push(...round);
  const outcome = await runs.lane.run({ strategy: "guide", schedule, draws, faults, seed: 0, stepsMax });
  if (outcome.ending === "finished") return "ends";
  return outcome.diverged === null && runs.judge(outcome, judgement.property) !== null ? "goes on" : "breaks up";
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
