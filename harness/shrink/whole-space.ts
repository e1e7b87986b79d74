import { dataText } from "../data-text.ts";
import type { InputSize, InputSpace, Representative } from "../input-space.ts";
import { BoundedSearch } from "./bounded-search.ts";
import { Ledger } from "./ledger.ts";
import {
  isBetter,
  isSmallerInSomething,
  searchLevels,
  shrink,
  type Candidate,
  type Failure,
  type Shrunk,
} from "./shrink.ts";
import type { Attempt, Subject } from "./subject.ts";

/**
 * The smallest failure of a scenario that knows all of its inputs. Size by size from below each input is proved to hold, and in the
 * first size of which some fail, those are searched by preemptions, the fewest first. So what is found has a certificate: no input
 * fails that has at most as many processes and at most as many operations, but for those of the very same size; and of these none
 * with fewer preemptions.
 *
 * Of the sizes of which all smaller ones are done, the one comes next that is expected to take the fewest runs; those with many
 * processes wait for a while, as a reader can follow few more easily. After a few hundred runs the known failure is made smaller
 * first, by a process or a call at a time: then it is known which sizes need not be searched at all, and in its own size, the last
 * one, nothing is left but to look for fewer preemptions.
 *
 * Where the proofs take more than their budget, all that is left is searched without preemptions, then with one, and so on; how far
 * that comes is what the certificate says.
 *
 * @returns null where it is not known which inputs there are, or where faults or drawn values matter
 */
export async function smallestOfSpace(
  subject: Subject,
  failure: Failure,
  limits: SpaceLimits = LIMITS,
): Promise<Shrunk | null> {
  const { space, prove } = subject;
  const { faults, draws } = failure.attempt;
  if (space === undefined || prove === undefined || faults.length > 0 || draws.some(({ length }) => length > 0))
    return null;
  if (space.count(space.sizeOf(failure.input.value)) === Infinity) return null;
  const search = new SpaceSearch(subject, space, failure, limits);
  const atOnce = await search.fromBelow(limits.atOnceRunsMax);
  if (atOnce !== null) return atOnce;
  await search.makeSmaller();
  return (await search.fromBelow(limits.runsMax)) ?? (await search.byPreemptions());
}

export interface SpaceLimits {
  /** Runs before the known failure is made smaller. */
  readonly atOnceRunsMax: number;
  /** Runs that look for a failure in an input with less in it. */
  readonly smallerRunsMax: number;
  /** Runs until all that is smaller is proved, and the smallest size that fails is searched. */
  readonly runsMax: number;
  /** Runs by preemptions, where that is not enough. */
  readonly boundedRunsMax: number;
}

const LIMITS: SpaceLimits = {
  atOnceRunsMax: 600,
  smallerRunsMax: 150,
  runsMax: 100_000,
  boundedRunsMax: 20_000,
};
const STEPS_MAX = 4_000_000;
/** One input with one operation more takes about so many times as many runs, and with one process more. */
const GROWTH_BY_OPERATION = 2;
const GROWTH_BY_PROCESS = 6;
/** And one that is searched with one preemption more. */
const GROWTH_BY_PREEMPTION = 12;
/** Processes that need not wait, and how many times as many runs the others of one size may take that comes before them. */
const PROCESSES_AT_ONCE = 2;
const PATIENCE = 4;
/** What is expected to be done in so many runs may take a few times as many. */
const SURPRISE_MAX = 3;

class SpaceSearch {
  readonly #subject: Subject;
  readonly #space: InputSpace;
  readonly #failure: Failure;
  readonly #limits: SpaceLimits;
  readonly #ledger: Ledger;
  /** By processes: up to how many operations all hold, and how many runs one input of the last size took. */
  readonly #done: { operations: number; runsOfOne: number }[] = [];
  /** Somebody waits for a limited time in some runs. */
  #timed = false;
  /** The smallest failure so far. */
  #known: Candidate;

  constructor(subject: Subject, space: InputSpace, failure: Failure, limits: SpaceLimits) {
    this.#subject = subject;
    this.#space = space;
    this.#failure = failure;
    this.#limits = limits;
    this.#known = { input: failure.input.value, attempt: failure.attempt };
    this.#ledger = new Ledger(Math.min(subject.runsMax ?? Infinity, limits.runsMax + limits.boundedRunsMax), STEPS_MAX);
    for (let processes = 0; processes <= this.#size.processes; processes++)
      this.#done.push({ operations: Math.max(0, processes - 1), runsOfOne: 0 });
  }

  /** The smallest failure, if it is found within so many runs. */
  async fromBelow(runsMax: number): Promise<Shrunk | null> {
    const surprise = Math.min(runsMax * SURPRISE_MAX, this.#limits.runsMax);
    for (let size = this.#next(runsMax); size !== null; size = this.#next(runsMax)) {
      if (isSameSize(size, this.#size)) return await this.#ofKnown();
      const found = await this.#of(size, surprise);
      if (found === "too much") return null;
      if (found !== null) return found;
    }
    return null;
  }

  /** Takes away from the known failure what it does not need, as far as that is easy to find. */
  async makeSmaller(): Promise<void> {
    const tried = new Set<string>();
    for (let smaller = await this.#smaller(tried); smaller !== null; smaller = await this.#smaller(tried))
      this.#known = smaller;
  }

  /** All that is left, those with the fewest preemptions first, as far as the budget goes. */
  async byPreemptions(): Promise<Shrunk> {
    const { boundedRunsMax } = this.#limits;
    const ledger = this.#ledger;
    const sizes = [...this.#left()];
    // If they are too many not even what has no preemptions could be searched.
    if (sizes.some((size) => this.#space.count(size) > boundedRunsMax)) return await this.#ofSamples();
    let cases: readonly Case[] = sizes.flatMap((size) => this.#cases(this.#inputs(size, true)));
    if (cases.length > boundedRunsMax) return await this.#ofSamples();
    const runsMax = ledger.visited.length + boundedRunsMax;
    for (let preemptions = 0; ; preemptions++) {
      const left = await this.#searchLevel(cases, preemptions, runsMax);
      if (left === null) return this.#certified(this.#known, preemptions - 1);
      if (left.length === 0) return this.#certified(this.#known, Infinity);
      cases = left;
    }
  }

  get #size(): InputSize {
    return this.#space.sizeOf(this.#known.input);
  }

  /** The size to be searched next; null if there is none, or none that would not take too much. */
  #next(runsMax: number): InputSize | null {
    const known = this.#size;
    let best: InputSize | null = null;
    let least = Infinity;
    for (let processes = 1; processes <= known.processes; processes++) {
      const operations = this.#done[processes].operations + 1;
      if (operations > known.operations) continue;
      if (this.#done.some((other, fewer) => fewer > 0 && fewer < processes && other.operations < operations)) continue;
      const size = { processes, operations };
      // What is left of the known size is not a matter of all its runs.
      const runs = isSameSize(size, known) ? 0 : this.#expected(size);
      if (this.#ledger.visited.length + runs > runsMax) continue;
      const weighed = processes > PROCESSES_AT_ONCE ? runs * PATIENCE : runs;
      if (weighed >= least) continue;
      least = weighed;
      best = size;
    }
    return best;
  }

  /** Sizes that are not larger than the known one, as far as they are not proved. */
  *#left(): Iterable<InputSize> {
    const known = this.#size;
    for (let processes = 1; processes <= known.processes; processes++) {
      for (let operations = this.#done[processes].operations + 1; operations <= known.operations; operations++)
        yield { processes, operations };
    }
  }

  /** The smallest failure of that size; null if there is none. */
  async #of(size: InputSize, runsMax: number): Promise<Shrunk | null | "too much"> {
    const { length: begun } = this.#ledger.visited;
    const suspects = await this.#suspects(size, runsMax);
    const found = suspects === null ? "too much" : await this.#smallestOf(suspects);
    if (found !== null) return found;
    const done = this.#done[size.processes];
    done.operations++;
    done.runsOfOne = (this.#ledger.visited.length - begun) / Math.max(1, this.#space.count(size));
    return null;
  }

  /** Of the size of the known failure, when all that is smaller holds: the one with the fewest preemptions. */
  async #ofKnown(): Promise<Shrunk> {
    const size = this.#size;
    const { preemptions } = this.#known.attempt.measure;
    // Where nobody waits for a limited time, not all of them have runs of their own.
    const inputs = this.#inputs(size, this.#timed);
    const runsOfLevels = inputs.length * ordersOf(size) * GROWTH_BY_PREEMPTION ** (preemptions - 1);
    const proves = preemptions > 0 && this.#expected(size) < runsOfLevels;
    const suspects = proves ? await this.#suspects(size, this.#limits.runsMax) : null;
    if (suspects !== null) return await this.#bestOf(this.#cases(suspects));
    const cases = this.#cases(inputs);
    const best = await this.#bestOf(cases);
    if (this.#timed || !cases.some(({ search }) => search.timed)) return best;
    return await this.#bestOf(this.#cases(this.#inputs(size, true)));
  }

  #expected(size: InputSize): number {
    const { processes, operations } = size;
    const { runsOfOne } = this.#done[processes];
    const fewer = this.#done[processes - 1];
    if (processes === 1) return this.#space.count({ processes, operations });
    const one = runsOfOne > 0 ? runsOfOne * GROWTH_BY_OPERATION : fewer.runsOfOne * GROWTH_BY_PROCESS;
    return this.#space.count(size) * one;
  }

  #inputs(size: InputSize, timed: boolean): unknown[] {
    return [...this.#space.standingFor(size)].flatMap(({ inputs }) => [...inputs(timed)]);
  }

  #cases(inputs: readonly unknown[]): Case[] {
    return inputs.map((input) => ({ input, search: this.#searchOf(input) }));
  }

  #searchOf(input: unknown): BoundedSearch {
    return new BoundedSearch({ places: true, calls: this.#space.sizeOf(input).operations });
  }

  /** Of the inputs of that size those that may fail; null where that takes too much. */
  async #suspects(size: InputSize, runsMax: number): Promise<unknown[] | null> {
    const suspects: unknown[] = [];
    for (const representative of this.#space.standingFor(size)) {
      const found = await this.#suspectsAmong(representative, size, runsMax);
      if (found === null) return null;
      suspects.push(...found);
    }
    return suspects;
  }

  async #suspectsAmong({ input, alike, inputs }: Representative<unknown>, size: InputSize, runsMax: number) {
    const whole = await this.#prove(input, size, runsMax, alike);
    if (whole.verdict === "too much") return null;
    // Where it fails, it may not have come as far as to somebody who waits for a limited time.
    if (whole.verdict === "suspect") return [...inputs(true)];
    const suspects: unknown[] = [];
    for (const other of whole.timed ? inputs(true) : []) {
      if (dataText(other) === dataText(input)) continue;
      const { verdict } = await this.#prove(other, size, runsMax);
      if (verdict === "too much") return null;
      if (verdict === "suspect") suspects.push(other);
    }
    return suspects;
  }

  async #prove(
    input: unknown,
    size: InputSize,
    runsMax: number,
    alike: Representative<unknown>["alike"] = [],
  ): Promise<Proved> {
    const ledger = this.#ledger;
    const subject = this.#subject;
    if ((await subject.prepare(input)) === null) return { verdict: "holds", timed: false };
    const mayGoOn = () => ledger.mayGoOn(runsMax) && !subject.stopping;
    let timed = false;
    const verdict = await subject.prove!(
      (run) => {
        timed ||= run.timed;
        const { steps } = run;
        ledger.enter({ ...size, faults: 0, preemptions: Infinity, switches: 0, steps, inputSize: 0 });
        return mayGoOn();
      },
      { draws: [], calls: size.operations, alike },
    );
    this.#timed ||= timed;
    if (!mayGoOn()) return { verdict: "too much", timed };
    return { verdict: verdict === "holds" ? "holds" : "suspect", timed };
  }

  /** By preemptions, the fewest first; null if none of them fails after all. */
  async #smallestOf(inputs: readonly unknown[]): Promise<Shrunk | null | "too much"> {
    if (inputs.length === 0) return null;
    const { best, searched } = await this.#searchLevels(this.#cases(inputs));
    if (best === null) return searched === Infinity ? null : "too much";
    return this.#certified(best, searched);
  }

  /** Of these and the known failure. */
  async #bestOf(cases: readonly Case[]): Promise<Shrunk> {
    const { best, searched } = await this.#searchLevels(cases, this.#known);
    return this.#certified(best ?? this.#known, searched);
  }

  async #searchLevels(cases: readonly Case[], known: Candidate | null = null) {
    const { runsMax } = this.#limits;
    return await searchLevels(this.#subject, cases, runsMax, this.#failure, this.#ledger, undefined, known);
  }

  /** An input with a process or a call less that fails, too. */
  async #smaller(tried: Set<string>): Promise<Candidate | null> {
    for (const input of this.#space.smaller(this.#known.input)) {
      const { processes, operations } = this.#space.sizeOf(input);
      const text = dataText(input);
      if (tried.has(text) || operations <= this.#done[processes].operations) continue;
      tried.add(text);
      const attempt = await this.#failing(input);
      if (attempt !== null) return { input, attempt };
    }
    return null;
  }

  /** A failing run of the input, if there is one soon; with less in it, it may take a preemption more to come to. */
  async #failing(input: unknown): Promise<Attempt | null> {
    const subject = this.#subject;
    const ledger = this.#ledger;
    if ((await subject.prepare(input)) === null) return null;
    const runsMax = ledger.visited.length + this.#limits.smallerRunsMax;
    const most = this.#known.attempt.measure.preemptions + 1;
    const search = this.#searchOf(input);
    let failing: Attempt | null = null;
    const mayGoOn = (): boolean => failing === null && ledger.mayGoOn(runsMax);
    for (let level = 0; level <= most && mayGoOn(); level++) {
      await search.visitLevel(subject, level, mayGoOn, (attempt) => {
        ledger.enter(attempt.measure);
        if (attempt.judgement !== null) failing = attempt;
      });
    }
    return failing;
  }

  /**
   * All of them with so many preemptions, but for those that turn out to be larger than what fails.
   *
   * @returns those that have more schedules; null if it took too much
   */
  async #searchLevel(cases: readonly Case[], preemptions: number, runsMax: number): Promise<Case[] | null> {
    const left: Case[] = [];
    for (const one of cases) {
      const { input, search } = one;
      const [known, size] = [this.#size, this.#space.sizeOf(input)];
      if (size.processes > known.processes || size.operations > known.operations) continue;
      if ((await this.#subject.prepare(input)) === null) continue;
      const finished = await search.visitLevel(
        this.#subject,
        preemptions,
        () => this.#ledger.mayGoOn(runsMax),
        (attempt) => {
          this.#ledger.enter(attempt.measure);
          if (attempt.judgement !== null && isBetter(attempt, this.#known.attempt)) this.#known = { input, attempt };
        },
      );
      if (!finished) return null;
      if (!search.exhausted) left.push(one);
    }
    return left;
  }

  /** As for scenarios that do not know their inputs: from samples. */
  async #ofSamples(): Promise<Shrunk> {
    const { input, attempt } = this.#known;
    return await shrink(this.#subject, { input: { value: input, context: undefined }, attempt });
  }

  /** @param searched up to so many preemptions all that is smaller and has not been proved was searched */
  #certified(best: Candidate, searched: number): Shrunk {
    const ledger = this.#ledger;
    ledger.leaveOut(searched);
    const smaller = ledger.visited.filter((measure) => isSmallerInSomething(measure, best.attempt.measure));
    return { ...best, ...ledger.certificate, smallerRunsChecked: smaller.length };
  }
}

interface Proved {
  readonly verdict: "holds" | "suspect" | "too much";
  /** Somebody waited for a limited time in one of its runs. */
  readonly timed: boolean;
}

interface Case {
  readonly input: unknown;
  readonly search: BoundedSearch;
}

/** In so many orders the processes can go one after the other. */
function ordersOf({ processes }: Pick<InputSize, "processes">): number {
  return processes <= 1 ? 1 : processes * ordersOf({ processes: processes - 1 });
}

function isSameSize(a: InputSize, b: InputSize): boolean {
  return a.processes === b.processes && a.operations === b.operations;
}
