import { generated, type Generated } from "../arbitrary.ts";
import { dataText } from "../data-text.ts";
import { wasKeptInside } from "../node/beyond.ts";
import { BehaviourCounter } from "../coverage.ts";
import type { Scenario } from "../scenario.ts";
import { needProfile, Portfolio } from "../strategies/portfolio.ts";
import { decodeToken } from "../token.ts";
import { divergenceOf } from "./divergence.ts";
import { FaultDraws } from "./fault-draws.ts";
import { checkDeterminism, isLoss, makeSure, type KnownFailure } from "./known-failure.ts";
import type { RunRequest } from "./run-request.ts";
import { again, confirmed, differenceOf, type Difference } from "./partly-controlled.ts";
import { prove } from "./lane-proof.ts";
import { follow } from "./lane-liveness.ts";
import { H } from "./lane-memory.ts";
import { LaneRuns, replayRequest, type LaneParts } from "./lane-runs.ts";
import { smallestCounterexample } from "./lane-shrink.ts";
import { mishapNote } from "./outside.ts";
import type { CheckRequest, Found, SearchOptions, ToConductor } from "./protocol.ts";
import { derivedSeed } from "./random.ts";
import { loadScenario } from "./scenario-module.ts";
import { NondeterminismError, ScenarioError, StoppedError, TokenError, troubleOf } from "./trouble.ts";

/**
 * The main loop of a lane: generate an input, run it under one schedule after the other, judge each run; on a failure make
 * sure of it, and shrink it when told to. Nothing here reads the clock but to report how long things took and to let
 * messages in now and then.
 */
export class LaneSearch {
  readonly #parts: LaneParts;
  #blockLimit = Infinity;
  #failure: KnownFailure | null = null;
  #runs: LaneRuns | null = null;
  #behaviours = new BehaviourCounter();

  constructor(parts: LaneParts) {
    this.#parts = parts;
  }

  hear(message: ToConductor): void {
    if (message.type === "check") void this.#guarded(() => this.#check(message.request));
    else if (message.type === "shrink") void this.#guarded(() => this.#shrink());
    else if (message.type === "limit") this.#blockLimit = Math.min(this.#blockLimit, message.block);
  }

  async #check(request: CheckRequest): Promise<void> {
    this.#failure = null;
    this.#runs = null;
    this.#blockLimit = Infinity;
    this.#behaviours = new BehaviourCounter();
    const { scenario, name } = await loadScenario(request);
    this.#parts.tell({ type: "loaded", name });
    this.#parts.lane.load(scenario);
    const runs = new LaneRuns(this.#parts, scenario, { ...request, name });
    this.#runs = runs;
    const { replay, exhaustive } = request.search;
    const found =
      replay !== undefined
        ? await this.#replay(runs, replay)
        : exhaustive !== undefined
          ? await this.#prove(runs)
          : await this.#search(runs);
    const sampled = replay === undefined && exhaustive === undefined;
    const behaviours = sampled ? { behaviours: this.#behaviours.counts() } : {};
    runs.tally.notes.push(...this.#parts.workers.mishaps.splice(0).map(mishapNote));
    if (wasKeptInside(this.#parts.memory))
      runs.tally.notes.push("changes outside of the run's folder were refused (ERR_FORKCHECK_OUTSIDE)");
    const { risk = 0 } = request.search;
    if (risk > 0 && found === null) runs.tally.notes.push(riskNote(risk, this.#behaviours));
    this.#parts.tell({ type: "searched", tally: runs.tally, found, trouble: null, ...behaviours });
  }

  async #search(runs: LaneRuns): Promise<Found | null> {
    const { search, lane, lanes } = runs.request;
    const blocks = Math.ceil(search.runs / RUNS_PER_BLOCK);
    const startedAt = performance.now();
    for (let block = lane; block < blocks && block <= this.#blockLimit; block += lanes) {
      const input = inputOf(runs.scenario, search, block);
      await runs.prepare(input.value);
      const last = Math.min(search.runs, (block + 1) * RUNS_PER_BLOCK);
      const portfolio = new Portfolio(search.strategies, block);
      const profiled = search.mode === "controlled" && needProfile(search.strategies);
      const faults = new FaultDraws(search.faults, ...(search.mode === "free" ? [FREE_PAUSE_MS_MAX] : []));
      const interleavings = new Set<number>();
      const inputText = dataText(input.value);
      for (let run = block * RUNS_PER_BLOCK; run < last; run++) {
        const profiles = profiled && run === block * RUNS_PER_BLOCK;
        // The profile run is a random walk, which counts besides.
        const strategy = profiles ? "random-walk" : portfolio.next();
        const seed = derivedSeed(search.seed, run);
        const request: RunRequest = {
          strategy: profiles ? "profile" : strategy,
          seed,
          faults: faults.draw(seed),
          signals: run % SIGNALS_EVERY === SIGNALS_AT,
          stepsMax: search.stepsMax,
          ...freeRequest(search.mode),
          keepCandidates: runs.partlyControlled,
        };
        const outcome = await runs.run(request);
        const judgement = runs.judge(outcome, search.property);
        if (run === block * RUNS_PER_BLOCK) faults.learn(runs.lane.recording.stepsTaken());
        const interleaving = runs.lane.recording.interleaving();
        this.#behaviours.add(inputText, interleaving);
        portfolio.learn(strategy, !interleavings.has(interleaving));
        interleavings.add(interleaving);
        if (judgement !== null) {
          this.#failure =
            runs.partlyControlled && !isLoss(judgement)
              ? await confirmed(runs, { input, request, outcome, judgement })
              : await makeSure(runs, input, request, judgement);
          if (this.#failure !== null) {
            const foundMs = performance.now() - startedAt;
            const foundBy = search.mode === "free" ? "free" : strategy;
            return { block, run: run + 1, strategy: foundBy, judgement: this.#failure.judgement, foundMs };
          }
        } else if (search.mode === "controlled" && run % search.distrustEvery === 0) {
          await distrust(runs, request);
        }
      }
      if (!(await runs.breathe())) break;
      if (this.#behaviours.newBehaviourChanceMax <= (search.risk ?? 0)) break;
    }
    return null;
  }

  async #prove(runs: LaneRuns): Promise<Found | null> {
    const startedAt = performance.now();
    const { finished, notes, survived, failed } = await prove(runs);
    runs.tally.notes.push(...notes);
    runs.tally.survived = survived;
    if (failed === null) {
      runs.tally.exhaustive = finished && !runs.partlyControlled;
      if (runs.partlyControlled) runs.tally.notes.push(NO_PROOF);
      return null;
    }
    const run = runs.tally.runs;
    this.#failure = runs.partlyControlled
      ? await confirmed(runs, failed)
      : await makeSure(runs, failed.input, failed.request, failed.judgement);
    if (this.#failure === null) return null;
    const foundMs = performance.now() - startedAt;
    return { block: 0, run, strategy: "exhaustive", judgement: this.#failure.judgement, foundMs };
  }

  async #replay(runs: LaneRuns, { token, times }: Replay): Promise<Found | null> {
    const { value } = decodeToken(token);
    const { stepsMax, property } = runs.search;
    await prepareFor(runs, value.input);
    if (value.cutAfter !== undefined) runs.stepsMax = value.cutAfter;
    if (times > 1) await this.#repeat(runs, replayRequest(value, stepsMax), times - 1);
    const outcome = await runs.run({ ...replayRequest(value, stepsMax), keepCandidates: true });
    const judgement = runs.judge(outcome, property);
    const divergence = divergenceOf(runs.lane, outcome);
    const attempt = runs.attempt(outcome, judgement);
    // After an edit what was a loop may have an end.
    const holds =
      judgement === null || (value.cutAfter !== undefined && (await follow(runs, attempt, stepsMax)) !== "goes on");
    if (holds) {
      if (divergence !== null) throw new TokenError(divergence, runs.request.name);
      runs.tally.notes.push("the run went as its token says, switch by switch, and nothing fails");
      return null;
    }
    // It need not be the same failure, and it is one.
    if (divergence !== null)
      runs.tally.notes.push(`the program differs from the one that the token is of: ${divergence}`);
    const input = { value: value.input, context: undefined };
    this.#failure = { input, judgement, attempt, mode: "controlled" };
    return { block: 0, run: 1, strategy: "replay", judgement, foundMs: 0 };
  }

  /** @throws {NondeterminismError} two of them were not the same */
  async #repeat(runs: LaneRuns, request: RunRequest, times: number): Promise<void> {
    const fails = async (): Promise<boolean> => {
      const outcome = await runs.run(request);
      return runs.partlyControlled && runs.judge(outcome, runs.search.property) !== null;
    };
    let failed = (await fails()) ? 1 : 0;
    const first = runs.lane.seen();
    const differing = { none: 0, replies: 0, steps: 0 };
    for (let time = 0; time < times; time++) {
      if (await fails()) failed++;
      const seen = runs.lane.seen();
      const difference = differenceOf(first, seen);
      if (difference !== "none" && !runs.partlyControlled) {
        throw new NondeterminismError(first.trace, seen.trace, runs.prepared);
      }
      differing[difference]++;
      if (!(await runs.breathe())) return;
    }
    runs.tally.notes.push(`replayed ${times + 1} times: ${replaysInWords(failed, times + 1, differing)}`);
  }

  async #shrink(): Promise<void> {
    const startedAt = performance.now();
    const { words } = this.#parts.memory;
    const before = words[H.run];
    const told = await smallestCounterexample(this.#runs as LaneRuns, this.#failure as KnownFailure);
    this.#parts.tell({
      type: "shrunk",
      ...told,
      shrinkRuns: words[H.run] - before,
      shrinkMs: performance.now() - startedAt,
    });
  }

  async #guarded(body: () => Promise<void>): Promise<void> {
    try {
      await body();
    } catch (error) {
      if (error instanceof StoppedError && this.#runs !== null) {
        const { replay, exhaustive } = this.#runs.search;
        const sampled = replay === undefined && exhaustive === undefined;
        const behaviours = sampled ? { behaviours: this.#behaviours.counts() } : {};
        this.#parts.tell({ type: "searched", tally: this.#runs.tally, found: null, trouble: null, ...behaviours });
        return;
      }
      this.#parts.tell({ type: "trouble", trouble: troubleOf(error, this.#runs?.request.name ?? "") });
    }
  }
}

/** @throws {TokenError} the scenario can do nothing with the token's input */
async function prepareFor(runs: LaneRuns, input: unknown): Promise<void> {
  try {
    await runs.prepare(input);
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    throw new TokenError(`its input is none for it: ${error.message}`, runs.request.name, "token-input");
  }
}

type Replay = NonNullable<SearchOptions["replay"]>;

/** The same input is run under so many schedules before the next one is generated. */
export const RUNS_PER_BLOCK = 32;
/**
 * In one run of so many blocks who is killed dies of a signal, which costs the start of a process. In the others it is never
 * scheduled again, which nothing that shares memory with it can tell from a death; every failure is done again with signals.
 * A number that lanes come round to in turn.
 */
const SIGNALS_EVERY = 7 * RUNS_PER_BLOCK;
const SIGNALS_AT = 1;
const FREE_DELAY_MICROS_MAX = 2000;
/** Who stands still in free mode does so for real. */
const FREE_PAUSE_MS_MAX = 250;

function inputOf(
  scenario: Scenario,
  { seed, inputs, examples: first }: SearchOptions,
  block: number,
): Generated<unknown> {
  if (inputs !== undefined) return { value: inputs[block % inputs.length], context: undefined };
  const examples = [...first, ...(scenario.examples ?? [])];
  if (block < examples.length) return { value: examples[block], context: undefined };
  return generated(scenario.input, derivedSeed(seed, 0x40000000 + block), 2 + Math.floor(Math.log10(block + 1)));
}

/** A run that held is done again, now and then. */
async function distrust(runs: LaneRuns, request: RunRequest): Promise<void> {
  if (!runs.partlyControlled) return await checkDeterminism(runs, request);
  const { redone } = runs.tally.partly;
  redone.runs++;
  const difference = await again(runs, request);
  if (difference === "steps") redone.differing++;
  if (difference === "replies") redone.otherReplies++;
}

function replaysInWords(failed: number, replays: number, { replies, steps }: Record<Difference, number>): string {
  const same =
    steps === 0 ? "each step was the same" : `${failed} failed, and ${steps} were not the same, step for step`;
  if (replies === 0) return same;
  const whole = steps === 0 && failed !== replays ? `${failed} failed; ${same}` : same;
  return `${whole}; in ${replies} what a server replied was another thing`;
}

const NO_PROOF = "this is no proof: what the runs used beyond the schedule may do something else another time";

function riskNote(risk: number, { newBehaviourChanceMax }: BehaviourCounter): string {
  const bound = `the chance that another run shows a new behaviour is at most ${newBehaviourChanceMax.toFixed(3)}, with 95 % confidence`;
  return newBehaviourChanceMax <= risk ? bound : `${bound}: more than the ${risk} that was asked for`;
}

function freeRequest(mode: "controlled" | "free"): Pick<RunRequest, "free"> {
  return mode === "free" ? { free: { delayMicrosMax: FREE_DELAY_MICROS_MAX } } : {};
}
