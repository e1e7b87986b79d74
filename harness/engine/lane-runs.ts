import { dataText } from "../data-text.ts";
import type { History } from "../history.ts";
import { dataRaceJudgement, judge, looksAtTime, type Judgement } from "../judge.ts";
import type { Measure } from "../measure.ts";
import { beyondControl } from "../node/beyond.ts";
import type { Unconfirmed } from "../partly-controlled.ts";
import type { Counterexample, FaultInWords, SurvivedFaults } from "../result.ts";
import { scheduleNumbers, scheduleOf, type RunValue } from "../run-value.ts";
import type { Scenario } from "../scenario.ts";
import type { Attempt } from "../shrink/subject.ts";
import type { Workers } from "./crew.ts";
import type { Lane } from "./lane.ts";
import type { Prepared } from "./preparation.ts";
import type { RunOutcome } from "./run-outcome.ts";
import type { RunRequest } from "./run-request.ts";
import type { LaneMemory } from "./lane-memory.ts";
import type { CheckRequest, FromConductor, SearchOptions } from "./protocol.ts";
import type { Decision } from "./recording.ts";
import { ScenarioError, StoppedError } from "./trouble.ts";

/**
 * The runs of one check in one lane, with what came of them: executed, counted, judged, and read as a value. Searching,
 * proving, making sure and shrinking all run through here, and none of them touches the lane's memory.
 */
export class LaneRuns {
  readonly lane: Lane;
  readonly memory: LaneMemory;
  readonly workers: Workers;
  readonly scenario: Scenario;
  readonly request: NamedRequest;
  readonly tally = {
    runs: 0,
    schedulingPoints: 0,
    choices: 0,
    switches: 0,
    faults: 0,
    notes: [] as string[],
    exhaustive: false,
    survived: [] as readonly SurvivedFaults[],
    partly: {
      used: [] as readonly string[],
      confirmedBy: 0,
      unconfirmed: [] as Unconfirmed[],
      redone: { runs: 0, differing: 0, otherReplies: 0 },
    },
  };
  readonly #tell: (message: FromConductor) => void;
  /** Histories of the prepared input that were judged, and held. */
  readonly #held = new Set<number>();
  /** Steps after which a run is cut off: fewer than were asked for, where that is known to be enough. */
  stepsMax: number;
  #prepared: Prepared | null = null;
  #breathedAt = performance.now();

  constructor({ lane, memory, workers, tell }: LaneParts, scenario: Scenario, request: NamedRequest) {
    this.lane = lane;
    this.memory = memory;
    this.workers = workers;
    this.#tell = tell;
    this.scenario = scenario;
    this.request = request;
    this.stepsMax = request.search.stepsMax;
  }

  get search(): SearchOptions {
    return this.request.search;
  }

  /** Its runs use what no schedule orders, so that one need not be the same when it is done again. */
  get partlyControlled(): boolean {
    return this.scenario.setup !== undefined || beyondControl(this.memory).length > 0;
  }

  /** What the runs that follow are runs of. */
  get prepared(): Prepared {
    return this.#prepared as Prepared;
  }

  /** @throws {ScenarioError} the scenario's own functions fail for this input */
  async prepare(input: unknown): Promise<Prepared> {
    this.#held.clear();
    this.#prepared = await this.lane.prepare(input);
    return this.#prepared;
  }

  /** Executes a run that counts as one of the search. */
  async run(request: RunRequest): Promise<RunOutcome> {
    const outcome = await this.lane.run(request);
    this.tally.runs++;
    this.tally.schedulingPoints += outcome.steps;
    this.tally.choices += outcome.choices;
    this.tally.switches += outcome.switches;
    this.tally.faults += outcome.faults;
    this.tally.partly.used = beyondControl(this.memory);
    return outcome;
  }

  /**
   * What the run that has just ended violates; null if nothing.
   *
   * @param only consider this property alone
   */
  judge(outcome: RunOutcome, only?: string): Judgement | null {
    if (outcome.ending === "stopped") throw new StoppedError();
    if (outcome.failure !== "") throw new ScenarioError(outcome.failure);
    // What the user claims says more, and comes first; whether bytes race does not follow from the history.
    return this.#judgeHistory(outcome, only) ?? this.#judgeBytes(only);
  }

  #judgeHistory(outcome: RunOutcome, only?: string): Judgement | null {
    const { scenario, lane } = this;
    const run = { history: () => lane.history(), trace: () => lane.trace(), waits: () => lane.waits() };
    if (outcome.ending !== "finished" || outcome.threw) return judge(outcome, run, scenario, only);
    // Properties are functions of the history: where nothing else is read, the same history holds again.
    // Who died when is no part of the behaviour that is remembered.
    const behaviour =
      scenario.final === undefined && outcome.faults === 0 ? this.lane.recording.behaviour(looksAtTime(scenario)) : 0;
    if (behaviour !== 0 && this.#held.has(behaviour)) return null;
    const judgement = judge(outcome, run, scenario, only);
    if (judgement === null && behaviour !== 0 && this.#held.size < BEHAVIOURS_KEPT_MAX) this.#held.add(behaviour);
    return judgement;
  }

  #judgeBytes(only: string = DATA_RACE): Judgement | null {
    if (only !== DATA_RACE) return null;
    const race = this.lane.recording.dataRace();
    return race === null ? null : dataRaceJudgement(race, this.lane.trace());
  }

  /**
   * What the run that has just ended came to, for who wants to make it smaller.
   *
   * @param whole with its trace and history, so that it can be told and replayed
   */
  attempt(outcome: RunOutcome | null, judgement: Judgement | null, whole = true): KnownAttempt {
    const { recording } = this.lane;
    const { processes, input } = this.prepared;
    const decisions = recording.decisions();
    const draws = recording.draws();
    const measure: Measure = {
      processes: processes.length,
      operations: recording.outermostOperations(),
      faults: outcome?.faults ?? recording.faults.struck().length,
      preemptions: outcome?.preemptions ?? 0,
      switches: outcome?.switches ?? 0,
      steps: decisions.length,
      inputSize: dataText(input).length + dataText(draws).length,
    };
    return {
      judgement,
      measure,
      steps: decisions,
      decisions,
      draws,
      ...(outcome?.ending === "step-limit" && outcome.steps < this.search.stepsMax ? { cutAfter: outcome.steps } : {}),
      faults: recording.faults.struck(),
      struckAt: recording.faults.entries().map(({ step }) => step),
      ...(outcome?.timed === true ? { timed: true } : {}),
      faultsInWords: whole ? this.lane.faults() : [],
      pending: pendingOf(decisions, (strand) => recording.pendingFingerprint(strand)),
      trace: whole ? this.lane.trace() : [],
      history: whole ? this.lane.history() : EMPTY_HISTORY,
    };
  }

  /** Lets messages in now and then, and says how far it has come; false if the search is to end. */
  async breathe(): Promise<boolean> {
    if (performance.now() - this.#breathedAt <= BREATHE_EVERY_MS) return true;
    this.#breathedAt = performance.now();
    this.#tell({ type: "progress", tally: this.tally });
    await new Promise((resolve) => setImmediate(resolve));
    return !this.workers.stopping;
  }
}

type NamedRequest = CheckRequest & { readonly name: string };

/** A lane, and the way to tell its pool. */
export interface LaneParts {
  readonly lane: Lane;
  readonly memory: LaneMemory;
  readonly workers: Workers;
  readonly tell: (message: FromConductor) => void;
}

export interface KnownAttempt extends Attempt {
  readonly decisions: readonly Decision[];
  /** Announced steps that were never taken, by strand. */
  readonly pending: ReadonlyMap<number, number>;
  readonly trace: Counterexample["trace"];
  readonly faultsInWords: readonly FaultInWords[];
  readonly history: History;
  /** It comes to no end, and was cut off after so many steps. */
  readonly cutAfter?: number;
}

/** The value of a run that was read whole. */
export function valueOf(input: unknown, attempt: KnownAttempt): RunValue {
  return {
    input,
    draws: attempt.draws,
    faults: attempt.faults,
    schedule: scheduleOf(attempt.decisions, (strand) => attempt.pending.get(strand) ?? 0),
    ...(attempt.cutAfter === undefined ? {} : { cutAfter: attempt.cutAfter }),
  };
}

/** Does the run of this value again, in earnest: who is killed dies of a signal. */
export function replayRequest(value: RunValue, stepsMax: number): RunRequest {
  const { draws, schedule, faults, cutAfter } = value;
  return {
    strategy: "replay",
    seed: 0,
    stepsMax: cutAfter ?? stepsMax,
    draws,
    schedule: scheduleNumbers(schedule),
    faults,
    signals: true,
  };
}

const DATA_RACE = "no-data-race";
const BREATHE_EVERY_MS = 50;
const BEHAVIOURS_KEPT_MAX = 10_000;
const EMPTY_HISTORY: History = { input: undefined, operations: [], processes: [], final: undefined };

function pendingOf(decisions: readonly Decision[], fingerprint: (strand: number) => number): Map<number, number> {
  const pending = new Map<number, number>();
  for (const { strand } of decisions) if (!pending.has(strand)) pending.set(strand, fingerprint(strand));
  return pending;
}
