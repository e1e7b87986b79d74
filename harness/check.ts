import { randomInt } from "node:crypto";
import { availableParallelism } from "node:os";
import { coverageOf, type BehaviourCounts } from "./coverage.ts";
import { usesFolder } from "./engine/preparation.ts";
import { RUNS_PER_BLOCK } from "./engine/lane-search.ts";
import { Patience, STOPPED_IN_WORDS } from "./engine/outside.ts";
import type { Pool, PoolLane } from "./engine/pool.ts";
import type { CheckRequest, Found, FromConductor, SearchOptions, Tally, Trouble } from "./engine/protocol.ts";
import { FREE_FAULTS, type FaultBudget } from "./fault.ts";
import {
  checkedOptions,
  checkedTimes,
  type CheckedOptions,
  type CheckOptions,
  type ReplayOptions,
  type Shard,
} from "./options.ts";
import { mergedPartlyControlled } from "./partly-controlled.ts";
import { RequestError } from "./request-error.ts";
import type { Result } from "./result.ts";
import { isScenario, scenarioName, type Scenario } from "./scenario.ts";
import { decodeToken } from "./token.ts";

/**
 * Checks a scenario: runs it in real processes under many schedules, and returns what came of it as a value.
 *
 * @throws {RequestError} an option is wrong, or the first argument is no scenario
 * @example
 * const result = await check(ticketRush, { runs: 1000, seed: 1 });
 * result.verdict; // "fail"
 * result.counterexample?.preemptions; // 1
 */
export async function check<Input, Shared extends object>(
  scenario: Scenario<Input, Shared>,
  options: CheckOptions = {},
): Promise<Result> {
  await using checker = new Checker();
  return await checker.check(scenario as unknown as Scenario, options);
}

/** Keeps its processes from one check to the next, for who checks many scenarios. Dispose of it to end them. */
export class Checker implements AsyncDisposable {
  #pool: Pool | null = null;
  #poolKey = "";

  /** @param name how it is called in the result; without one its own, or that of its export */
  async check(scenario: Scenario, options: CheckOptions = {}, name?: string): Promise<Result> {
    if (!isScenario(scenario)) {
      throw new RequestError(
        `${String(scenario)} is no scenario.`,
        "Pass what `scenario(import.meta.url, { ... })` returned.",
      );
    }
    const known = name ?? scenarioName(scenario);
    const checked = checkedOptions(options, randomInt(0x7fffffff));
    const properties = scenario.properties.map((property) => property.name);
    if (
      checked.property !== undefined &&
      !properties.includes(checked.property) &&
      !checked.property.startsWith("no-")
    ) {
      throw new RequestError(
        `${known} has no property ${JSON.stringify(checked.property)}.`,
        `It has ${properties.join(", ") || "none of its own"}.`,
      );
    }
    if (checked.mode === "free" && scenario.load !== undefined) {
      throw new RequestError(
        `${known} has a package under control (\`load\`), which free mode can't have.`,
        "Leave out --mode free: under control its files, timers and clocks are explored, too.",
      );
    }
    if (checked.exhaustive !== null && scenario.setup !== undefined) {
      throw new RequestError(
        `${known} uses servers (\`setup\`), and exhaustive is asked for.`,
        "What a server does is not under control, so that nothing can be proved about it: leave out exhaustive, and sample.",
      );
    }
    if (options.regression !== undefined) decodeToken(options.regression);
    const replay = options.regression === undefined ? undefined : { token: options.regression, shrink: true, times: 1 };
    return await this.#run(scenario, name, replay === undefined ? checked : { ...checked, runs: 1 }, options, replay);
  }

  /** The run that a token stands for, once more. */
  async replay(scenario: Scenario, token: string, options: ReplayOptions = {}, name?: string): Promise<Result> {
    decodeToken(token);
    const checked = checkedOptions({ ...options, runs: 1, seed: 0 }, 0);
    return await this.#run(scenario, name, checked, options, {
      token,
      shrink: false,
      times: checkedTimes(options),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool?.[Symbol.asyncDispose]();
    this.#pool = null;
  }

  async #run(
    scenario: Scenario,
    name: string | undefined,
    checked: CheckedOptions,
    options: CheckOptions,
    replay: SearchOptions["replay"],
  ): Promise<Result> {
    options.signal?.throwIfAborted();
    const { shard } = checked;
    const blocks = blocksOf(checked.runs, shard);
    const wanted =
      checked.mode === "free" || checked.exhaustive !== null || checked.risk > 0 || scenario.setup !== undefined
        ? 1
        : (checked.jobs ?? (blocks < BLOCKS_WORTH_A_LANE * 2 ? 1 : availableParallelism()));
    const laneCount = Math.max(1, Math.min(wanted, blocks));
    const pool = await this.#poolFor(laneCount, checked);
    const lanes = pool.lanes.slice(0, laneCount);
    const search: SearchOptions = {
      runs: checked.runs,
      seed: checked.seed,
      strategies: checked.strategies,
      mode: checked.mode,
      stepsMax: checked.stepsMax,
      risk: checked.risk,
      ...(checked.property === undefined ? {} : { property: checked.property }),
      ...(checked.exhaustive === null ? {} : { exhaustive: checked.exhaustive }),
      faults: checked.faults ?? survived(scenario, checked.mode),
      // Who does not ask for faults gets a proof that ends.
      faultsTogether: checked.faults !== null,
      endOnFailure: checked.endOnFailure,
      distrustEvery: checked.distrustEvery,
      shard,
      examples: checked.examples,
      ...(checked.inputs === undefined ? {} : { inputs: checked.inputs }),
      ...(replay === undefined ? {} : { replay }),
    };
    const request = {
      moduleUrl: scenario.moduleUrl,
      ordinal: scenario.ordinal,
      name: name ?? scenario.name ?? null,
      preload: scenario.load === undefined,
      search,
    };
    if (usesFolder(scenario)) await Promise.all(lanes.map((lane) => lane.makeFolder()));
    const checking = new Checking(name ?? scenarioName(scenario), lanes, request, checked, options);
    const result = await checking.finish();
    // Its processes may be in the middle of something.
    if (checking.broken) await this[Symbol.asyncDispose]();
    return result;
  }

  async #poolFor(lanes: number, checked: CheckedOptions): Promise<Pool> {
    const key = `${checked.mode}/${checked.watchdogMs}/${checked.memoryBytes}`;
    if (
      this.#pool === null ||
      this.#poolKey !== key ||
      this.#pool.lanes.length < lanes ||
      !this.#pool.lanes.every((lane) => lane.isWhole)
    ) {
      await this[Symbol.asyncDispose]();
      // Whoever plays a scenario imports this file, too, and starts no processes: what does takes half of the time to load.
      const { Pool } = await import("./engine/pool.ts");
      this.#pool = new Pool({
        lanes,
        free: checked.mode === "free",
        watchdogMs: checked.watchdogMs,
        memoryBytes: checked.memoryBytes,
      });
      this.#poolKey = key;
    }
    return this.#pool;
  }
}

/** One check in progress: hears its lanes, decides which failure counts, and puts the result together. */
class Checking {
  broken = false;
  /** At first as far as it is known here; its module knows better. */
  #name: string;
  readonly #lanes: readonly PoolLane[];
  readonly #checked: CheckedOptions;
  readonly #options: CheckOptions;
  readonly #request: Omit<CheckRequest, "lane" | "lanes">;
  readonly #tallies: Tally[];
  readonly #behaviours: BehaviourCounts[] = [];
  readonly #found: (Found | null)[];
  readonly #startedAt = performance.now();
  #searching: number;
  #best: { lane: number; found: Found } | null = null;
  #resolve: (result: Result) => void = () => {};
  #timer: NodeJS.Timeout | undefined;
  /** With each lane that has been told what to do: since it was last heard of. */
  readonly #patience: Patience[] = [];
  #started: Promise<unknown> = Promise.resolve();
  #stopped: "time-limit" | "signal" | null = null;
  #done = false;

  constructor(
    name: string,
    lanes: readonly PoolLane[],
    request: Omit<CheckRequest, "lane" | "lanes">,
    checked: CheckedOptions,
    options: CheckOptions,
  ) {
    this.#name = name;
    this.#lanes = lanes;
    this.#request = request;
    this.#checked = checked;
    this.#options = options;
    this.#searching = lanes.length;
    this.#tallies = lanes.map(() => ({
      runs: 0,
      schedulingPoints: 0,
      choices: 0,
      switches: 0,
      faults: 0,
      notes: [],
      partly: { used: [], confirmedBy: 0, unconfirmed: [], redone: { runs: 0, differing: 0, otherReplies: 0 } },
    }));
    this.#found = lanes.map(() => null);
  }

  async finish(): Promise<Result> {
    const finished = new Promise<Result>((resolve) => {
      this.#resolve = resolve;
    });
    const abort = (): void => this.#stop("signal");
    this.#options.signal?.addEventListener("abort", abort, { once: true });
    if (this.#checked.timeLimitMs !== Infinity) {
      this.#timer = setTimeout(() => this.#stop("time-limit"), this.#checked.timeLimitMs);
    }
    const starting = this.#lanes.map(async (member, lane) => {
      member.listen((message) => this.#hear(lane, message));
      try {
        await member.start(WORKERS_AT_START);
        this.#patience[lane] = new Patience();
        member.tell({ type: "check", request: { ...this.#request, ...this.#placeOf(lane) } });
      } catch (error) {
        this.#fail({ kind: "worker", message: (error as Error).message });
      }
    });
    this.#started = Promise.all(starting);
    const silence = setInterval(() => this.#listenForSilence(), LISTEN_EVERY_MS);
    try {
      return await finished;
    } finally {
      clearInterval(silence);
      clearTimeout(this.#timer);
      this.#options.signal?.removeEventListener("abort", abort);
    }
  }

  /** Which blocks are a lane's, among all lanes of all shards. */
  #placeOf(lane: number): { lane: number; lanes: number } {
    const { index, count } = this.#checked.shard;
    return { lane: index - 1 + lane * count, lanes: this.#lanes.length * count };
  }

  #hear(lane: number, message: FromConductor): void {
    if (this.#done) return;
    this.#patience[lane]?.renew();
    if (message.type === "progress") {
      this.#tallies[lane] = message.tally;
      this.#progress(this.#searching > 0 ? "searching" : "shrinking");
    } else if (message.type === "loaded") {
      this.#name = message.name;
    } else if (message.type === "searched") {
      this.#tallies[lane] = message.tally;
      if (message.behaviours !== undefined) this.#behaviours.push(message.behaviours);
      this.#searched(lane, message.found);
    } else if (message.type === "shrunk") {
      this.#end(this.#failure(message));
    } else if (message.type === "trouble") {
      this.#fail(message.trouble);
    }
  }

  #searched(lane: number, found: Found | null): void {
    this.#found[lane] = found;
    this.#searching--;
    if (found !== null && (this.#best === null || found.block < this.#best.found.block)) {
      this.#best = { lane, found };
      // A failure in an earlier block counts more, whichever lane is faster: the result depends on the seed alone.
      for (const other of this.#lanes) other.tell({ type: "limit", block: found.block });
    }
    if (this.#searching > 0) return;
    if (this.#best === null) {
      this.#end(this.#pass());
      return;
    }
    this.#progress("shrinking");
    this.#lanes[this.#best.lane].tell({ type: "shrink" });
  }

  #pass(): Result {
    const result = this.#cutOff({ ...this.#summary(), verdict: "pass" as const });
    if (result.verdict === "error") return result;
    if (result.choices > 0 || this.#checked.mode === "free" || result.runs < RUNS_TO_EXPECT_A_CHOICE) return result;
    return {
      ...result,
      verdict: "error",
      property: "no-concurrency",
      message: `nothing ran concurrently: in ${result.runs} runs of ${this.#name} there was never more than one process that could move. Check \`processes\`, and that the roles use the shared objects (or name their own steps with p.step).`,
    };
  }

  /** The time is over: what was seen so far counts, and where that is nothing it is no success. */
  #cutOff(result: Result): Result {
    const { timeLimitMs, runs, shard } = this.#checked;
    const of = runsOf(runs, shard);
    if (this.#stopped !== "time-limit" || result.exhaustive || result.runs >= of) return result;
    if (result.runs > 0) {
      const note = `the time limit of ${timeLimitMs} ms ended the search after ${result.runs} of ${of} runs`;
      return { ...result, notes: [...result.notes, note] };
    }
    return {
      ...result,
      verdict: "error",
      property: "time-limit",
      message:
        `${this.#name}: explored no schedule within ${timeLimitMs} ms (limit: timeLimitMs), because starting the processes took that long. ` +
        "Give it more time: a start takes a second, and more on a busy machine.",
    };
  }

  #failure({ counterexample, judgement, shrinkRuns, shrinkMs }: Extract<FromConductor, { type: "shrunk" }>): Result {
    const found = (this.#best as { found: Found }).found;
    return {
      ...this.#summary(),
      verdict: "fail",
      property: judgement.property,
      message: judgement.message,
      strategy: found.strategy,
      counterexample: {
        ...counterexample,
        foundInRun: found.run,
        foundMs: Math.round(found.foundMs),
        shrinkRuns,
        shrinkMs: Math.round(shrinkMs),
      },
    };
  }

  #summary(): Omit<Result, "verdict"> {
    const sum = (of: (tally: Tally) => number): number => this.#tallies.reduce((total, tally) => total + of(tally), 0);
    const { strategies, mode, seed } = this.#checked;
    return {
      scenario: this.#name,
      strategy: mode === "free" ? "free" : this.#checked.exhaustive === null ? strategies.join("+") : "exhaustive",
      runs: sum((tally) => tally.runs),
      schedulingPoints: sum((tally) => tally.schedulingPoints),
      choices: sum((tally) => tally.choices),
      switches: sum((tally) => tally.switches),
      faults: sum((tally) => tally.faults),
      elapsedMs: Math.round(performance.now() - this.#startedAt),
      exhaustive: this.#tallies.some((tally) => tally.exhaustive === true),
      seed,
      notes: this.#tallies.flatMap((tally) => tally.notes),
      ...withSurvived(this.#tallies),
      ...mergedPartlyControlled(this.#tallies.map((tally) => tally.partly)),
      ...(this.#behaviours.length === 0 ? {} : { coverage: coverageOf(this.#behaviours) }),
    };
  }

  #fail(trouble: Trouble): void {
    this.broken = true;
    this.#end({ ...this.#summary(), verdict: "error", property: trouble.kind, message: trouble.message });
  }

  /**
   * A conductor that says nothing at all is caught in a function of the user's: nothing else in it takes long. Unless
   * somebody has stopped it.
   */
  #listenForSilence(): void {
    for (const [index, lane] of this.#lanes.entries()) {
      const patience = this.#patience[index];
      if (patience === undefined) continue;
      if (lane.isHalted) {
        this.#fail({
          kind: "worker",
          message: `${this.#name}: ${lane.conductorInWords} ${STOPPED_IN_WORDS}. Run again.`,
        });
        return;
      }
      const silentMs = patience.look();
      if (silentMs < this.#checked.watchdogMs + START_ALLOWANCE_MS) continue;
      this.#fail({
        kind: "scenario",
        message:
          `${this.#name}: a property, \`final\`, \`shared\` or an arbitrary did not return within ${Math.round(silentMs / 1000)} s (limit: watchdogMs). ` +
          "Look for an endless loop there, or for a checker that needs a smaller history.",
      });
      return;
    }
  }

  #stop(by: "time-limit" | "signal"): void {
    this.#stopped ??= by;
    this.broken = true;
    for (const lane of this.#lanes) lane.tell({ type: "stop" });
    // A conductor in the middle of a run looks up at the latest when the watchdog bites; one that starts hears it then.
    void this.#started.then(() => {
      setTimeout(
        () => this.#fail({ kind: "worker", message: `${this.#name} could not be stopped in time.` }),
        this.#checked.watchdogMs * 3,
      ).unref();
    });
  }

  #progress(phase: "searching" | "shrinking"): void {
    const runs = this.#tallies.reduce((total, tally) => total + tally.runs, 0);
    this.#options.onProgress?.({
      scenario: this.#name,
      runs,
      of: runsOf(this.#checked.runs, this.#checked.shard),
      elapsedMs: performance.now() - this.#startedAt,
      phase,
    });
  }

  #end(result: Result): void {
    if (this.#done) return;
    this.#done = true;
    this.#resolve(result);
  }
}

/** How many of the blocks are a shard's. */
function blocksOf(runs: number, { index, count }: Shard): number {
  return Math.max(0, Math.ceil((Math.ceil(runs / RUNS_PER_BLOCK) - index + 1) / count));
}

/** How many of the runs are a shard's: the last block may be a short one. */
function runsOf(runs: number, shard: Shard): number {
  const last = Math.ceil(runs / RUNS_PER_BLOCK) - 1;
  const missing = last % shard.count === shard.index - 1 ? (last + 1) * RUNS_PER_BLOCK - runs : 0;
  return blocksOf(runs, shard) * RUNS_PER_BLOCK - missing;
}

/** A proof is one lane's. */
function withSurvived(tallies: readonly Tally[]): Pick<Result, "survived"> {
  const survived = tallies.flatMap((tally) => tally.survived ?? []);
  return survived.length === 0 ? {} : { survived };
}

/** One of each kind that the scenario says it survives, and that there is in this mode. */
function survived({ survives = [] }: Scenario, mode: CheckedOptions["mode"]): FaultBudget {
  const possible = survives.filter((kind) => mode === "controlled" || FREE_FAULTS.includes(kind));
  return Object.fromEntries(possible.map((kind) => [kind, 1]));
}

const LISTEN_EVERY_MS = 500;
const START_ALLOWANCE_MS = 10_000;
const WORKERS_AT_START = 2;
/** Starting a lane's processes takes as long as so many blocks of runs. */
const BLOCKS_WORTH_A_LANE = 100;
const RUNS_TO_EXPECT_A_CHOICE = 8;
