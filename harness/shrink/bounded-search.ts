import type { Bound } from "../bound.ts";
import type { Fault } from "../fault.ts";
import { processOf } from "../strategies/strategy.ts";
import type { Attempt, AttemptStep, Plan, Subject } from "./subject.ts";

/**
 * Every schedule of one input, those with no preemption first, then those with one, and so on: iterative context bounding
 * (Musuvathi and Qadeer, PLDI 2007). Or by delays: how often whoever would be next is passed over (Emmi, Qadeer and
 * Rakamaric, POPL 2011), where next is who is moving, and if that one cannot, the first that can. Each run is guided through a
 * prefix and goes on without preemption; each place behind the prefix where another strand could have gone is a schedule to
 * visit, at once if that is no preemption, else one level later.
 *
 * With places, of all schedules that come to the same state and to the same process moving there, the one with the fewest
 * preemptions, and among those the fewest switches, goes on alone (the caching of Musuvathi and Qadeer, PLDI 2008, section 5):
 * how the others go on, this one does at the same cost. So what is the smallest of all is still among those that are visited.
 */
export class BoundedSearch {
  #levels: Branch[][] = [[ROOT]];
  readonly #befalls: Pick<Plan, "faults" | "draws" | "calls">;
  readonly #costOf: (steps: readonly AttemptStep[], index: number, strand: number) => number;
  /** What the best way to each step from each place costs, as far as one is known; null to go every way. */
  readonly #known: Map<string, Cost> | null;
  #progress = progressOf(-1, 0);
  /** Somebody waited for a limited time in a run that was visited. */
  timed = false;

  constructor({ faults = [], draws = [], by = "preemptions", places = false, calls = 0 }: BoundedSearchOptions = {}) {
    this.#befalls = { faults, draws, calls };
    this.#costOf = by === "delays" ? delaysOf : preemptionsOf;
    this.#known = places ? new Map() : null;
  }

  /** True if no schedule is left, at any level. */
  get exhausted(): boolean {
    return this.#lowest < 0;
  }

  /** The last level up to which no schedule is left; below 0 if there are some without any preemption or delay. */
  get visited(): number {
    const lowest = this.#lowest;
    return lowest < 0 ? Infinity : lowest - 1;
  }

  /** Schedules that are known and have not been visited: at least so many are left. */
  get known(): number {
    return this.#levels.reduce((sum, level) => sum + level.length, 0);
  }

  /**
   * How many more runs the level that is being visited seems to take. Each run is weighted with the share of the level that it
   * stands for if all branches at a place are equally large (Kilby, Slaney, Thiébaux and Walsh, AAAI 2006). 0 as long as that says
   * nothing: after a few runs, and where most ways lead to places that are known, which makes later branches the smaller ones.
   */
  get expected(): number {
    const { runs, done, taken, left } = this.#progress;
    return runs < TELLING_RUNS || left > taken ? 0 : runs / done - runs;
  }

  /**
   * Visits all schedules with so many preemptions or delays, after all those with fewer.
   *
   * @param mayGoOn asked before each run
   * @param visit told of each run
   * @returns whether the level was finished
   */
  async visitLevel(
    subject: Subject,
    level: number,
    mayGoOn: () => boolean,
    visit: (attempt: Attempt) => void,
  ): Promise<boolean> {
    for (;;) {
      const lowest = this.#lowest;
      if (lowest < 0 || lowest > level) return true;
      if (!mayGoOn() || subject.stopping) return false;
      const branch = this.#next(lowest);
      if (this.#isOvertaken(branch)) {
        this.#progress.done += branch.share;
        continue;
      }
      const guide = branch.strands.slice(0, branch.length);
      if (branch.other >= 0) guide.push(branch.other);
      const places = this.#known !== null;
      const attempt = await subject.attempt({ guide, ...this.#befalls, places });
      this.timed ||= attempt.timed === true;
      visit(attempt);
      if (attempt.anew === true) this.#beginAnew();
      else this.#branch(attempt.steps, guide.length, lowest, branch.share);
    }
  }

  get #lowest(): number {
    return this.#levels.findIndex((branches) => branches.length > 0);
  }

  #next(level: number): Branch {
    const branches = this.#levels[level];
    if (this.#progress.level !== level) this.#progress = progressOf(level, branches.length);
    const branch = branches.pop() as Branch;
    return branch.share > 0 ? branch : { ...branch, share: 1 / this.#progress.roots };
  }

  /** @param share of the level, what the run and all that branches off from it there stand for */
  #branch(steps: readonly AttemptStep[], from: number, least: number, share: number): void {
    const strands = steps.map(({ strand }) => strand);
    let cost = 0;
    let switches = 0;
    for (const [length, step] of steps.entries()) {
      const last = length === 0 ? -1 : strands[length - 1];
      const here: Branch[] = [];
      for (const other of length < from ? [] : step.candidates) {
        // A run can come to more preemptions than its level, where a process sleeps and another has to go on.
        const level = Math.max(cost + this.#costOf(steps, length, other), least);
        const way = { level, switches: switches + (other === last ? 0 : 1) };
        const key = step.place === undefined ? "" : `${step.place} ${other}`;
        const best = this.#isBest(key, way);
        if (other === step.strand) continue;
        if (best) here.push({ strands, length, other, key, way, share: 0 });
        else this.#progress.left++;
      }
      share /= 1 + here.filter(({ way }) => way.level === least).length;
      for (const branch of here) this.#put(branch.way.level === least ? { ...branch, share } : branch);
      this.#progress.taken += here.length;
      cost += this.#costOf(steps, length, step.strand);
      if (step.strand !== last) switches++;
    }
    this.#progress.done += share;
    this.#progress.runs++;
  }

  #put(branch: Branch): void {
    while (this.#levels.length <= branch.way.level) this.#levels.push([]);
    this.#levels[branch.way.level].push(branch);
  }

  /** Whether this is the best way so far to a step from a place. */
  #isBest(key: string, way: Cost): boolean {
    if (this.#known === null || key === "") return true;
    const known = this.#known.get(key);
    if (known !== undefined && !costsLess(way, known)) return false;
    this.#known.set(key, way);
    return true;
  }

  #isOvertaken({ key, way }: Branch): boolean {
    const known = this.#known?.get(key);
    return known !== undefined && costsLess(known, way);
  }

  #beginAnew(): void {
    this.#levels = [[ROOT]];
    this.#progress = progressOf(-1, 0);
    this.#known?.clear();
  }
}

export interface BoundedSearchOptions {
  /** Befall every run. */
  readonly faults?: readonly Fault[];
  /** What the processes draw; beyond it, the smallest. */
  readonly draws?: Plan["draws"];
  /** What counts as a level. */
  readonly by?: Bound["of"];
  /** Of all ways to a place the best one alone goes on. */
  readonly places?: boolean;
  /** See `Plan`. */
  readonly calls?: number;
}

/** The first `length` strands of a run, then another one than it took; all branches of a run share its list. */
interface Branch {
  readonly strands: readonly number[];
  readonly length: number;
  readonly other: number;
  /** Where it goes, if there are places; else empty. */
  readonly key: string;
  readonly way: Cost;
  /** Of its level, what it stands for; 0 for one that a level begins with: they stand for equally much. */
  readonly share: number;
}

/** How far the visit of a level has come. */
interface Progress {
  readonly level: number;
  /** Branches that it began with. */
  readonly roots: number;
  /** The share of the level that is done. */
  done: number;
  runs: number;
  /** Ways that led to where no way had led as well before. */
  taken: number;
  /** Ways that did not, and were left out. */
  left: number;
}

/** Before so many runs of a level nothing is said about how many it takes. */
const TELLING_RUNS = 400;

interface Cost {
  readonly level: number;
  readonly switches: number;
}

const ROOT: Branch = { strands: [], length: 0, other: -1, key: "", way: { level: 0, switches: 0 }, share: 0 };

function progressOf(level: number, roots: number): Progress {
  return { level, roots, done: 0, runs: 0, taken: 0, left: 0 };
}

function costsLess(a: Cost, b: Cost): boolean {
  return a.level !== b.level ? a.level < b.level : a.switches < b.switches;
}

/** How many are passed over at this place if `strand` goes on: who moved last comes first, then all others in their order. */
function delaysOf(steps: readonly AttemptStep[], index: number, strand: number): number {
  const { candidates } = steps[index];
  const last = index === 0 ? -1 : steps[index - 1].strand;
  if (strand === last) return 0;
  const before = candidates.filter((other) => other < strand && other !== last).length;
  return before + (candidates.includes(last) ? 1 : 0);
}

function preemptionsOf(steps: readonly AttemptStep[], index: number, strand: number): number {
  return (strand === steps[index].strand ? steps[index].preempts : preempts(steps, index, strand)) ? 1 : 0;
}

/** Whether going on with `other` at this place leaves a process that could go on. */
function preempts(steps: readonly AttemptStep[], index: number, other: number): boolean {
  if (index === 0) return false;
  const before = processOf(steps[index - 1].strand);
  if (processOf(other) === before) return false;
  if (steps[index].candidates.some((candidate) => processOf(candidate) === before)) return true;
  // It is not enabled: then the step taken here, by another process, tells whether it is only asleep.
  return processOf(steps[index].strand) !== before && steps[index].preempts;
}
