import { faultsOfBudget, type Fault, type FaultBudget, type FaultKind } from "../fault.ts";
import type { SurvivedFaults } from "../result.ts";
import type { Lane } from "./lane.ts";

/**
 * What an exhaustive search has yet to try with an input: nothing that befalls it, then each fault that the budget names at
 * each step at which it can befall a process in any interleaving, and, where several are asked for in one run, each of them
 * together with each other that is possible in its runs. Of two that can strike in one run the one that strikes first is
 * possible without the other, and in its runs the other one is: so none is missed.
 */
export class FaultProof {
  /** Each fault that a run may have, by the kinds it may be of. */
  readonly #budget: readonly (readonly FaultKind[])[];
  readonly #skipped: readonly FaultKind[];
  readonly #together: number;
  /** By kind: each step, by the fault's key and input, and in how many runs it struck there. */
  readonly #counts = new Map<FaultKind, Map<string, Mutable<SurvivedStep>>>();
  /** Of several in one run, by their kinds: which of them struck, and in how many runs. */
  readonly #several = new Map<string, { readonly sets: Set<string>; runs: number }>();
  readonly #known = new Set<string>();
  #queue: (readonly Fault[])[] = [];
  #inputs = 0;

  /** @param together several in one run; else one at a time */
  constructor(budget: FaultBudget, together: boolean) {
    const all = faultsOfBudget(budget);
    this.#budget = all
      .map((kinds) => kinds.filter((kind) => !ONLY_SAMPLED.includes(kind)))
      .filter((kinds) => kinds.length > 0);
    this.#skipped = [...new Set(all.flat())].filter((kind) => ONLY_SAMPLED.includes(kind));
    this.#together = together ? this.#budget.length : Math.min(1, this.#budget.length);
  }

  /** An input is begun. */
  begin(): void {
    this.#queue = [[]];
    this.#inputs++;
  }

  /** What is to befall the next runs; undefined if all was tried. */
  next(): readonly Fault[] | undefined {
    return this.#queue.shift();
  }

  /** What was found to be possible with this input and not yet tried. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** A run has ended in which all of these struck. */
  learn(struck: readonly Fault[], { recording, names }: Pick<Lane, "recording" | "names">): void {
    if (struck.length >= this.#together) return;
    for (const kind of this.#kindsBesides(struck)) {
      for (const place of recording.faults.places(kind)) {
        const { strand, fingerprint, occurrence } = place;
        for (const ms of DURATIONS[kind] ?? [0]) {
          const next = [...struck, { kind, strand, fingerprint, occurrence, ms }];
          if (this.#known.has(this.#keyOf(next))) continue;
          this.#known.add(this.#keyOf(next));
          this.#queue.push(next);
          if (struck.length === 0)
            this.#countsOf(kind).set(this.#keyOf(next), { ...recording.placeInWords(names, place), ms, runs: 0 });
        }
      }
    }
  }

  /** So many runs in which all of these struck are known to hold, of which no two are alike. */
  count(struck: readonly Fault[], runs: number): void {
    if (struck.length === 0 || runs === 0) return;
    if (struck.length === 1) {
      const step = this.#countsOf(struck[0].kind).get(this.#keyOf(struck));
      if (step !== undefined) step.runs += runs;
      return;
    }
    const kinds = struck
      .map(({ kind }) => kind)
      .sort()
      .join(" + ");
    const several = this.#several.get(kinds) ?? { sets: new Set<string>(), runs: 0 };
    several.sets.add(this.#keyOf(struck));
    several.runs += runs;
    this.#several.set(kinds, several);
  }

  /** What was tried, step by step. @param interleavings without faults */
  survived(interleavings: number): SurvivedFaults[] {
    return [...this.#counts].map(([kind, counts]) => ({ kind, interleavings, steps: [...counts.values()] }));
  }

  /** What the proof says about faults. @param interleavings without faults */
  claims(interleavings: number): string[] {
    const claims = this.survived(interleavings).map(({ kind, steps }) => {
      const runs = steps.reduce((sum, step) => sum + step.runs, 0);
      const what = interleavings === 1 ? "interleaving" : "interleavings";
      return `${kind} at ${steps.length} steps × ${interleavings} ${what}, all survived (${runs} runs)`;
    });
    for (const [kinds, { sets, runs }] of this.#several)
      claims.push(`${kinds} in one run, at ${sets.size} choices of steps, all survived (${runs} runs)`);
    for (const kind of this.#skipped) claims.push(`${kind} was not tried: it is only sampled, not enumerated`);
    if (this.#counts.has("pause"))
      claims.push(`a pause lasts ${PAUSE_MS} ms: all time limits below that end meanwhile`);
    return claims;
  }

  /** Of which kinds another one may be, beside these. */
  #kindsBesides(struck: readonly Fault[]): FaultKind[] {
    const kinds = struck.map(({ kind }) => kind);
    const possible = [...new Set(this.#budget.flat())];
    return possible.filter((kind) => isWithin([...kinds, kind], this.#budget));
  }

  /** The same in whichever order they were found. */
  #keyOf(faults: readonly Fault[]): string {
    const keys = faults.map(
      ({ kind, strand, fingerprint, occurrence, ms }) => `${kind}:${strand}:${fingerprint}:${occurrence}:${ms}`,
    );
    return [this.#inputs, ...keys.sort()].join(" ");
  }

  #countsOf(kind: FaultKind): Map<string, Mutable<SurvivedStep>> {
    let counts = this.#counts.get(kind);
    if (counts === undefined) this.#counts.set(kind, (counts = new Map()));
    return counts;
  }
}

/** Whether what an exhaustive search says of runs with this fault can be relied on. */
export function canBeProved({ kind, ms }: Fault): boolean {
  return !ONLY_SAMPLED.includes(kind) && (DURATIONS[kind] ?? [0]).includes(ms);
}

/** Whether each of the kinds can be given to a fault of its own of the budget. */
function isWithin([kind, ...others]: readonly FaultKind[], budget: readonly (readonly FaultKind[])[]): boolean {
  if (kind === undefined) return true;
  return budget.some((kinds, index) => kinds.includes(kind) && isWithin(others, budget.toSpliced(index, 1)));
}

type SurvivedStep = SurvivedFaults["steps"][number];
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A step that its process does not survive is not yet one of the kinds of step that the reduction understands. */
const ONLY_SAMPLED: readonly FaultKind[] = ["cut", "torn"];

const PAUSE_MS = 1_000_000;
const DURATIONS: { readonly [kind in FaultKind]?: readonly number[] } = {
  pause: [PAUSE_MS],
  clock: [-PAUSE_MS, PAUSE_MS],
};
