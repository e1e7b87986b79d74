import type { Generated } from "../arbitrary.ts";
import { compareMeasures } from "../measure.ts";
import { BoundedSearch } from "./bounded-search.ts";
import { mergeSwitches } from "./merge-switches.ts";
import type { Attempt, Subject } from "./subject.ts";

/**
 * The smallest failing run that can be found, given one that fails.
 *
 * It searches from below: inputs by processes and operations, the fewest first, and for each group of equals all schedules
 * by preemptions, the fewest first. The first failure met that way is the smallest there is, and what was searched before
 * it is the proof. Where a group has too many schedules it is left unfinished, and there is no proof. If nothing is found
 * from below, the run that is known is made smaller step by step.
 *
 * Every run that replaces another is strictly smaller in the order of `compareMeasures`.
 */
export async function shrink(subject: Subject, failure: Failure): Promise<Shrunk> {
  const ledger: Ledger = { runs: 0, complete: true };
  const groups = await groupInputs(subject, failure, ledger);
  for (const group of groups) {
    const found = await searchGroup(subject, group, failure, ledger);
    if (found !== null) return { ...found, minimal: ledger.complete, smallerRunsChecked: found.before };
    if (ledger.runs >= RUNS_MAX || subject.stopping) break;
  }
  return mergeSwitches(subject, failure, ledger.runs);
}

export interface Failure {
  readonly input: Generated<unknown>;
  readonly attempt: Attempt;
}

export interface Shrunk {
  readonly input: unknown;
  readonly attempt: Attempt;
  /** Nothing with fewer processes, operations or preemptions fails: all of it was searched. */
  readonly minimal: boolean;
  readonly smallerRunsChecked: number;
}

interface Ledger {
  runs: number;
  /** Everything that is smaller than what comes next was searched. */
  complete: boolean;
}

interface Group {
  readonly processes: number;
  readonly operations: number;
  readonly inputs: Generated<unknown>[];
}

const RUNS_MAX = 60_000;
const RUNS_PER_GROUP_MAX = 20_000;
/** Inputs considered besides the failing one. */
const INPUTS_MAX = 200;
const SAMPLED_INPUTS = 100;
/** Inputs looked at, also those that turn out to be too large. */
const INPUTS_LOOKED_AT_MAX = 2000;

/** Inputs that may fail with a smaller or equal run, by processes and operations. */
async function groupInputs(subject: Subject, failure: Failure, ledger: Ledger): Promise<Group[]> {
  const limit = failure.attempt.measure;
  const groups = new Map<string, Group>();
  const seen = new Set<string>();
  const queue = [failure.input, ...subject.sampleInputs(SAMPLED_INPUTS)];
  let kept = 0;
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const key = keyOf(next.value);
    if (seen.has(key)) continue;
    seen.add(key);
    if (seen.size > INPUTS_LOOKED_AT_MAX || kept > INPUTS_MAX || subject.stopping) {
      ledger.complete = false;
      break;
    }
    queue.push(...subject.smallerInputs(next));
    const prepared = await subject.prepare(next.value);
    if (prepared === null || prepared.processes > limit.processes) continue;
    const { measure } = await subject.attempt({ guide: [], draws: [] });
    if (measure.processes === limit.processes && measure.operations > limit.operations) continue;
    kept++;
    const groupKey = `${measure.processes}/${measure.operations}`;
    const group = groups.get(groupKey) ?? { processes: measure.processes, operations: measure.operations, inputs: [] };
    group.inputs.push(next);
    groups.set(groupKey, group);
  }
  for (const group of groups.values()) group.inputs.sort((a, b) => keyOf(a.value).length - keyOf(b.value).length);
  return [...groups.values()].sort((a, b) => a.processes - b.processes || a.operations - b.operations);
}

async function searchGroup(
  subject: Subject,
  group: Group,
  failure: Failure,
  ledger: Ledger,
): Promise<{ input: unknown; attempt: Attempt; before: number } | null> {
  const searches = group.inputs.map((input) => ({ input, search: new BoundedSearch() }));
  const { measure } = failure.attempt;
  const same = group.processes === measure.processes && group.operations === measure.operations;
  const preemptionsMax = same ? measure.preemptions : Infinity;
  let runsLeft = Math.min(RUNS_PER_GROUP_MAX, RUNS_MAX - ledger.runs);
  let best = null as { input: unknown; attempt: Attempt } | null;
  for (let preemptions = 0; preemptions <= preemptionsMax; preemptions++) {
    const before = ledger.runs;
    let finished = true;
    for (const { input, search } of searches) {
      if (search.exhausted || (await subject.prepare(input.value)) === null) continue;
      const level = await search.visitLevel(subject, preemptions, runsLeft);
      ledger.runs += level.runs;
      runsLeft -= level.runs;
      finished &&= level.finished;
      for (const attempt of level.failed) {
        if (compareMeasures(attempt.measure, measure) > 0) continue;
        if (best === null || isBetter(attempt, best.attempt)) best = { input: input.value, attempt };
      }
    }
    // A run that sleeps may have more preemptions than the level it was met on; then those between come first.
    if (best !== null && best.attempt.measure.preemptions <= preemptions) return { ...best, before };
    if (!finished) {
      ledger.complete = false;
      return best === null ? null : { ...best, before: ledger.runs };
    }
    if (searches.every(({ search }) => search.exhausted)) return best === null ? null : { ...best, before };
  }
  ledger.complete = false;
  return best === null ? null : { ...best, before: ledger.runs };
}

/** Among equals the one in which lower processes move first: it reads best. */
function isBetter(attempt: Attempt, best: Attempt): boolean {
  const difference = compareMeasures(attempt.measure, best.measure);
  if (difference !== 0) return difference < 0;
  const at = attempt.steps.findIndex(({ strand }, index) => strand !== best.steps[index].strand);
  return at >= 0 && attempt.steps[at].strand < best.steps[at].strand;
}

function keyOf(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
