import type { Fault } from "../fault.ts";
import type { Generated } from "../arbitrary.ts";
import { dataText } from "../data-text.ts";
import { compareMeasures, type Measure } from "../measure.ts";
import { BoundedSearch } from "./bounded-search.ts";
import { Ledger, type Certificate } from "./ledger.ts";
import { mergeSwitches } from "./merge-switches.ts";
import { projections } from "./projections.ts";
import type { Attempt, Plan, ProofRun, Subject } from "./subject.ts";

/**
 * The smallest failing run that can be found, given one that fails.
 *
 * It searches from below: inputs by the size of their programs (processes, then operations), the smallest first, and for
 * each group of equals all schedules by preemptions, the fewest first. The first failure met that way is the smallest
 * there is, and what was searched before it is the proof. Where a group has too many schedules it is left unfinished, and
 * there is no proof. How far up it has to search is known from the beginning: the run that is known, without the processes that
 * a smaller program lacks, often fails there, too. If nothing is found from below, the run that is known is made smaller step
 * by step.
 *
 * Every run that replaces another is strictly smaller in the order of `compareMeasures`.
 */
export async function shrink(subject: Subject, found: Failure): Promise<Shrunk> {
  const ledger = new Ledger(Math.min(subject.runsMax ?? RUNS_MAX, RUNS_MAX), STEPS_MAX);
  const all = await groupInputs(subject, found, ledger);
  const { failure, groups } = await projected(subject, found, all, ledger);
  for (const draws of drawsToTry(failure)) {
    for (const group of groups) {
      const best = await searchGroup(subject, { ...group, draws }, failure, ledger);
      if (best !== null) {
        const smaller = ledger.visited.filter((measure) => isSmallerInSomething(measure, best.attempt.measure));
        return { ...best, ...ledger.certificate, smallerRunsChecked: smaller.length };
      }
      if (!ledger.mayGoOn() || subject.stopping) return await made(subject, failure, ledger);
    }
  }
  return await made(subject, failure, ledger);
}

/** The run that is known, made smaller by itself. */
async function made(subject: Subject, failure: Failure, ledger: Ledger): Promise<Shrunk> {
  const attempt = await mergeSwitches(subject, failure, ledger);
  return { input: failure.input.value, attempt, minimal: false, smallerRunsChecked: ledger.visited.length };
}

export interface Failure {
  readonly input: Generated<unknown>;
  readonly attempt: Attempt;
}

export interface Shrunk extends Certificate {
  readonly input: unknown;
  readonly attempt: Attempt;
  readonly smallerRunsChecked: number;
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

/** Runs and steps of one search for the smallest. */
const RUNS_MAX = 60_000;
const STEPS_MAX = 1_000_000;
const RUNS_PER_GROUP_MAX = 20_000;
/** Schedules of a group before its inputs are proved, and runs that the proofs of a group may take. */
const RUNS_BEFORE_PROOF = 400;
const PROOF_RUNS_PER_GROUP_MAX = 6000;
/** Runs without faults that the proof of a group may take where the failure has some. */
const PROOF_RUNS_WITHOUT_FAULTS_MAX = 1000;
/** Runs of all proofs of one search: where several sizes are too large for that, the others will be, too. */
const PROOF_RUNS_MAX = 8000;
const RUNS_WITHOUT_PROOF_MAX = 2000;
const RUNS_WITHOUT_FAULTS_MAX = 600;
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
/** A level that seems to take more than so many times the runs that are left is not begun in earnest. */
const HOPELESS_TIMES = 10;
/** Of each group, in which the known run is tried without some of its processes. */
const PROJECTED_INPUTS_MAX = 4;
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
    if (seen.size > INPUTS_LOOKED_AT_MAX || kept > INPUTS_MAX || !ledger.mayGoOn() || subject.stopping) {
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

/**
 * The first of the groups in which the failing run still fails when its processes are fewer, and that run; larger ones need not be
 * searched.
 */
async function projected(
  subject: Subject,
  failure: Failure,
  groups: readonly Omit<Group, "draws">[],
  ledger: Ledger,
): Promise<{ readonly failure: Failure; readonly groups: readonly Omit<Group, "draws">[] }> {
  const { measure, faults, draws } = failure.attempt;
  // What befalls a process, and what it draws, says nothing about another one.
  if (faults.length > 0 || drawsAny(failure.attempt)) return { failure, groups };
  for (const [index, { processes, inputs }] of groups.entries()) {
    if (processes === measure.processes) break;
    for (const input of inputs.slice(0, PROJECTED_INPUTS_MAX)) {
      if (!ledger.mayGoOn() || subject.stopping) return { failure, groups };
      await subject.prepare(input.value);
      for (const guide of projections(failure.attempt, processes)) {
        const attempt = await subject.attempt({ guide, draws });
        ledger.enter(attempt.measure);
        if (attempt.judgement !== null && isSmallEnough(attempt, failure))
          return { failure: { input, attempt }, groups: groups.slice(0, index + 1) };
      }
    }
  }
  return { failure, groups };
}

/** First without any fault; then, if the failure has one, with one of its kind at each step where one can be. */
async function searchGroup(
  subject: Subject,
  group: Group,
  failure: Failure,
  ledger: Ledger,
): Promise<Candidate | null> {
  const inputs = group.inputs.map(({ value }) => value);
  const kinds = kindsOf(failure.attempt.faults);
  const places = new Places(subject, kinds);
  const without = inputs.map((input) => new Case(input, [], group.draws));
  const best = await searchAll(subject, group, without, failure, ledger, places);
  if (best !== null || kinds.length === 0) return best;
  const withOne = inputs.flatMap((input) => places.of(input).map((fault) => new Case(input, [fault], group.draws)));
  return await searchAll(subject, group, withOne, failure, ledger);
}

/**
 * Schedule by schedule as long as that may come to something soon; if it does not, every case of the group is proved to
 * hold, which takes far fewer runs, or one is known to fail, and then it is worth looking for its best schedule.
 */
async function searchAll(
  subject: Subject,
  group: Group,
  cases: readonly Case[],
  failure: Failure,
  ledger: Ledger,
  places?: Places,
): Promise<Candidate | null> {
  let found = await searchLevels(subject, cases, RUNS_BEFORE_PROOF, failure, ledger, places);
  if (found.searched === Infinity) return found.best;
  const faulty = cases.some(({ faults }) => faults.length > 0);
  const isKnown = !faulty && has(group, failure);
  // A failure that needs a fault is not looked for without one for long.
  const unlikely = !faulty && failure.attempt.faults.length > 0;
  const proofRunsMax = unlikely ? PROOF_RUNS_WITHOUT_FAULTS_MAX : PROOF_RUNS_PER_GROUP_MAX;
  const verdict =
    found.best !== null || isKnown ? "fails" : await proveAll(subject, group, cases, proofRunsMax, ledger, places);
  if (verdict === "holds") return null;
  const known = isKnown ? await better(subject, failure, found.best, ledger) : found.best;
  const undecidedRunsMax = unlikely ? RUNS_WITHOUT_FAULTS_MAX : RUNS_WITHOUT_PROOF_MAX;
  const runsMax = verdict === "fails" ? RUNS_PER_GROUP_MAX : undecidedRunsMax;
  // Which runs with faults come to the same state is not known.
  const goingOn = faulty ? cases : cases.map(({ input, faults }) => new Case(input, faults, group.draws, true));
  found = await searchLevels(subject, goingOn, runsMax, failure, ledger, places, known);
  ledger.leaveOut(found.searched);
  return found.best;
}

/** What was found in the failure's group, or the failure itself, made smaller step by step, if that is better. */
async function better(subject: Subject, failure: Failure, best: Candidate | null, ledger: Ledger): Promise<Candidate> {
  const attempt = await mergeSwitches(subject, failure, ledger);
  if (best !== null && !isBetter(attempt, best.attempt)) return best;
  return { input: failure.input.value, attempt };
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

/** Whether every case is proved to hold, or one of them fails. */
async function proveAll(
  subject: Subject,
  { processes, operations, draws }: Group,
  cases: readonly Case[],
  groupRunsMax: number,
  ledger: Ledger,
  places?: Places,
): Promise<"holds" | "fails" | "undecided"> {
  if (subject.prove === undefined) return "fails";
  if (ledger.proofRuns >= PROOF_RUNS_MAX) return "undecided";
  const left = Math.min(groupRunsMax, PROOF_RUNS_MAX - ledger.proofRuns);
  const runsMax = ledger.visited.length + left;
  const size = { processes, operations, preemptions: Infinity, switches: 0, inputSize: 0 };
  for (const { input, faults, search } of cases) {
    if (search.exhausted || (await subject.prepare(input)) === null) continue;
    const visit = ({ steps }: ProofRun): boolean => {
      ledger.proofRuns++;
      ledger.enter({ ...size, faults: faults.length, steps });
      places?.learn(input);
      return ledger.mayGoOn(runsMax) && !subject.stopping;
    };
    const verdict = await subject.prove(visit, { draws, faults });
    // Where no proof is to be had, there is no other way than schedule by schedule.
    if (verdict !== "holds") return verdict === "impossible" ? "fails" : verdict;
  }
  return "holds";
}

/** An input, and what befalls each of its runs. */
class Case {
  readonly input: unknown;
  readonly faults: readonly Fault[];
  readonly search: BoundedSearch;

  constructor(input: unknown, faults: readonly Fault[], draws: Plan["draws"], places = false) {
    this.input = input;
    this.faults = faults;
    this.search = new BoundedSearch({ faults, draws, places });
  }
}

/**
 * All of the cases at once, those with the fewest preemptions first.
 *
 * @returns the best failure, and up to how many preemptions all was searched that is smaller; Infinity for all of it
 */
export async function searchLevels(
  subject: Subject,
  cases: readonly Pick<Case, "input" | "search">[],
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
    const levelBegun = ledger.visited.length;
    // A run that sleeps may have more preemptions than the level it was met on; then those between come first.
    const proved = best !== null && best.attempt.measure.preemptions < preemptions;
    const runsMax = begun + (proved ? EXHAUST_RUNS_MAX : groupRunsMax);
    for (const { input, search } of cases) {
      if (search.exhausted || (prepared !== input && (await subject.prepare(input)) === null)) continue;
      prepared = input;
      const isBest = () =>
        best !== null &&
        best.attempt.measure.preemptions === preemptions &&
        ledger.visited.length >= Math.max(foundAfter, levelBegun) + BEST_RUNS_MAX;
      const isWorthIt = () =>
        proved
          ? ledger.visited.length + knownOf(cases) <= runsMax
          : search.expected <= HOPELESS_TIMES * (runsMax - ledger.visited.length);
      const finished = await search.visitLevel(
        subject,
        preemptions,
        () => !isBest() && ledger.mayGoOn(runsMax) && isWorthIt(),
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
      return { best, searched: proved || isBest() ? Infinity : searchedBy(cases) };
    }
    if (cases.every(({ search }) => search.exhausted)) return { best, searched: Infinity };
  }
}

/** More runs than this are left in all of them together, or as many. */
function knownOf(cases: readonly Pick<Case, "search">[]): number {
  return cases.reduce((sum, { search }) => sum + search.known, 0);
}

/** Up to how many preemptions all of them are done. */
function searchedBy(cases: readonly Pick<Case, "search">[]): number {
  return Math.min(...cases.map(({ search }) => search.visited));
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
export function isBetter(attempt: Attempt, best: Attempt): boolean {
  const difference = compareMeasures(attempt.measure, best.measure);
  if (difference !== 0) return difference < 0;
  const at = attempt.steps.findIndex(({ strand }, index) => strand !== best.steps[index].strand);
  return at >= 0 && attempt.steps[at].strand < best.steps[at].strand;
}
