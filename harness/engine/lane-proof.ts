import { generated, shrunk, type Generated } from "../arbitrary.ts";
import { explore, type Exploration } from "../exhaustive/explore.ts";
import type { Executor, Plan as ExplorerPlan } from "../exhaustive/execution.ts";
import { dataText, shortDataText } from "../data-text.ts";
import type { Judgement } from "../judge.ts";
import type { Scenario } from "../scenario.ts";
import { BoundedSearch } from "../shrink/bounded-search.ts";
import type { Attempt, Plan, Subject } from "../shrink/subject.ts";
import { ScenarioError, type RunOutcome, type RunRequest } from "./lane.ts";
import type { LaneMemory } from "./lane-memory.ts";
import type { SearchOptions } from "./protocol.ts";
import { derivedSeed } from "./random.ts";
import { recordedExecution, type RecordedExecution } from "./recorded-execution.ts";

/**
 * Proves instead of sampling: takes one input after the other, the smallest first, and executes every interleaving of each.
 * Without a bound on preemptions it leaves out what is equivalent to something that was there (harness/exhaustive); with
 * one it leaves out nothing, because a bound and that reduction together would miss runs within the bound.
 */
export async function prove(host: ProofHost, scenario: Scenario, search: SearchOptions): Promise<Proof> {
  const inputs = smallestInputs(scenario, search.seed);
  const proof: Mutable<Proof> = { inputs: 0, interleavings: 0, finished: true, notes: [], failed: null };
  const assumptions = new Set<string>();
  let proved: unknown;
  for (const input of inputs) {
    await host.prepare(input.value);
    const one = new InputProof(host, search, assumptions, scenario.properties.length > 0);
    const result = await one.finish();
    if (one.failure !== null) return { ...proof, failed: { input, ...one.failure } };
    if (!result.complete) {
      proof.finished = false;
      proof.notes.push(
        `${shortDataText(input.value)} was not finished: ${result.executions} of its interleavings hold (limit: runs, ${search.runs})`,
      );
      break;
    }
    proof.inputs++;
    proof.interleavings += result.executions;
    proved = input.value;
  }
  if (proof.inputs > 0) proof.notes.unshift(claim(proof, proved, search.exhaustive?.preemptions ?? Infinity));
  proof.notes.push(...assumptions);
  return proof;
}

/** What proving needs of a lane. */
export interface ProofHost {
  readonly memory: LaneMemory;
  prepare(input: unknown): Promise<unknown>;
  /** Executes and judges one run, and counts it. */
  run(request: RunRequest): Promise<{ readonly outcome: RunOutcome; readonly judgement: Judgement | null }>;
  /** The lane's last run, as the bounded search wants to see it. */
  attempt(judgement: Judgement | null, outcome: RunOutcome): Attempt;
  /** Runs that may still be executed. */
  readonly runsLeft: number;
  /** Lets messages in now and then; false if the search is to end. */
  breathe(): Promise<boolean>;
}

export interface Proof {
  /** Inputs of which every interleaving holds. */
  readonly inputs: number;
  readonly interleavings: number;
  /** False if an input within the scope has interleavings that were not executed. */
  readonly finished: boolean;
  readonly notes: string[];
  readonly failed: ({ readonly input: Generated<unknown> } & Failure) | null;
}

interface Failure {
  readonly judgement: Judgement;
  /** Does the failing run again. */
  readonly request: RunRequest;
}

/** All interleavings of the prepared input. */
class InputProof implements Executor {
  failure: Failure | null = null;
  readonly #host: ProofHost;
  readonly #search: SearchOptions;
  readonly #assumptions: Set<string>;
  /** There are properties of the history, which may look at what came first. */
  readonly #judgesOrder: boolean;
  #goesOn = true;
  #manyStrands = false;

  constructor(host: ProofHost, search: SearchOptions, assumptions: Set<string>, judgesOrder: boolean) {
    this.#judgesOrder = judgesOrder;
    this.#host = host;
    this.#search = search;
    this.#assumptions = assumptions;
  }

  async finish(): Promise<Exploration> {
    const preemptions = this.#search.exhaustive?.preemptions ?? Infinity;
    if (preemptions !== Infinity) return await this.#unreduced(preemptions);
    const exploration = await explore(this, {
      executionsMax: Infinity,
      visit: () => this.failure !== null || this.#manyStrands,
      stopping: () => !this.#mayGoOn(),
    });
    if (this.#judgesOrder) this.#assumptions.add(ORDER_OF_OPERATIONS);
    // The order in which one process's own tasks go on is not understood well enough to leave any of it out.
    return this.#manyStrands && this.failure === null ? await this.#unreduced(Infinity) : exploration;
  }

  async execute(plan: ExplorerPlan): Promise<RecordedExecution> {
    const schedule = [plan.guide.length, ...plan.guide, ...plan.asleep];
    await this.#execute({ ...this.#request(), strategy: "explorer", schedule });
    const execution = recordedExecution(this.#host.memory);
    if (execution.waitedInVain) {
      this.#assumptions.add(
        "a process that looked at a word in vain several times in a row is taken to wait until it is written",
      );
    }
    this.#manyStrands = execution.manyStrands;
    return execution;
  }

  /** Every schedule with at most so many preemptions, equivalent ones too. */
  async #unreduced(preemptions: number): Promise<Exploration> {
    const search = new BoundedSearch();
    let executions = 0;
    const subject = this.#subject();
    for (let level = 0; level <= preemptions && !search.exhausted; level++) {
      const finished = await search.visitLevel(
        subject,
        level,
        () => this.failure === null && this.#mayGoOn(),
        () => executions++,
      );
      if (!finished || this.failure !== null) return { executions, pruned: 0, complete: false };
    }
    return { executions, pruned: 0, complete: true };
  }

  #subject(): Subject {
    return {
      stopping: false,
      attempt: async ({ guide }: Plan) => {
        const schedule = [guide.length, ...guide];
        const request = { ...this.#request(), strategy: "explorer", schedule, keepCandidates: true };
        const { judgement, outcome } = await this.#execute(request);
        return this.#host.attempt(judgement, outcome);
      },
      prepare: async () => null,
      smallerInputs: () => [],
      sampleInputs: () => [],
    };
  }

  async #execute(request: RunRequest) {
    const result = await this.#host.run(request);
    if (result.judgement !== null) this.failure ??= { judgement: result.judgement, request };
    if (result.outcome.draws > 0) this.#assumptions.add("drawn values are the smallest that can be drawn");
    if (!(await this.#host.breathe())) this.#goesOn = false;
    return result;
  }

  #mayGoOn(): boolean {
    return this.#goesOn && this.#host.runsLeft > 0;
  }

  #request(): Pick<RunRequest, "seed" | "stepsMax" | "draws"> {
    return { seed: this.#search.seed, stepsMax: this.#search.stepsMax, draws: [] };
  }
}

/**
 * Runs that are equal up to swapping independent steps lead to the same results and the same state, but an operation may
 * overlap another one in one of them and come before it in another.
 */
const ORDER_OF_OPERATIONS =
  "of runs that differ only in the order of independent steps one was judged: a property that asks which of two " +
  "operations came first, where none of their steps decides it, is not proved for the others";

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

function claim({ inputs, interleavings }: Proof, last: unknown, preemptions: number): string {
  const what =
    preemptions === Infinity
      ? interleavings === 1
        ? "the only interleaving holds"
        : `all ${interleavings} interleavings hold`
      : `all ${interleavings} schedules with at most ${preemptions} preemptions hold`;
  const scope =
    inputs === 1
      ? `for the input ${shortDataText(last)}`
      : `for the ${inputs} smallest inputs, up to ${shortDataText(last)}`;
  return `${what}, ${scope}`;
}
