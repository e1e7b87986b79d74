import { basename } from "node:path";
import type { Execution, ExecutedStep } from "../exhaustive/execution.ts";
import type { OrderInView } from "../judge.ts";
import { distanceBetween, reversalsOf, stepNames, type Reversal } from "../race-reversal.ts";
import type { NearestPassing } from "../result.ts";
import { encodeToken } from "../token.ts";
import type { TraceEntry } from "../trace.ts";
import { replayRequest, valueOf, type KnownAttempt, type LaneRuns } from "./lane-runs.ts";
import { recordedExecution, type RecordedExecution } from "./recorded-execution.ts";

/**
 * Turns round one race of a failing run after the other, and returns the nearest run that holds. Where no single one leads
 * to one, the runs met on the way, which fail as well, are taken further, one more race at a time.
 *
 * @param failing the lane's last run, recorded with its places in the source
 */
export async function nearestPassing(runs: LaneRuns, failing: KnownAttempt): Promise<NearestPassing | null> {
  // Where no race between steps decides alone, the order in which operations end and begin is looked at, too.
  const plain = recordedExecution(runs.memory, "none");
  const spanned = recordedExecution(runs.memory, "per object");
  await runs.prepare(runs.prepared.input);
  const search = new ReversalSearch(runs, failing);
  return (await search.find(plain, 1)) ?? (await search.find(spanned, RACES_MAX));
}

/** A longer run than this is not looked at. */
export const EXPLAINED_STEPS_MAX = 2000;
/** So many runs are tried, and so many races turned round one after the other. */
const REVERSALS_MAX = 150;
const RACES_MAX = 4;
/** The program may go another way behind a reversed race, and take longer. */
const STEPS_FACTOR = 10;

interface Candidate {
  readonly reversal: Reversal;
  readonly attempt: KnownAttempt;
  readonly distance: number;
  readonly races: number;
}

class ReversalSearch {
  readonly #runs: LaneRuns;
  readonly #failing: KnownAttempt;
  #seen = new Set<string>();
  #left = REVERSALS_MAX;

  constructor(runs: LaneRuns, failing: KnownAttempt) {
    this.#runs = runs;
    this.#failing = failing;
  }

  async find(original: RecordedExecution, racesMax: number): Promise<NearestPassing | null> {
    // What was met before on the way to another end is gone through again: from here it may lead further.
    this.#seen = new Set();
    let level: Execution[] = [original];
    for (let races = 1; races <= racesMax && level.length > 0; races++) {
      const nextLevel: Execution[] = [];
      let best: Candidate | null = null;
      for (const reversal of level.flatMap(reversalsOf)) {
        if (!this.#isNew(reversal)) continue;
        const { execution, attempt, endless } = await this.#reversed(reversal, original.order);
        if (attempt === null) {
          if (!endless) nextLevel.push(execution);
        } else if (comesFirst(original.steps, reversal) && !comesFirst(execution.steps, reversal)) {
          const distance = distanceBetween(original.steps, execution.steps);
          if (best === null || isNearer({ distance, attempt }, best)) best = { reversal, attempt, distance, races };
        }
      }
      if (best !== null) return await told(this.#runs, this.#failing, original, best);
      level = nextLevel;
    }
    return null;
  }

  #isNew({ guide }: Reversal): boolean {
    const key = guide.join();
    if (this.#seen.has(key) || this.#left <= 0 || this.#runs.workers.stopping) return false;
    this.#seen.add(key);
    this.#left--;
    return true;
  }

  /** The run with this race the other way round; the attempt is null if that run does not hold either. */
  async #reversed({ guide }: Reversal, order: OrderInView) {
    const runs = this.#runs;
    await runs.breathe();
    const outcome = await runs.lane.run({
      strategy: "guide",
      schedule: [...guide],
      draws: this.#failing.draws,
      faults: this.#failing.faults,
      seed: 0,
      stepsMax: Math.min(runs.search.stepsMax, this.#failing.decisions.length * STEPS_FACTOR),
      keepCandidates: true,
    });
    const holds = outcome.ending === "finished" && runs.judge(outcome) === null;
    const endless = outcome.ending !== "finished" && outcome.ending !== "deadlock";
    const execution = recordedExecution(runs.memory, order);
    return { execution, endless, attempt: holds ? runs.attempt(outcome, null) : null };
  }
}

/** Whether the first step of the pair comes before the second in this run, or alone. */
function comesFirst(steps: readonly ExecutedStep[], { firstName, secondName }: Reversal): boolean {
  const names = stepNames(steps);
  const first = names.indexOf(firstName);
  const second = names.indexOf(secondName);
  return first >= 0 && (second < 0 || first < second);
}

/** Of two that are equally near, the one with fewer switches reads better. */
function isNearer(a: Pick<Candidate, "distance" | "attempt">, b: Candidate): boolean {
  const [one, other] = [a.attempt.measure, b.attempt.measure];
  return (a.distance - b.distance || one.preemptions - other.preemptions || one.switches - other.switches || 0) < 0;
}

/** Once more, with its places in the source. */
async function told(
  runs: LaneRuns,
  failing: KnownAttempt,
  original: Execution,
  { reversal, attempt, races }: Candidate,
): Promise<NearestPassing> {
  const value = valueOf(runs.prepared.input, attempt);
  const again = { ...replayRequest(value, runs.search.stepsMax), signals: false };
  const outcome = await runs.lane.run({ ...again, keepCandidates: true, recordSource: true });
  const passing = runs.attempt(outcome, null);
  const there = pairIn(failing, original.steps, reversal);
  const here = pairIn(passing, recordedExecution(runs.memory, "none").steps, reversal);
  const { preemptions, switches, steps } = passing.measure;
  return {
    race: {
      failing: [there.first?.step ?? null, there.second?.step ?? null],
      passing: [here.second?.step ?? null, here.first?.step ?? null],
      sentence: sentence(there.first ?? here.first, there.second, here.second),
    },
    reversedRaces: races,
    token: encodeToken(runs.request.name, value),
    preemptions,
    switches,
    steps,
    trace: passing.trace,
    history: passing.history.operations,
    ends: passing.history.processes,
  };
}

function pairIn({ decisions, trace }: KnownAttempt, steps: readonly ExecutedStep[], pair: Reversal) {
  const names = stepNames(steps);
  const entryOf = (name: string): TraceEntry | undefined => {
    const at = names.indexOf(name);
    return at < 0 ? undefined : trace[decisions[at].entry - 1];
  };
  return { first: entryOf(pair.firstName), second: entryOf(pair.secondName) };
}

function sentence(first?: TraceEntry, second?: TraceEntry, earlier?: TraceEntry): string {
  const other = second ?? earlier;
  const inTurn = other?.process === first?.process ? `'${other?.label}'` : other?.process;
  // That something is done is a step only where something else could have come before it.
  if (second === undefined && earlier?.kind !== "resume") {
    return `Where it fails, ${said(first)} comes first, and ${said(earlier)} never happens; where it holds, ${inTurn} comes first.`;
  }
  return `Where it fails, ${said(first)} comes before ${said(other)}; where it holds, ${inTurn} comes first.`;
}

/** "buyer 1 'read stock' (ticket-rush.ts:31)" */
function said(entry?: TraceEntry): string {
  if (entry === undefined) return "a step";
  return `${entry.process} '${entry.label}'${entry.source === null ? "" : ` (${basename(entry.source)})`}`;
}
