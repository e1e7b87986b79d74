import { generated, shrunk, type Generated } from "../arbitrary.ts";
import { explore, type Exploration } from "../exhaustive/explore.ts";
import { learn, undecided } from "../exhaustive/asides.ts";
import { HappensBefore } from "../exhaustive/happens-before.ts";
import { type Aside, type Executor, type Plan as ExplorerPlan } from "../exhaustive/execution.ts";
import { dataText, shortDataText } from "../data-text.ts";
import type { Fault } from "../fault.ts";
import { orderInView, type Judgement, type OrderInView } from "../judge.ts";
import type { SurvivedFaults } from "../result.ts";
import type { Scenario } from "../scenario.ts";
import type { Bound } from "../bound.ts";
import { BoundedSearch } from "../shrink/bounded-search.ts";
import type { Plan, Subject } from "../shrink/subject.ts";
import { FaultProof } from "./fault-proof.ts";
import { FirstSteps } from "./first-steps.ts";
import type { RunOutcome } from "./run-outcome.ts";
import type { RunRequest } from "./run-request.ts";
import type { LaneRuns } from "./lane-runs.ts";
import type { SearchOptions } from "./protocol.ts";
import { withoutVainLooks } from "./look-loops.ts";
import { placed } from "./places.ts";
import { derivedSeed } from "./random.ts";
import { Remains, SwappedNeighbours } from "./swapped-neighbours.ts";
import { NotIndependentError } from "./trouble.ts";
import { recordedExecution, type RecordedExecution } from "./recorded-execution.ts";
import { ScenarioError } from "./trouble.ts";
import { wayRound } from "./way-round.ts";

/**
 * Proves instead of sampling: takes one input after the other, the smallest first, and executes every interleaving of each.
 * Without a bound on preemptions it leaves out what is equivalent to something that was there (harness/exhaustive); with
 * one it goes on from each state by the best way to it alone (BoundedSearch), because a bound and that reduction together would
 * miss runs within the bound.
 */
export async function prove(runs: LaneRuns): Promise<Proof> {
  const { scenario, search } = runs;
  const { index, count } = search.shard;
  const all = search.inputs?.map((value) => ({ value, context: undefined })) ?? smallestInputs(scenario, search.seed);
  const inputs = all.filter((_, at) => at % count === index - 1);
  const proof: Mutable<Proof> = { inputs: 0, interleavings: 0, finished: true, notes: [], survived: [], failed: null };
  const assumptions = new Set<string>();
  const faults = new FaultProof(search.faults, search.faultsTogether === true);
  const neighbours = new SwappedNeighbours(search.distrustEvery);
  let proved: unknown;
  for (const input of inputs) {
    await runs.prepare(input.value);
    const result = await proveInput(runs, { assumptions, faults, neighbours });
    if (result.failure !== null) return { ...proof, failed: { input, ...result.failure } };
    if (!result.complete) {
      proof.finished = false;
      // Or else it was stopped from outside, of which there is a note.
      const limit = runs.tally.runs < search.runs ? "" : ` (limit: runs, ${search.runs})`;
      proof.notes.push(
        `${shortDataText(input.value)} was not finished: ${result.executions} of its interleavings hold${limit}`,
      );
      // What it had come to by then holds, too.
      if (result.executions > 0 && faults.waiting > 0)
        proof.notes.push(
          ...faults.claims(result.executions),
          `of faults, at least ${faults.waiting} other choices of steps were not tried`,
        );
      break;
    }
    proof.inputs++;
    proof.interleavings += result.executions;
    proved = input.value;
  }
  if (proof.inputs > 0) {
    proof.notes.push(...faults.claims(proof.interleavings));
    proof.survived = faults.survived(proof.interleavings);
  }
  if (proof.inputs > 0) proof.notes.unshift(claim(proof, proved, search));
  if (inputs.length === 0)
    proof.notes.push(
      `shard ${index} of ${count} has nothing to do: there ${all.length === 1 ? "is 1 input" : `are ${all.length} inputs`}`,
    );
  proof.notes.push(...neighbours.claims(), ...assumptions);
  return proof;
}

export interface Proof {
  /** Inputs of which every interleaving holds. */
  readonly inputs: number;
  readonly interleavings: number;
  /** False if an input within the scope has interleavings that were not executed. */
  readonly finished: boolean;
  readonly notes: string[];
  readonly survived: readonly SurvivedFaults[];
  readonly failed: ({ readonly input: Generated<unknown> } & Failure) | null;
}

interface Failure {
  readonly judgement: Judgement;
  /** Does the failing run again. */
  readonly request: RunRequest;
}

/** All interleavings of the prepared input, and all of them again with each fault at each step. */
async function proveInput(
  runs: LaneRuns,
  common: Pick<InputProofOptions, "assumptions" | "faults" | "neighbours">,
): Promise<Exploration & { readonly failure: Failure | null }> {
  const { faults } = common;
  faults.begin();
  let whole: Exploration = { executions: 0, pruned: 0, complete: true };
  for (let befalls = faults.next(); befalls !== undefined; befalls = faults.next()) {
    const { search } = runs;
    const one = new InputProof(runs, {
      ...common,
      befalls,
      property: search.property,
      bound: search.exhaustive ?? NO_BOUND,
      run: (request) => runs.run(request),
      mayGoOn: () => runs.tally.runs < search.runs,
    });
    const result = await one.finish();
    // What is counted as an interleaving is one without faults; what befalls it is counted by itself.
    whole = {
      ...whole,
      complete: result.complete,
      executions: whole.executions + (befalls.length === 0 ? result.executions : 0),
    };
    if (one.failure !== null || !result.complete) return { ...whole, failure: one.failure };
  }
  return { ...whole, failure: null };
}

export interface InputProofOptions {
  /** Gets what is taken for granted. */
  readonly assumptions: Set<string>;
  readonly faults: FaultProof;
  readonly neighbours: SwappedNeighbours;
  /** What befalls every run. */
  readonly befalls: readonly Fault[];
  /** A process that is killed dies of a signal once: unless told otherwise. */
  readonly inEarnest?: boolean;
  /** What the processes draw in every run; beyond it, the smallest. */
  readonly draws?: RunRequest["draws"];
  /** Consider this property alone. */
  readonly property: string | undefined;
  readonly bound: Bound;
  /** Equal rounds of looks in vain after which a process is taken to wait, if not as many as usual. */
  readonly roundsInVain?: number;
  /** Groups of processes that make no difference if they change places. */
  readonly alike?: readonly (readonly number[])[];
  readonly run: (request: RunRequest) => Promise<RunOutcome>;
  readonly mayGoOn: () => boolean;
}

/** All interleavings of the prepared input, with what befalls it. */
export class InputProof implements Executor {
  failure: Failure | null = null;
  readonly #runs: LaneRuns;
  readonly #options: InputProofOptions;
  /** What is judged may look at which operation came first. */
  readonly #order: OrderInView;
  readonly #firstSteps: FirstSteps;
  /** Whether the lane would wake too few of those who are asleep. */
  #looksBack: boolean;
  /** Bytes that processes look at or change without a step, and that no steps put in order. */
  readonly #undecided: Aside[] = [];
  /** Who is killed dies of a signal: once for each fault, and not again for each two of them. */
  #signals: boolean;
  /** Runs of this search in which all that is to befall them did; a search that begins anew makes its own. */
  #struck = 0;
  #goesOn = true;
  /** A process awaits one of several words, which the lane alone does not know either. */
  #awaitsSeveral = false;
  /** There is something in it that the reduction does not understand. */
  #notUnderstood = false;

  constructor(runs: LaneRuns, options: InputProofOptions) {
    this.#runs = runs;
    this.#options = options;
    this.#order = orderInView(runs.scenario, options.property);
    this.#notUnderstood = this.#order === "in steps";
    this.#firstSteps = new FirstSteps(options.alike ?? []);
    this.#looksBack = this.#order !== "none" || options.befalls.length > 0;
    this.#signals = options.befalls.length === 1 && options.inEarnest !== false;
  }

  async finish(): Promise<Exploration> {
    const exploration = await this.#explored();
    const { faults, befalls } = this.#options;
    faults.count(befalls, this.#struck);
    return exploration;
  }

  async #explored(): Promise<Exploration> {
    const { bound } = this.#options;
    if (bound.most !== Infinity || this.#notUnderstood) return await this.#bounded(bound);
    for (;;) {
      let more = false;
      this.#struck = 0;
      const exploration = await explore(this, {
        executionsMax: Infinity,
        visit: () => this.failure !== null || this.#notUnderstood,
        examine: (...run) =>
          (more = learn(this.#undecided, undecided(...run)) || (this.#awaitsSeveral && !this.#looksBack)),
        stopping: () => !this.#mayGoOn(),
      });
      if (this.failure !== null || (!more && !this.#notUnderstood)) return exploration;
      if (this.#notUnderstood) return await this.#bounded(NO_BOUND);
      if (!this.#mayGoOn()) return exploration;
      this.#looksBack = true;
    }
  }

  /**
   * Who is asleep is known to the lane, as far as what the steps touch goes. It wakes too many: it does not know of a step that it
   * has no effect. And where the order of operations matters too, or who looks whether somebody lives, it would wake too few,
   * so it is told nothing. The run is looked through afterwards: if it took a step that was asleep, or one that came too early, it
   * is led round it.
   */
  async execute(plan: ExplorerPlan): Promise<RecordedExecution> {
    let { guide } = plan;
    for (;;) {
      const asleep = this.#looksBack ? [] : plan.asleep.map(({ strand }) => strand);
      await this.#execute({
        ...this.#request(),
        strategy: "explorer",
        schedule: [guide.length, plan.asleepFrom, ...guide, ...asleep],
        keepCandidates: true,
        recordAsides: true,
      });
      const execution = this.#firstSteps.told(this.#recorded(this.#order));
      this.#note(execution);
      if (execution.pruned || this.failure !== null || this.#notUnderstood) return execution;
      const round = wayRound(execution, candidatesOf(this.#runs, execution), plan, this.#firstSteps);
      if (round === null) return await this.#distrusted(execution);
      if (typeof round === "number")
        return { ...execution, steps: execution.steps.slice(0, round), blocked: [], pruned: true };
      guide = round;
    }
  }

  /** @throws {NotIndependentError} swapping two neighbours that have nothing to do with each other changes something */
  async #distrusted(execution: RecordedExecution): Promise<RecordedExecution> {
    const { neighbours } = this.#options;
    const at = neighbours.choose(execution);
    // Where there are looks that nothing puts in order, the search is about to begin anew, and knows better.
    if (at < 0 || undecided(execution.steps, orderOf(execution), 0).length > 0) return execution;
    const { lane, memory, prepared } = this.#runs;
    const before = new Remains(lane, memory);
    const strands = execution.steps.map(({ strand }) => strand);
    [strands[at], strands[at + 1]] = [strands[at + 1], strands[at]];
    await lane.run({ ...this.#request(), strategy: "explorer", schedule: followed(strands) });
    const difference = before.differenceFrom(new Remains(lane, memory));
    if (difference !== null) throw new NotIndependentError(before.stepsAt(at), difference, prepared);
    neighbours.swapped(execution.steps[at], execution.steps[at + 1]);
    return execution;
  }

  #note(execution: RecordedExecution): void {
    if (execution.waitedInVain) {
      this.#options.assumptions.add(
        "a process that looked at the same words in vain several times in a row is taken to wait until one of them is written",
      );
    }
    this.#awaitsSeveral ||= execution.waitedForSeveral;
    // Nor is the order in which one process's own tasks go on understood well enough to leave any of it out.
    this.#notUnderstood =
      this.#order === "in steps" || execution.manyStrands || execution.hasFamily || execution.asidesLost;
  }

  /**
   * Every schedule within the bound; where it is understood which of them come to the same state, and no fault befalls them, of
   * those the best one alone.
   */
  async #bounded(bound: Bound): Promise<Exploration> {
    const places = !this.#notUnderstood && this.#options.befalls.length === 0;
    const search = new BoundedSearch({ by: bound.of, places });
    let executions = 0;
    this.#struck = 0;
    const subject = this.#subject();
    for (let level = 0; level <= bound.most && !search.exhausted; level++) {
      const finished = await search.visitLevel(
        subject,
        level,
        () => this.failure === null && this.#mayGoOn(),
        ({ anew }) => (executions = anew === true ? 0 : executions + 1),
      );
      if (!finished || this.failure !== null) return { executions, pruned: 0, complete: false };
    }
    return { executions, pruned: 0, complete: true };
  }

  #subject(): Subject {
    return {
      stopping: false,
      attempt: async ({ guide, places = false }: Plan) => {
        const schedule = followed(guide);
        const recorded = { keepCandidates: true, recordAsides: places };
        const { judgement, outcome } = await this.#execute({
          ...this.#request(),
          strategy: "explorer",
          schedule,
          ...recorded,
        });
        const execution = this.#recorded(places ? this.#order : "none");
        this.#note(execution);
        const attempt = this.#runs.attempt(outcome, judgement, false);
        const steps = withoutVainLooks(attempt.steps, execution.waiting);
        return { ...attempt, ...(places ? placed(steps, execution, this.#undecided) : { steps }) };
      },
      prepare: async () => null,
      faultPlaces: () => [],
      smallerInputs: () => [],
      sampleInputs: () => [],
    };
  }

  async #execute(request: RunRequest) {
    const { befalls, faults, property, run } = this.#options;
    const outcome = await run(request);
    // What befalls it is tried in earnest once.
    if (outcome.faults === befalls.length) {
      this.#signals = false;
      faults.learn(befalls, this.#runs.lane);
      if (outcome.ending !== "pruned") this.#struck++;
    }
    const judgement = outcome.ending === "pruned" ? null : this.#runs.judge(outcome, property);
    if (judgement !== null) this.failure ??= { judgement, request };
    if (outcome.draws > 0) this.#options.assumptions.add(SMALLEST_DRAWN);
    if (!(await this.#runs.breathe())) this.#goesOn = false;
    return { outcome, judgement };
  }

  #recorded(order: OrderInView): RecordedExecution {
    return recordedExecution(this.#runs.memory, order, this.#undecided, this.#options.roundsInVain);
  }

  #mayGoOn(): boolean {
    return this.#goesOn && this.#options.mayGoOn();
  }

  #request(): Pick<RunRequest, "seed" | "stepsMax" | "draws" | "faults" | "signals"> {
    const { befalls: faults, draws = [] } = this.#options;
    const { seed } = this.#runs.search;
    return { seed, stepsMax: this.#runs.stepsMax, draws, faults, signals: this.#signals };
  }
}

export const NO_BOUND: Bound = { of: "preemptions", most: Infinity };

export const SMALLEST_DRAWN = "drawn values are the smallest that can be drawn";

function orderOf({ steps }: RecordedExecution): HappensBefore {
  const order = new HappensBefore();
  for (const step of steps) order.add(step);
  return order;
}

/** Who could have moved at each step of the lane's last run, but for who waits by looking. */
function candidatesOf({ lane }: LaneRuns, { waiting }: RecordedExecution): (readonly number[])[] {
  return lane.recording
    .decisions()
    .map(({ candidates }, index) => candidates.filter((strand) => !waiting[index].includes(strand)));
}

/** The schedule of a run that is guided so far, with nobody asleep: see strategies/explorer.ts. */
function followed(guide: readonly number[]): number[] {
  return [guide.length, guide.length, ...guide];
}

/** At most so many inputs are taken. */
const INPUTS_MAX = 20;
const INPUTS_SAMPLED = 100;
const INPUTS_LOOKED_AT_MAX = 2000;
const SMALLER_INPUTS_MAX = 64;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The examples, what is generated, and all that shrinking makes of it: by processes, then by the length of their text. */
function smallestInputs(scenario: Scenario, seed: number): Generated<unknown>[] {
  const found = new Map<string, Generated<unknown>>();
  const queue: Generated<unknown>[] = (scenario.examples ?? []).map((value) => ({ value, context: undefined }));
  for (let sample = 0; sample < INPUTS_SAMPLED; sample++) {
    queue.push(generated(scenario.input, derivedSeed(seed, sample)));
  }
  for (let next = queue.shift(); next !== undefined && found.size < INPUTS_LOOKED_AT_MAX; next = queue.shift()) {
    const text = dataText(next.value);
    if (found.has(text)) continue;
    found.set(text, next);
    queue.push(...shrunk(scenario.input, next, SMALLER_INPUTS_MAX));
  }
  const sized = [...found].map(([text, input]) => ({ text, input, processes: processesOf(scenario, input.value) }));
  sized.sort((a, b) => a.processes - b.processes || a.text.length - b.text.length || (a.text < b.text ? -1 : 1));
  return sized.slice(0, INPUTS_MAX).map(({ input }) => input);
}

function processesOf(scenario: Scenario, input: unknown): number {
  try {
    return scenario.processes(input).length;
  } catch (error) {
    throw new ScenarioError(`the scenario's \`processes\` threw ${String(error)} for the input ${dataText(input)}`);
  }
}

function claim(
  { inputs, interleavings }: Proof,
  last: unknown,
  { exhaustive, shard, inputs: given }: SearchOptions,
): string {
  const bound = exhaustive ?? NO_BOUND;
  const what =
    bound.most === Infinity
      ? interleavings === 1
        ? "the only interleaving holds"
        : `all ${interleavings} interleavings hold`
      : `all schedules with at most ${bound.most} ${bound.most === 1 ? bound.of.slice(0, -1) : bound.of} hold (${interleavings} ${interleavings === 1 ? "run stands" : "runs stand"} for them)`;
  const scope =
    inputs === 1
      ? `for the input ${shortDataText(last)}`
      : given === undefined && shard.count === 1
        ? `for the ${inputs} smallest inputs, up to ${shortDataText(last)}`
        : `for ${inputs} inputs, the last of them ${shortDataText(last)}`;
  return `${what}, ${scope}`;
}
