import { generated, shrunk, type Generated } from "../arbitrary.ts";
import { dataText } from "../data-text.ts";
import { BehaviourCounter } from "../coverage.ts";
import { explain } from "../explanation.ts";
import type { History } from "../history.ts";
import { judge, type Judgement } from "../judge.ts";
import type { Measure } from "../measure.ts";
import type { Counterexample } from "../result.ts";
import { scheduleNumbers, scheduleOf, type RunValue } from "../run-value.ts";
import type { Scenario } from "../scenario.ts";
import { shrink } from "../shrink/shrink.ts";
import type { Attempt, Plan, Subject } from "../shrink/subject.ts";
import { needProfile, Portfolio } from "../strategies/portfolio.ts";
import { decodeToken, encodeToken } from "../token.ts";
import {
  ScenarioError,
  StoppedError,
  type Lane,
  type Prepared,
  type RunOutcome,
  type RunRequest,
  type Workers,
} from "./lane.ts";
import type { LaneMemory } from "./lane-memory.ts";
import { prove } from "./lane-proof.ts";
import type { CheckRequest, Found, FromConductor, ToConductor } from "./protocol.ts";
import { loadScenario } from "./scenario-module.ts";
import { DivergedError, NondeterminismError, troubleOf } from "./trouble.ts";
import { derivedSeed } from "./random.ts";
import type { Decision } from "./recording.ts";

/**
 * The main loop of a lane: generate an input, run it under one schedule after the other, judge each run; on a failure make
 * sure of it, and shrink it when told to. Nothing here reads the clock but to report how long things took and to let
 * messages in now and then.
 */
export class LaneSearch {
  readonly #lane: Lane;
  readonly #memory: LaneMemory;
  readonly #workers: Workers;
  readonly #tell: (message: FromConductor) => void;
  #blockLimit = Infinity;
  #failure: KnownFailure | null = null;
  #request: CheckRequest | null = null;
  /** Histories of the prepared input that were judged, and held. */
  readonly #held = new Set<number>();
  #tally = newTally();
  #behaviours = new BehaviourCounter();

  constructor(lane: Lane, memory: LaneMemory, workers: Workers, tell: (message: FromConductor) => void) {
    this.#lane = lane;
    this.#memory = memory;
    this.#workers = workers;
    this.#tell = tell;
  }

  hear(message: ToConductor): void {
    if (message.type === "check") void this.#guarded(() => this.#check(message.request));
    else if (message.type === "shrink") void this.#guarded(() => this.#shrink());
    else if (message.type === "limit") this.#blockLimit = Math.min(this.#blockLimit, message.block);
  }

  async #check(request: CheckRequest): Promise<void> {
    this.#request = request;
    this.#failure = null;
    this.#blockLimit = Infinity;
    this.#tally = newTally();
    this.#behaviours = new BehaviourCounter();
    const scenario = await loadScenario(request);
    this.#lane.load(scenario);
    const { replay, exhaustive } = request.search;
    const found =
      replay !== undefined
        ? await this.#replay(scenario, request)
        : exhaustive !== undefined
          ? await this.#prove(scenario, request)
          : await this.#search(scenario, request);
    const sampled = replay === undefined && exhaustive === undefined;
    const behaviours = sampled ? { behaviours: this.#behaviours.counts() } : {};
    for (const reason of this.#workers.unexpected.splice(0)) {
      this.#tally.notes.push(`a worker died between two runs (${reason}), and was replaced`);
    }
    this.#tell({ type: "searched", tally: this.#tally, found, trouble: null, ...behaviours });
  }

  async #search(scenario: Scenario, request: CheckRequest): Promise<Found | null> {
    const { search, lane, lanes } = request;
    const blocks = Math.ceil(search.runs / RUNS_PER_BLOCK);
    const startedAt = performance.now();
    let reportedAt = startedAt;
    for (let block = lane; block < blocks && block <= this.#blockLimit; block += lanes) {
      const input = inputOf(scenario, search.seed, block);
      const prepared = await this.#prepare(input.value);
      const last = Math.min(search.runs, (block + 1) * RUNS_PER_BLOCK);
      const portfolio = new Portfolio(search.strategies, block);
      const profiled = search.mode === "controlled" && needProfile(search.strategies);
      const interleavings = new Set<number>();
      const inputText = dataText(input.value);
      for (let run = block * RUNS_PER_BLOCK; run < last; run++) {
        const profiles = profiled && run === block * RUNS_PER_BLOCK;
        // The profile run is a random walk, which counts besides.
        const strategy = profiles ? "random-walk" : portfolio.next();
        const request_: RunRequest = {
          strategy: profiles ? "profile" : strategy,
          seed: derivedSeed(search.seed, run),
          stepsMax: search.stepsMax,
          ...freeRequest(search.mode),
        };
        const judgement = await this.#runAndJudge(scenario, request_, search.property);
        const interleaving = this.#lane.recording.interleaving();
        this.#behaviours.add(inputText, interleaving);
        portfolio.learn(strategy, !interleavings.has(interleaving));
        interleavings.add(interleaving);
        if (judgement !== null) {
          const known = await this.#makeSure(scenario, prepared, input, request_, judgement);
          if (known !== null) {
            this.#failure = known;
            return {
              block,
              run: run + 1,
              strategy: search.mode === "free" ? "free" : strategy,
              judgement: known.judgement,
              foundMs: performance.now() - startedAt,
            };
          }
        } else if (search.mode === "controlled" && run % CHECK_DETERMINISM_EVERY === 0) {
          await this.#checkDeterminism(prepared, request_);
        }
      }
      if (performance.now() - reportedAt > REPORT_EVERY_MS) {
        reportedAt = performance.now();
        this.#tell({ type: "progress", tally: this.#tally });
        await new Promise((resolve) => setImmediate(resolve));
        if (this.#workers.stopping) break;
      }
    }
    return null;
  }

  async #prove(scenario: Scenario, { search }: CheckRequest): Promise<Found | null> {
    const startedAt = performance.now();
    const tally = this.#tally;
    let reportedAt = startedAt;
    let prepared: Prepared | null = null;
    const proof = await prove(
      {
        memory: this.#memory,
        prepare: async (input) => {
          prepared = await this.#prepare(input);
        },
        run: async (runRequest) => {
          const outcome = await this.#lane.run(runRequest);
          this.#count(outcome);
          const judged = outcome.ending !== "pruned";
          return { outcome, judgement: judged ? this.#judge(scenario, outcome, search.property) : null };
        },
        attempt: (judgement, outcome) => this.#attempt(prepared as Prepared, outcome, judgement, false),
        candidates: () => this.#lane.recording.decisions().map(({ candidates }) => candidates),
        get runsLeft() {
          return search.runs - tally.runs;
        },
        breathe: async () => {
          if (performance.now() - reportedAt <= REPORT_EVERY_MS) return true;
          reportedAt = performance.now();
          this.#tell({ type: "progress", tally: this.#tally });
          await new Promise((resolve) => setImmediate(resolve));
          return !this.#workers.stopping;
        },
      },
      scenario,
      search,
    );
    tally.notes.push(...proof.notes);
    if (proof.failed === null) {
      tally.exhaustive = proof.finished;
      return null;
    }
    const { input, request, judgement } = proof.failed;
    const run = tally.runs;
    this.#failure = await this.#makeSure(scenario, prepared as unknown as Prepared, input, request, judgement);
    if (this.#failure === null) return null;
    const foundMs = performance.now() - startedAt;
    return { block: 0, run, strategy: "exhaustive", judgement: this.#failure.judgement, foundMs };
  }

  async #prepare(input: unknown): Promise<Prepared> {
    this.#held.clear();
    return await this.#lane.prepare(input);
  }

  async #runAndJudge(scenario: Scenario, request: RunRequest, only?: string): Promise<Judgement | null> {
    const outcome = await this.#lane.run(request);
    this.#count(outcome);
    return this.#judge(scenario, outcome, only);
  }

  #count(outcome: RunOutcome): void {
    this.#tally.runs++;
    this.#tally.schedulingPoints += outcome.steps;
    this.#tally.choices += outcome.choices;
    this.#tally.switches += outcome.switches;
  }

  #judge(scenario: Scenario, outcome: RunOutcome, only?: string): Judgement | null {
    if (outcome.ending === "stopped") throw new StoppedError();
    if (outcome.failure !== "") throw new ScenarioError(outcome.failure);
    if (outcome.ending !== "finished" || outcome.threw)
      return judge(outcome, () => this.#history(), scenario.properties, only);
    // Properties are functions of the history: where nothing else is read, the same history holds again.
    const behaviour = scenario.final === undefined ? this.#lane.recording.behaviour() : 0;
    if (behaviour !== 0 && this.#held.has(behaviour)) return null;
    const judgement = judge(outcome, () => this.#history(), scenario.properties, only);
    if (judgement === null && behaviour !== 0 && this.#held.size < BEHAVIOURS_KEPT_MAX) this.#held.add(behaviour);
    return judgement;
  }

  #history(): History {
    return this.#lane.history();
  }

  /** Does the same run again and follows its schedule; null if the failure was not the scenario's. */
  async #makeSure(
    scenario: Scenario,
    prepared: Prepared,
    input: Generated<unknown>,
    request: RunRequest,
    judgement: Judgement,
  ): Promise<KnownFailure | null> {
    if (request.free !== undefined) return this.#bringUnderControl(scenario, prepared, input, judgement);
    const only = judgement.property;
    const first = this.#lane.seen();
    const outcome = await this.#lane.run({ ...request, keepCandidates: true });
    const again = this.#judge(scenario, outcome, only);
    if (isLoss(judgement)) this.#workers.unexpected.length = 0;
    if (again === null && isLoss(judgement)) {
      this.#tally.notes.push(
        `${judgement.message}; the same run again went well, so it was replaced and the search went on`,
      );
      return null;
    }
    if (isLoss(judgement) && again !== null)
      return { input, judgement: again, attempt: this.#attempt(prepared, outcome, again), mode: "controlled" };
    const second = this.#lane.seen();
    if (again === null || first.digest !== second.digest)
      throw new NondeterminismError(first.trace, second.trace, prepared);
    const attempt = this.#attempt(prepared, outcome, again);
    const replayed = await this.#lane.run(replayRequest(this.#valueOf(input.value, attempt), request.stepsMax));
    const third = this.#lane.seen();
    void replayed;
    if (third.digest !== second.digest) throw new NondeterminismError(second.trace, third.trace, prepared);
    return { input, judgement: again, attempt, mode: "controlled" };
  }

  /** A failure of free mode: follow its order under control, else look for the same failure with the same input. */
  async #bringUnderControl(
    scenario: Scenario,
    prepared: Prepared,
    input: Generated<unknown>,
    judgement: Judgement,
  ): Promise<KnownFailure | null> {
    const only = judgement.property;
    const free = this.#attempt(prepared, null, judgement);
    const asItWas = this.#lane.seen();
    const { stepsMax, seed } = (this.#request as CheckRequest).search;
    const guide = free.decisions.map(({ strand }) => strand);
    for (let tries = 0; tries <= CONTROLLED_TRIES; tries++) {
      const request: RunRequest =
        tries === 0
          ? { strategy: "guide", schedule: guide, draws: free.draws, seed: 0, stepsMax, keepCandidates: true }
          : {
              strategy: tries % 2 === 0 ? "random-walk" : "random-delay",
              draws: free.draws,
              seed: derivedSeed(seed, tries),
              stepsMax,
              keepCandidates: true,
            };
      const outcome = await this.#lane.run(request);
      const found = this.#judge(scenario, outcome, only);
      if (found === null) continue;
      this.#tally.notes.push(
        tries === 0
          ? "found in free mode, and replayed under control in the order in which it happened"
          : `found in free mode; its order did not lead there again under control, a search with the same input did after ${tries} runs`,
      );
      return { input, judgement: found, attempt: this.#attempt(prepared, outcome, found), mode: "free" };
    }
    this.#tally.notes.push(
      "found in free mode; it did not happen again under control, so the history is shown as it was, and there is no token that replays it",
    );
    return { input, judgement, attempt: free, mode: "free", asItWas };
  }

  async #checkDeterminism(prepared: Prepared, request: RunRequest): Promise<void> {
    const first = this.#lane.seen();
    await this.#lane.run(request);
    const second = this.#lane.seen();
    if (first.digest !== second.digest) throw new NondeterminismError(first.trace, second.trace, prepared);
  }

  async #replay(scenario: Scenario, request: CheckRequest): Promise<Found | null> {
    const { value } = decodeToken(request.search.replay?.token ?? "");
    const input = { value: value.input, context: undefined };
    const prepared = await this.#prepare(input.value);
    const outcome = await this.#lane.run({ ...replayRequest(value, request.search.stepsMax), keepCandidates: true });
    this.#tally.runs++;
    this.#tally.schedulingPoints += outcome.steps;
    this.#tally.choices += outcome.choices;
    this.#tally.switches += outcome.switches;
    const judgement = this.#judge(scenario, outcome, request.search.property);
    if (outcome.divergedAt > 0) {
      const at = this.#lane.trace()[outcome.divergedAt - 1];
      throw new DivergedError(outcome.divergedAt, at === undefined ? "its end" : `${at.process}: ${at.label}`);
    }
    if (judgement === null) return null;
    this.#failure = { input, judgement, attempt: this.#attempt(prepared, outcome, judgement), mode: "controlled" };
    return { block: 0, run: 1, strategy: "replay", judgement, foundMs: 0 };
  }

  async #shrink(): Promise<void> {
    const request = this.#request as CheckRequest;
    const failure = this.#failure as KnownFailure;
    const scenario = await loadScenario(request);
    const startedAt = performance.now();
    if (failure.asItWas !== undefined) {
      this.#report(failure, unshrunk(failure), failure.asItWas, performance.now() - startedAt);
      return;
    }
    const { replay, endOnFailure } = request.search;
    const keep = replay?.shrink === false || endOnFailure === true || isLoss(failure.judgement);
    const shrunken = keep
      ? unshrunk(failure)
      : await shrink(this.#subject(scenario, failure), { input: failure.input, attempt: failure.attempt });
    const prepared = await this.#prepare(shrunken.input);
    const value = this.#valueOf(shrunken.input, shrunken.attempt as KnownAttempt);
    if (isLoss(failure.judgement)) {
      this.#report(failure, shrunken, null, performance.now() - startedAt);
      return;
    }
    const outcome = await this.#lane.run({
      ...replayRequest(value, request.search.stepsMax),
      keepCandidates: true,
      recordSource: true,
    });
    const judgement = this.#judge(scenario, outcome, failure.judgement.property);
    if (judgement === null) throw new NondeterminismError([], [], prepared);
    this.#report(
      { ...failure, judgement },
      { ...shrunken, attempt: this.#attempt(prepared, outcome, judgement) },
      null,
      performance.now() - startedAt,
    );
  }

  #report(failure: KnownFailure, shrunken: ShrunkFailure, asItWas: Seen | null, shrinkMs: number): void {
    const { name } = this.#request as CheckRequest;
    const attempt = shrunken.attempt as KnownAttempt;
    const trace = asItWas?.trace ?? attempt.trace;
    const counterexample: Counterexample = {
      input: shrunken.input,
      processes: attempt.measure.processes,
      operations: attempt.measure.operations,
      preemptions: attempt.measure.preemptions,
      switches: attempt.measure.switches,
      steps: attempt.measure.steps,
      faults: 0,
      minimal: shrunken.minimal,
      smallerRunsChecked: shrunken.smallerRunsChecked,
      token: asItWas === null ? encodeToken(name, this.#valueOf(shrunken.input, attempt)) : "",
      explanation: explain(trace, attempt.decisions, attempt.history.operations),
      trace,
      history: attempt.history.operations,
      ends: attempt.history.processes,
      foundInRun: 0,
      foundMs: 0,
      shrinkMs,
      mode: failure.mode,
    };
    this.#tell({ type: "shrunk", counterexample, judgement: failure.judgement });
  }

  #subject(scenario: Scenario, failure: KnownFailure): Subject {
    const { search } = this.#request as CheckRequest;
    const only = failure.judgement.property;
    let prepared: Prepared | null = null;
    let lastYield = performance.now();
    const workers = this.#workers;
    return {
      get stopping() {
        return workers.stopping;
      },
      prepare: async (input) => {
        try {
          prepared = await this.#prepare(input);
          return { processes: prepared.processes.length };
        } catch (error) {
          if (error instanceof ScenarioError) return null;
          throw error;
        }
      },
      attempt: async (plan: Plan): Promise<Attempt> => {
        if (performance.now() - lastYield > REPORT_EVERY_MS) {
          lastYield = performance.now();
          await new Promise((resolve) => setImmediate(resolve));
        }
        const outcome = await this.#lane.run({
          strategy: "guide",
          schedule: plan.guide,
          draws: plan.draws,
          seed: 0,
          stepsMax: search.stepsMax,
          keepCandidates: true,
        });
        return this.#attempt(prepared as Prepared, outcome, this.#judge(scenario, outcome, only), false);
      },
      smallerInputs: (input) => shrunk(scenario.input, input, SMALLER_INPUTS_MAX),
      sampleInputs: (count) =>
        Array.from({ length: count }, (_, index) => generated(scenario.input, derivedSeed(search.seed, ~index))),
    };
  }

  /** What the run that has just ended came to. */
  #attempt(prepared: Prepared, outcome: RunOutcome | null, judgement: Judgement | null, whole = true): KnownAttempt {
    const decisions = this.#lane.recording.decisions();
    const draws = this.#lane.recording.draws(prepared.processes.length);
    const operations = this.#lane.recording.outermostOperations();
    const measure: Measure = {
      processes: prepared.processes.length,
      operations,
      faults: 0,
      preemptions: outcome?.preemptions ?? 0,
      switches: outcome?.switches ?? 0,
      steps: decisions.length,
      inputSize: dataText(prepared.input).length + dataText(draws).length,
    };
    const recording = this.#lane.recording;
    const pending = whole
      ? pendingOf(decisions, (strand) => recording.pendingFingerprint(strand))
      : new Map<number, number>();
    return {
      judgement,
      measure,
      steps: decisions,
      decisions,
      draws,
      pending,
      trace: whole ? this.#lane.trace() : [],
      history: whole ? this.#history() : EMPTY_HISTORY,
    };
  }

  #valueOf(input: unknown, attempt: KnownAttempt): RunValue {
    return {
      input,
      draws: attempt.draws,
      schedule: scheduleOf(attempt.decisions, (strand) => attempt.pending.get(strand) ?? 0),
    };
  }

  async #guarded(body: () => Promise<void>): Promise<void> {
    try {
      await body();
    } catch (error) {
      if (error instanceof StoppedError) {
        this.#tell({ type: "searched", tally: this.#tally, found: null, trouble: null });
        return;
      }
      this.#tell({ type: "trouble", trouble: troubleOf(error, (this.#request as CheckRequest).name) });
    }
  }
}

interface KnownFailure {
  readonly input: Generated<unknown>;
  readonly judgement: Judgement;
  readonly attempt: KnownAttempt;
  readonly mode: "controlled" | "free";
  /** The run of free mode, where it did not happen again under control. */
  readonly asItWas?: Seen;
}

interface KnownAttempt extends Attempt {
  readonly decisions: readonly Decision[];
  /** Announced steps that were never taken, by strand. */
  readonly pending: ReadonlyMap<number, number>;
  readonly trace: Counterexample["trace"];
  readonly history: History;
}

interface ShrunkFailure {
  readonly input: unknown;
  readonly attempt: Attempt;
  readonly minimal: boolean;
  readonly smallerRunsChecked: number;
}

interface Seen {
  readonly digest: number;
  readonly trace: Counterexample["trace"];
}

/** The same input is run under so many schedules before the next one is generated. */
export const RUNS_PER_BLOCK = 32;
/** Every so many runs one that held is done twice, to see whether it is the same. */
const CHECK_DETERMINISM_EVERY = 251;
const REPORT_EVERY_MS = 50;
const BEHAVIOURS_KEPT_MAX = 10_000;
const CONTROLLED_TRIES = 2000;
const SMALLER_INPUTS_MAX = 64;
const FREE_DELAY_MICROS_MAX = 2000;
const EMPTY_HISTORY: History = { input: undefined, operations: [], processes: [], final: undefined };

function newTally() {
  return { runs: 0, schedulingPoints: 0, choices: 0, switches: 0, notes: [] as string[], exhaustive: false };
}

function inputOf(scenario: Scenario, seed: number, block: number): Generated<unknown> {
  const examples = scenario.examples ?? [];
  if (block < examples.length) return { value: examples[block], context: undefined };
  return generated(scenario.input, derivedSeed(seed, 0x40000000 + block), 2 + Math.floor(Math.log10(block + 1)));
}

function freeRequest(mode: "controlled" | "free"): Pick<RunRequest, "free"> {
  return mode === "free" ? { free: { delayMicrosMax: FREE_DELAY_MICROS_MAX } } : {};
}

function replayRequest(value: RunValue, stepsMax: number): RunRequest {
  return { strategy: "replay", seed: 0, stepsMax, draws: value.draws, schedule: scheduleNumbers(value.schedule) };
}

function pendingOf(decisions: readonly Decision[], fingerprint: (strand: number) => number): Map<number, number> {
  const pending = new Map<number, number>();
  for (const { strand } of decisions) if (!pending.has(strand)) pending.set(strand, fingerprint(strand));
  return pending;
}

function isLoss(judgement: Judgement): boolean {
  return (
    judgement.property === "no-process-death" ||
    (judgement.property === "no-endless-run" && !judgement.message.includes("limit:"))
  );
}

function unshrunk(failure: KnownFailure): ShrunkFailure {
  return { input: failure.input.value, attempt: failure.attempt, minimal: false, smallerRunsChecked: 0 };
}
