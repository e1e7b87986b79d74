import type { Fault } from "../fault.ts";
import type { Generated } from "../arbitrary.ts";
import { dataText } from "../data-text.ts";
import { compareMeasures, type Measure } from "../measure.ts";
import { BoundedSearch } from "./bounded-search.ts";
import { mergeSwitches } from "./merge-switches.ts";
import type { Attempt, Plan, Subject } from "./subject.ts";

/**
 * The smallest failing run that can be found, given one that fails.
 *
 * It searches from below: inputs by the size of their programs (processes, then operations), the smallest first, and for
 * each group of equals all schedules by preemptions, the fewest first. The first failure met that way is the smallest
 * there is, and what was searched before it is the proof. Where a group has too many schedules it is left unfinished, and
 * there is no proof. If nothing is found from below, the run that is known is made smaller step by step.
 *
 * Every run that replaces another is strictly smaller in the order of `compareMeasures`.
 */
export async function shrink(subject: Subject, failure: Failure): Promise<Shrunk> {
  const ledger = new Ledger(subject.runsMax ?? RUNS_MAX);
  const groups = await groupInputs(subject, failure, ledger);
  for (const draws of drawsToTry(failure)) {
    for (const group of groups) {
      const found = await searchGroup(subject, { ...group, draws }, failure, ledger);
      if (found !== null) {
        const smaller = ledger.visited.filter((measure) => isSmallerInSomething(measure, found.attempt.measure));
        return { ...found, ...ledger.certificate, smallerRunsChecked: smaller.length };
      }
      if (!ledger.mayGoOn(RUNS_MAX) || subject.stopping) return mergeSwitches(subject, failure, ledger.visited.length);
    }
  }
  return mergeSwitches(subject, failure, ledger.visited.length);
}

export interface Failure {
  readonly input: Generated<unknown>;
  readonly attempt: Attempt;
}

export interface Shrunk {
  readonly input: unknown;
  readonly attempt: Attempt;
  /** No smaller program fails, and this one not with fewer preemptions: all of that was searched. */
  readonly minimal: boolean;
  /** If not all of it, then all with at most so many preemptions; not there where not even that is so. */
  readonly minimalWithin?: number;
  readonly smallerRunsChecked: number;
}

/** What was searched. */
export class Ledger {
  readonly visited: Measure[] = [];
  /** Everything that is smaller than what comes next was searched, as far as it has at most so many preemptions. */
  within = Infinity;
  /** Of the runs, the ones of proofs. */
  proofRuns = 0;
  readonly #runsMax: number;
  #steps = 0;

  constructor(runsMax: number) {
    this.#runsMax = runsMax;
  }

  enter(measure: Measure): void {
    this.visited.push(measure);
    this.#steps += measure.steps;
  }

  /** Something smaller was searched only as far as it has at most so many preemptions; below 0, not even so. */
  leaveOut(most: number): void {
    this.within = Math.min(this.within, most);
  }

  get certificate(): Pick<Shrunk, "minimal" | "minimalWithin"> {
    const { within } = this;
    return { minimal: within === Infinity, ...(within >= 0 && within < Infinity ? { minimalWithin: within } : {}) };
  }

  mayGoOn(runsMax: number): boolean {
    return this.visited.length < Math.min(runsMax, this.#runsMax) && this.#steps < STEPS_MAX;
  }
}

/** Inputs with programs of the same size. */
interface Group {
  readonly processes: number;
  /** Outermost operations of the run without preemptions. */
  readonly operations: number;
  readonly inputs: Generated<unknown>[];
  /** What the processes draw; beyond it, the smallest. */
  readonly draws: Plan["draws"];
}

/** Runs and steps of one search for the smallest; steps, because a run can be long. */
const RUNS_MAX = 60_000;
const STEPS_MAX = 1_000_000;
const RUNS_PER_GROUP_MAX = 20_000;
/** Schedules of a group before its inputs are proved, and runs that the proofs of a group may take. */
const RUNS_BEFORE_PROOF = 400;
const PROOF_RUNS_PER_GROUP_MAX = 6000;
/** Runs of all proofs of one search: where several sizes are too large for that, the others will be, too. */
const PROOF_RUNS_MAX = 8000;
const RUNS_WITHOUT_PROOF_MAX = 2000;
/** Of a group, before the failure's fault is tried. */
const RUNS_WITHOUT_FAULTS_MAX = 1000;
/**
 * Where the whole of a group takes no more runs than this, all of it is searched, also for fewer operations. That it takes more
 * is known as soon as so many schedules are.
 */
const EXHAUST_RUNS_MAX = 500;
/**
 * Once a failure is known with as few preemptions as there can be: runs that look for one with fewer switches or steps among those
 * with as many.
 */
const BEST_RUNS_MAX = 1000;
/** Inputs considered besides the failing one. */
const INPUTS_MAX = 200;
const SAMPLED_INPUTS = 100;
/** Inputs looked at, also those that turn out to be too large. */
const INPUTS_LOOKED_AT_MAX = 2000;

/** Inputs whose programs are not larger than the failing one's, by processes and operations. */
async function groupInputs(subject: Subject, failure: Failure, ledger: Ledger): Promise<Omit<Group, "draws">[]> {
  const groups = new Map<string, Omit<Group, "draws">>();
  const seen = new Set<string>();
  const queue = [failure.input, ...subject.sampleInputs(SAMPLED_INPUTS)];
  let limit: Measure | null = null;
  let kept = 0;
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const key = dataText(next.value);
    if (seen.has(key)) continue;
    seen.add(key);
    if (seen.size > INPUTS_LOOKED_AT_MAX || kept > INPUTS_MAX || !ledger.mayGoOn(RUNS_MAX) || subject.stopping) {
      ledger.leaveOut(NOTHING_WHOLE);
      break;
    }
    queue.push(...subject.smallerInputs(next));
    const prepared = await subject.prepare(next.value);
    if (prepared === null || prepared.processes > failure.attempt.measure.processes) continue;
    const { measure } = await subject.attempt({ guide: [], draws: [] });
    limit ??= measure;
    if (measure.processes === limit.processes && measure.operations > limit.operations) continue;
    kept++;
    const groupKey = `${measure.processes}/${measure.operations}`;
    const group = groups.get(groupKey) ?? { processes: measure.processes, operations: measure.operations, inputs: [] };
    group.inputs.push(next);
    groups.set(groupKey, group);
  }
  for (const group of groups.values()) group.inputs.sort((a, b) => dataText(a.value).length - dataText(b.value).length);
  return [...groups.values()].sort((a, b) => a.processes - b.processes || a.operations - b.operations);
}

/** First without any fault; then, if the failure has one, with one of its kind at each step where one can be. */
async function searchGroup(
  subject: Subject,
  group: Group,
  failure: Failure,
  ledger: Ledger,
): Promise<Candidate | null> {
  const inputs = group.inputs.map(({ value }) => value);
  const { draws } = group;
  const without = inputs.map((input) => ({ input, search: new BoundedSearch({ draws }) }));
  const kinds = kindsOf(failure.attempt.faults);
  if (kinds.length === 0) return await searchAll(subject, group, without, failure, ledger);
  const places = new Places(subject, kinds);
  const found = await searchLevels(subject, without, RUNS_WITHOUT_FAULTS_MAX, failure, ledger, places);
  ledger.leaveOut(found.searched);
  if (found.best !== null) return found.best;
  const withOne = inputs.flatMap((input) =>
    places.of(input).map((fault) => ({ input, search: new BoundedSearch({ faults: [fault], draws }) })),
  );
  const { best, searched } = await searchLevels(subject, withOne, RUNS_PER_GROUP_MAX, failure, ledger);
  ledger.leaveOut(searched);
  return best;
}

/**
 * Schedule by schedule as long as that may come to something soon; if it does not, every input of the group is proved to
 * hold, which takes far fewer runs, or one is known to fail, and then it is worth looking for its best schedule.
 */
async function searchAll(
  subject: Subject,
  group: Group,
  searches: readonly InputSearch[],
  failure: Failure,
  ledger: Ledger,
): Promise<Candidate | null> {
  let found = await searchLevels(subject, searches, RUNS_BEFORE_PROOF, failure, ledger);
  if (found.searched === Infinity) return found.best;
  const verdict =
    found.best !== null || has(group, failure) ? "fails" : await proveAll(subject, group, searches, ledger);
  if (verdict === "holds") return null;
  const runsMax = verdict === "fails" ? RUNS_PER_GROUP_MAX : RUNS_WITHOUT_PROOF_MAX;
  const anew = searches.map(({ input }) => ({
    input,
    search: new BoundedSearch({ draws: group.draws, places: true }),
  }));
  found = await searchLevels(subject, anew, runsMax, failure, ledger, undefined, found.best);
  ledger.leaveOut(found.searched);
  return found.best;
}

/** The group is the one that the failure is known to be in: in its runs no fault strikes. */
function has({ inputs, draws }: Group, { input, attempt }: Failure): boolean {
  const isWithin = inputs.some(({ value }) => value === input.value);
  return isWithin && attempt.faults.length === 0 && (draws === attempt.draws || !drawsAny(attempt));
}

/** Drawn values are the smallest; if nothing fails with those, they are the failure's. */
function drawsToTry({ attempt }: Failure): Plan["draws"][] {
  return drawsAny(attempt) ? [[], attempt.draws] : [[]];
}

function drawsAny({ draws }: Attempt): boolean {
  return draws.some((drawn) => drawn.length > 0);
}

/** Whether every input of the group is proved to hold, or one of them fails. */
async function proveAll(
  subject: Subject,
  group: Group,
  searches: readonly InputSearch[],
  ledger: Ledger,
): Promise<"holds" | "fails" | "undecided"> {
  if (subject.prove === undefined) return "fails";
  if (ledger.proofRuns >= PROOF_RUNS_MAX) return "undecided";
  const left = Math.min(PROOF_RUNS_PER_GROUP_MAX, PROOF_RUNS_MAX - ledger.proofRuns);
  const runsMax = ledger.visited.length + left;
  const { processes, operations } = group;
  for (const { input, search } of searches) {
    if (search.exhausted || (await subject.prepare(input)) === null) continue;
    const verdict = await subject.prove(({ steps }) => {
      ledger.proofRuns++;
      ledger.enter({ processes, operations, faults: 0, preemptions: Infinity, switches: 0, steps, inputSize: 0 });
      return ledger.mayGoOn(runsMax) && !subject.stopping;
    }, group.draws);
    if (verdict !== "holds") return verdict;
  }
  return "holds";
}

export interface InputSearch {
  readonly input: unknown;
  readonly search: BoundedSearch;
}

/**
 * All of the searches at once, those with the fewest preemptions first.
 *
 * @returns the best failure, and up to how many preemptions all was searched that is smaller; Infinity for all of it
 */
export async function searchLevels(
  subject: Subject,
  searches: readonly InputSearch[],
  groupRunsMax: number,
  failure: Failure,
  ledger: Ledger,
  places?: Places,
  known: Candidate | null = null,
): Promise<{ readonly best: Candidate | null; readonly searched: number }> {
  let prepared: unknown = NOTHING;
  const begun = ledger.visited.length;
  let best = known;
  let foundAfter = begun;
  for (let preemptions = 0; ; preemptions++) {
    // A run that sleeps may have more preemptions than the level it was met on; then those between come first.
    const proved = best !== null && best.attempt.measure.preemptions < preemptions;
    const runsMax = begun + (proved ? EXHAUST_RUNS_MAX : groupRunsMax);
    for (const { input, search } of searches) {
      if (search.exhausted || (prepared !== input && (await subject.prepare(input)) === null)) continue;
      prepared = input;
      const isBest = () =>
        best !== null &&
        best.attempt.measure.preemptions === preemptions &&
        ledger.visited.length >= foundAfter + BEST_RUNS_MAX;
      const finished = await search.visitLevel(
        subject,
        preemptions,
        () => !isBest() && ledger.mayGoOn(runsMax) && (!proved || ledger.visited.length + knownOf(searches) <= runsMax),
        (attempt) => {
          ledger.enter(attempt.measure);
          places?.learn(input);
          if (attempt.judgement === null) return;
          if (best === null) foundAfter = ledger.visited.length;
          if (best === null ? isSmallEnough(attempt, failure) : isBetter(attempt, best.attempt))
            best = { input, attempt };
        },
      );
      if (finished) continue;
      return { best, searched: proved || isBest() ? Infinity : searchedBy(searches) };
    }
    if (searches.every(({ search }) => search.exhausted)) return { best, searched: Infinity };
  }
}

/** More runs than this are left in all of them together, or as many. */
function knownOf(searches: readonly InputSearch[]): number {
  return searches.reduce((sum, { search }) => sum + search.known, 0);
}

/** Up to how many preemptions all of them are done. */
function searchedBy(searches: readonly InputSearch[]): number {
  return Math.min(...searches.map(({ search }) => search.visited));
}

/** The kinds of the failure's faults, each with how long it lasts. */
function kindsOf(faults: readonly Fault[]): Pick<Fault, "kind" | "ms">[] {
  const kinds = new Map(faults.map(({ kind, ms }) => [`${kind}:${ms}`, { kind, ms }]));
  return [...kinds.values()];
}

/** The faults of some kinds that runs without faults have room for, by input. */
class Places {
  readonly #subject: Subject;
  readonly #kinds: readonly Pick<Fault, "kind" | "ms">[];
  readonly #faults = new Map<unknown, Map<string, Fault>>();

  constructor(subject: Subject, kinds: readonly Pick<Fault, "kind" | "ms">[]) {
    this.#subject = subject;
    this.#kinds = kinds;
  }

  /** A run of the input has been attempted. */
  learn(input: unknown): void {
    const known = this.#faults.get(input) ?? new Map<string, Fault>();
    this.#faults.set(input, known);
    for (const { kind, ms } of this.#kinds) {
      for (const place of this.#subject.faultPlaces(kind)) {
        known.set(`${kind}:${ms}:${place.strand}:${place.fingerprint}:${place.occurrence}`, { kind, ...place, ms });
      }
    }
  }

  of(input: unknown): readonly Fault[] {
    return [...(this.#faults.get(input)?.values() ?? [])];
  }
}

const NOTHING = Symbol("no input yet");
/** Not all of it was searched with any number of preemptions. */
const NOTHING_WHOLE = -1;

export interface Candidate {
  readonly input: unknown;
  readonly attempt: Attempt;
}

export function isSmallerInSomething(a: Measure, b: Measure): boolean {
  return a.processes < b.processes || a.operations < b.operations || a.preemptions < b.preemptions;
}

function isSmallEnough(attempt: Attempt, failure: Failure): boolean {
  return compareMeasures(attempt.measure, failure.attempt.measure) <= 0;
}

/** Among equals the one in which lower processes move first: it reads best. */
function isBetter(attempt: Attempt, best: Attempt): boolean {
  const difference = compareMeasures(attempt.measure, best.measure);
  if (difference !== 0) return difference < 0;
  const at = attempt.steps.findIndex(({ strand }, index) => strand !== best.steps[index].strand);
  return at >= 0 && attempt.steps[at].strand < best.steps[at].strand;
}
