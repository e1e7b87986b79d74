import { dataText } from "../data-text.ts";
import type { InputSize, InputSpace, Representative } from "../input-space.ts";
import { BoundedSearch } from "./bounded-search.ts";
import { Ledger } from "./ledger.ts";
import { isSmallerInSomething, searchLevels, type Candidate, type Failure, type Shrunk } from "./shrink.ts";
import type { Subject } from "./subject.ts";

/**
 * The smallest failure of a scenario that knows all of its inputs. Size by size from below each input is proved to hold, and in the
 * first size of which some fail, those are searched by preemptions, the fewest first. So what is found has a certificate: no input
 * fails that has at most as many processes and at most as many operations, but for those of the very same size; and of these none
 * with fewer preemptions.
 *
 * Of the sizes of which all smaller ones are done, the one comes next that is expected to take the fewest runs; those with many
 * processes wait for a while, as a reader can follow few more easily.
 *
 * @returns null where it takes more than the budget, or where faults or drawn values matter
 */
export async function smallestOfSpace(subject: Subject, failure: Failure): Promise<Shrunk | null> {
  const { space, prove } = subject;
  const { faults, draws } = failure.attempt;
  if (space === undefined || prove === undefined || faults.length > 0 || draws.some(({ length }) => length > 0))
    return null;
  const search = new SpaceSearch(subject, space, failure);
  for (let size = search.next(); size !== null; size = search.next()) {
    const found = await search.of(size);
    if (found !== null) return found;
  }
  return null;
}

/** Runs of all of it. */
const RUNS_MAX = 40_000;
/** One input with one operation more takes about so many times as many runs, and with one process more. */
const GROWTH_BY_OPERATION = 2;
const GROWTH_BY_PROCESS = 6;
/** Processes that need not wait, and how many times as many runs the others of one size may take that comes before them. */
const PROCESSES_AT_ONCE = 2;
const PATIENCE = 4;
/** A size may take so many times the runs that were expected, and so many in any case. */
const SURPRISE_MAX = 4;
const RUNS_OF_A_SIZE = 2000;

class SpaceSearch {
  readonly #subject: Subject;
  readonly #space: InputSpace;
  readonly #failure: Failure;
  readonly #known: InputSize;
  readonly #ledger: Ledger;
  /** By processes: up to how many operations all hold, and how many runs one input of the last size took. */
  readonly #done: { operations: number; runsOfOne: number; tooMuch: boolean }[] = [];

  constructor(subject: Subject, space: InputSpace, failure: Failure) {
    this.#subject = subject;
    this.#space = space;
    this.#failure = failure;
    this.#known = space.sizeOf(failure.input.value);
    this.#ledger = new Ledger(Math.min(subject.runsMax ?? RUNS_MAX, RUNS_MAX));
    for (let processes = 0; processes <= this.#known.processes; processes++)
      this.#done.push({ operations: Math.max(0, processes - 1), runsOfOne: 0, tooMuch: processes === 0 });
  }

  /** The size to be searched next; null if there is none, or none that would not take too much. */
  next(): InputSize | null {
    let best: InputSize | null = null;
    let least = Infinity;
    for (let processes = 1; processes <= this.#known.processes; processes++) {
      const operations = this.#done[processes].operations + 1;
      if (this.#done[processes].tooMuch || operations > this.#known.operations) continue;
      if (this.#done.some((other, fewer) => fewer > 0 && fewer < processes && other.operations < operations)) continue;
      const size = { processes, operations };
      const runs = this.#expected(size);
      if (this.#ledger.visited.length + runs > RUNS_MAX) continue;
      const weighed = processes > PROCESSES_AT_ONCE ? runs * PATIENCE : runs;
      if (weighed >= least) continue;
      least = weighed;
      best = size;
    }
    return best;
  }

  /** The smallest failure of that size; null if there is none, or if that cannot be said. */
  async of(size: InputSize): Promise<Shrunk | null> {
    const { length: begun } = this.#ledger.visited;
    const runsMax = Math.min(RUNS_MAX, begun + Math.max(RUNS_OF_A_SIZE, this.#expected(size) * SURPRISE_MAX));
    const done = this.#done[size.processes];
    const suspects = await this.#suspects(size, runsMax);
    const found = suspects === null ? "too much" : await this.#smallestOf(suspects, size);
    if (found === "too much") done.tooMuch = true;
    if (found !== null) return found === "too much" ? null : found;
    done.operations++;
    done.runsOfOne = (this.#ledger.visited.length - begun) / Math.max(1, this.#space.count(size));
    return null;
  }

  #expected(size: InputSize): number {
    const { processes, operations } = size;
    const { runsOfOne } = this.#done[processes];
    const fewer = this.#done[processes - 1];
    if (processes === 1) return this.#space.count({ processes, operations });
    const one = runsOfOne > 0 ? runsOfOne * GROWTH_BY_OPERATION : fewer.runsOfOne * GROWTH_BY_PROCESS;
    return this.#space.count(size) * one;
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

  async #suspectsAmong({ input, inputs }: Representative<unknown>, size: InputSize, runsMax: number) {
    const whole = await this.#prove(input, size, runsMax);
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

  async #prove(input: unknown, size: InputSize, runsMax: number): Promise<Proved> {
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
      { draws: [], calls: size.operations },
    );
    if (!mayGoOn()) return { verdict: "too much", timed };
    return { verdict: verdict === "holds" ? "holds" : "suspect", timed };
  }

  /** By preemptions, the fewest first; null if none of them fails after all. */
  async #smallestOf(
    suspects: readonly unknown[],
    { operations: calls }: InputSize,
  ): Promise<Shrunk | null | "too much"> {
    if (suspects.length === 0) return null;
    const ledger = this.#ledger;
    const searches = suspects.map((input) => ({ input, search: new BoundedSearch({ places: true, calls }) }));
    const { best, searched } = await searchLevels(this.#subject, searches, RUNS_MAX, this.#failure, ledger);
    if (best === null) return searched === Infinity ? null : "too much";
    ledger.leaveOut(searched);
    return { ...best, ...ledger.certificate, smallerRunsChecked: smallerOf(ledger, best) };
  }
}

interface Proved {
  readonly verdict: "holds" | "suspect" | "too much";
  /** Somebody waited for a limited time in one of its runs. */
  readonly timed: boolean;
}

function smallerOf({ visited }: Ledger, { attempt }: Candidate): number {
  return visited.filter((measure) => isSmallerInSomething(measure, attempt.measure)).length;
}
