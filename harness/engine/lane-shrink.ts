import { generated, shrunk } from "../arbitrary.ts";
import { explain } from "../explanation.ts";
import type { FaultKind } from "../fault.ts";
import type { History } from "../history.ts";
import type { InputSpace } from "../input-space.ts";
import { orderInView, PropertyError, type Judgement, type OrderInView } from "../judge.ts";
import type { Witness } from "../property.ts";
import type { Counterexample } from "../result.ts";
import type { Scenario } from "../scenario.ts";
import type { Aside } from "../exhaustive/execution.ts";
import { PlanNotFollowedError } from "../exhaustive/explore.ts";
import { shrink } from "../shrink/shrink.ts";
import { smallestOfSpace } from "../shrink/whole-space.ts";
import { smallerFaults } from "../shrink/smaller-faults.ts";
import type { Attempt, Plan, ProofPlan, ProofRun, Subject } from "../shrink/subject.ts";
import { ROUNDS_IN_VAIN } from "../strategies/look-loop.ts";
import { encodeToken } from "../token.ts";
import { cutOff, follow, lostWakeUp, sleepersOf } from "./lane-liveness.ts";
import { isLoss, type KnownFailure } from "./known-failure.ts";
import { canBeProved, FaultProof } from "./fault-proof.ts";
import { InputProof, NO_BOUND, SMALLEST_DRAWN } from "./lane-proof.ts";
import { replayRequest, valueOf, type KnownAttempt, type LaneRuns } from "./lane-runs.ts";
import { REPLAYS, replayed } from "./partly-controlled.ts";
import { EXPLAINED_STEPS_MAX, nearestPassing } from "./nearest-passing.ts";
import { placed } from "./places.ts";
import { derivedSeed } from "./random.ts";
import { recordedExecution, type RecordedExecution } from "./recorded-execution.ts";
import { waitingByLooking, withoutVainLooks } from "./look-loops.ts";
import { lineAt } from "./source-line.ts";
import { SwappedNeighbours } from "./swapped-neighbours.ts";
import { switchRoles } from "./switch-roles.ts";
import { NondeterminismError, ScenarioError } from "./trouble.ts";

/** Makes the failure as small as it gets, and tells it: all but where it was found and how long that took. */
export async function smallestCounterexample(runs: LaneRuns, found: KnownFailure): Promise<Told> {
  if (found.asItWas !== undefined) return told(runs, found, unshrunk(found));
  const { replay, endOnFailure } = runs.search;
  const keep = replay?.shrink === false || endOnFailure === true || isLoss(found.judgement);
  const failure = keep ? found : await cutOff(runs, found);
  const { property } = failure.judgement;
  // A run that is only long is not worth thousands of others as long.
  const long = property !== found.judgement.property;
  const shrunk = keep || long ? unshrunk(failure) : await shrunkWhole(runs, failure);
  const smallest = !keep && runs.partlyControlled ? await stillFailing(runs, failure, shrunk) : shrunk;
  const prepared = await runs.prepare(smallest.input);
  if (isLoss(failure.judgement)) return told(runs, failure, smallest);
  // Once more, this time with the places in the source.
  const value = valueOf(smallest.input, smallest.attempt as KnownAttempt);
  const request = { ...replayRequest(value, runs.stepsMax), keepCandidates: true, recordSource: true };
  let outcome = await runs.lane.run(request);
  let again = runs.judge(outcome, property);
  for (let replay = 1; again === null && runs.partlyControlled && replay < TELLING_REPLAYS_MAX; replay++) {
    outcome = await runs.lane.run(request);
    again = runs.judge(outcome, property);
  }
  if (again === null) throw new NondeterminismError([], [], prepared);
  const attempt = runs.attempt(outcome, again);
  if (endOnFailure === true) return told(runs, { ...failure, judgement: again }, { ...smallest, attempt });
  const sleepers = sleepersOf(runs);
  // Of a run that comes to no end nothing is said that would take longer.
  const why = outcome.ending !== "step-limit" ? await reasonsOf(runs, attempt, again.property) : NOTHING;
  const judgement = await lostWakeUp(runs, attempt, again, sleepers);
  return told(runs, { ...failure, judgement }, { ...smallest, attempt }, why);
}

/** By what counts first, and then by where its faults strike and for how long. */
async function shrunkWhole(runs: LaneRuns, failure: KnownFailure): Promise<Smallest> {
  const subject = new LaneSubject(runs, failure);
  const smallest = (await smallestOfSpace(subject, failure)) ?? (await shrink(subject, failure));
  const attempt = await smallerFaults(subject, smallest.input, smallest.attempt);
  if (!subject.assumes) return { ...smallest, attempt };
  const { input, smallerRunsChecked } = smallest;
  return { input, attempt, minimal: false, smallerRunsChecked };
}

type Why = Pick<Counterexample, "switchRoles" | "nearestPassing">;

const NOTHING: Why = { switchRoles: [] };

/** @param failing the lane's last run */
async function reasonsOf(runs: LaneRuns, failing: KnownAttempt, property: string): Promise<Why> {
  if (failing.decisions.length > EXPLAINED_STEPS_MAX) return NOTHING;
  const passing = await nearestPassing(runs, failing);
  const roles = await switchRoles(runs, failing, property);
  return { switchRoles: roles, ...(passing === null ? {} : { nearestPassing: passing }) };
}

interface Told {
  readonly counterexample: Omit<Counterexample, "foundInRun" | "foundMs" | "shrinkRuns" | "shrinkMs">;
  readonly judgement: Judgement;
}

interface Smallest {
  readonly input: unknown;
  readonly attempt: Attempt;
  readonly minimal: boolean;
  readonly minimalWithin?: number;
  readonly smallerRunsChecked: number;
}

const SMALLER_INPUTS_MAX = 64;
/** Runs of a search for the smallest, where each may wait for a server, or for somebody's death. */
const PARTLY_CONTROLLED_RUNS_MAX = 1000;
const PARTLY_CONTROLLED_RUNS_WITH_FAULTS_MAX = 150;
const TELLING_REPLAYS_MAX = 20;

/** Of a run that was only partly controlled: the smallest only if it, too, fails each time. */
async function stillFailing(runs: LaneRuns, failure: KnownFailure, shrunk: Smallest): Promise<Smallest> {
  await runs.prepare(shrunk.input);
  const { property } = failure.judgement;
  const { failed, last } = await replayed(runs, shrunk.input, shrunk.attempt as KnownAttempt, property);
  if (failed < REPLAYS || last === null) return unshrunk(failure);
  const { input, smallerRunsChecked } = shrunk;
  return { input, attempt: last.attempt, minimal: false, smallerRunsChecked };
}

function unshrunk(failure: KnownFailure): Smallest {
  return { input: failure.input.value, attempt: failure.attempt, minimal: false, smallerRunsChecked: 0 };
}

function told(runs: LaneRuns, { judgement, mode, asItWas }: KnownFailure, smallest: Smallest, why = NOTHING): Told {
  const attempt = smallest.attempt as KnownAttempt;
  const trace = asItWas?.trace ?? attempt.trace;
  const { processes, operations, preemptions, switches, steps } = attempt.measure;
  const witness = witnessOf(runs.scenario, judgement.property, attempt.history);
  const counterexample = {
    input: smallest.input,
    processes,
    operations,
    preemptions,
    switches,
    steps,
    faults: attempt.measure.faults,
    faultList: attempt.faultsInWords,
    minimal: smallest.minimal,
    ...(smallest.minimalWithin === undefined ? {} : { minimalWithin: smallest.minimalWithin }),
    smallerRunsChecked: smallest.smallerRunsChecked,
    // A free run that did not happen again has none.
    token: asItWas === undefined ? encodeToken(runs.request.name, valueOf(smallest.input, attempt)) : "",
    explanation: [
      ...loopNotes(judgement),
      ...explain(
        trace,
        attempt.decisions,
        attempt.history.operations,
        judgement.operations,
        lineAt,
        attempt.faultsInWords,
      ),
    ],
    ...(judgement.liveness === undefined ? {} : { liveness: judgement.liveness }),
    ...why,
    ...(witness === null ? {} : { witness }),
    trace,
    history: attempt.history.operations,
    ends: attempt.history.processes,
    mode,
  };
  return { counterexample, judgement };
}

/** How far the history can be explained, if that is what the property is about. */
function witnessOf({ properties }: Scenario, name: string, history: History): Witness | null {
  const property = properties.find((one) => one.name === name);
  try {
    return property?.witness?.(history) ?? null;
  } catch (error) {
    throw new PropertyError(name, error);
  }
}

function loopNotes({ liveness }: Judgement): string[] {
  const { loop } = liveness ?? {};
  if (loop === undefined) return [];
  return [
    `step ${loop.from}: from here on the same steps over and over`,
    `step ${loop.to}: the end of the first round`,
  ];
}

/** The scenario as shrinking sees it. */
class LaneSubject implements Subject {
  readonly #runs: LaneRuns;
  readonly #property: string;
  /** A loop of the prepared input was followed, and went on. */
  #followed = false;
  /** Somebody was taken to wait by looking, and not followed through more of it: so there may be something smaller. */
  assumes = false;
  /** Somebody waits by looking in a loop, and not because its operations happen to look at the same. */
  #loops = false;
  readonly #hasFaults: boolean;
  readonly #order: OrderInView;
  /** By input: bytes that are looked at or changed without a step, and that no steps put in order. */
  readonly #undecided = new Map<unknown, Aside[]>();

  constructor(runs: LaneRuns, { judgement, attempt }: KnownFailure) {
    this.#runs = runs;
    this.#property = judgement.property;
    this.#hasFaults = attempt.faults.length > 0;
    this.#order = orderInView(runs.scenario, judgement.property);
  }

  get stopping(): boolean {
    return this.#runs.workers.stopping;
  }

  get space(): InputSpace | undefined {
    return this.#runs.partlyControlled ? undefined : this.#runs.scenario.space;
  }

  get runsMax(): number {
    if (!this.#runs.partlyControlled) return Infinity;
    return this.#hasFaults ? PARTLY_CONTROLLED_RUNS_WITH_FAULTS_MAX : PARTLY_CONTROLLED_RUNS_MAX;
  }

  async prepare(input: unknown): Promise<{ processes: number } | null> {
    try {
      const prepared = await this.#runs.prepare(input);
      this.#followed = false;
      return { processes: prepared.processes.length };
    } catch (error) {
      if (error instanceof ScenarioError) return null;
      throw error;
    }
  }

  async attempt({ guide, draws, faults = [], places = false, calls = 0 }: Plan): Promise<Attempt> {
    const runs = this.#runs;
    await runs.breathe();
    const { stepsMax } = runs;
    const schedule = [...guide];
    const recorded = { keepCandidates: true, recordAsides: places };
    const request = { strategy: "guide", schedule, draws, faults, seed: 0, stepsMax, ...recorded };
    const outcome = await runs.lane.run(request);
    const whole = runs.attempt(outcome, runs.judge(outcome, this.#property), false);
    const rounds = ROUNDS_IN_VAIN + (this.#loops ? 0 : calls);
    const attempt = places
      ? this.#placed(whole, rounds)
      : this.#withoutVainLooks(whole, waitingByLooking(runs.memory, rounds));
    if (attempt.cutAfter === undefined || attempt.judgement === null || this.#followed) return attempt;
    // What looks like a loop to where it was cut off may have an end of its own with this input.
    this.#followed = (await follow(runs, attempt, runs.search.stepsMax)) === "goes on";
    // The last run is the attempt again.
    await runs.lane.run(request);
    return this.#followed ? attempt : { ...attempt, judgement: null };
  }

  #withoutVainLooks(attempt: KnownAttempt, waiting: RecordedExecution["waiting"]): KnownAttempt {
    if (waiting.every((strands) => strands.length === 0)) return attempt;
    this.assumes = true;
    return { ...attempt, steps: withoutVainLooks(attempt.steps, waiting) };
  }

  /** The attempt that has just been made, with the places that it went through. */
  #placed(whole: KnownAttempt, rounds: number): KnownAttempt {
    const { memory, prepared } = this.#runs;
    const known = this.#undecided.get(prepared.input) ?? [];
    this.#undecided.set(prepared.input, known);
    const execution = recordedExecution(memory, this.#order, known, rounds);
    const attempt = this.#withoutVainLooks(whole, execution.waiting);
    return { ...attempt, ...placed(attempt.steps, execution, known) };
  }

  async prove(
    visit: (run: ProofRun) => boolean,
    { draws, faults: befalls = [], calls = 0, alike = [] }: ProofPlan,
  ): ReturnType<Required<Subject>["prove"]> {
    const runs = this.#runs;
    if (runs.partlyControlled || !befalls.every(canBeProved)) return "impossible";
    const assumptions = new Set<string>();
    let goesOn = true;
    const proof = new InputProof(runs, {
      assumptions,
      faults: new FaultProof({}, false),
      neighbours: new SwappedNeighbours(0),
      befalls,
      inEarnest: false,
      draws,
      property: this.#property,
      bound: NO_BOUND,
      roundsInVain: ROUNDS_IN_VAIN + calls,
      alike,
      run: async (request) => {
        const outcome = await runs.lane.run(request);
        if (!visit(outcome)) goesOn = false;
        return outcome;
      },
      mayGoOn: () => goesOn,
    });
    const complete = await proof.finish().then(
      (exploration) => exploration.complete,
      (error: unknown) => {
        // It does something that no step of it says, so that nothing can be left out: see docs/strategies.md.
        if (error instanceof PlanNotFollowedError) return false;
        throw error;
      },
    );
    // Drawn values are the smallest, or those of the failure, in whatever is searched for something smaller.
    assumptions.delete(SMALLEST_DRAWN);
    // Whoever goes round and round would only be followed for longer.
    if (calls > 0 && assumptions.size > 0) this.#loops = true;
    if (proof.failure !== null) return "fails";
    return complete && assumptions.size === 0 ? "holds" : "undecided";
  }

  faultPlaces(kind: FaultKind): ReturnType<Subject["faultPlaces"]> {
    return this.#runs.lane.recording.faults.places(kind);
  }

  smallerInputs(input: Parameters<Subject["smallerInputs"]>[0]): ReturnType<Subject["smallerInputs"]> {
    return shrunk(this.#runs.scenario.input, input, SMALLER_INPUTS_MAX);
  }

  sampleInputs(count: number): ReturnType<Subject["sampleInputs"]> {
    const { scenario, search } = this.#runs;
    return Array.from({ length: count }, (_, index) => generated(scenario.input, derivedSeed(search.seed, ~index)));
  }
}
