import { faultsOfBudget, type Fault, type FaultBudget, type FaultKind } from "../fault.ts";
import type { SurvivedFaults } from "../result.ts";
import type { Lane } from "./lane.ts";

/**
 * What an exhaustive search has yet to try with an input: nothing that befalls it, then each fault that the budget names at
 * each step at which it can befall a process in any interleaving, one fault in a run.
 */
export class FaultProof {
  readonly #kinds: readonly FaultKind[];
  readonly #skipped: readonly FaultKind[];
  /** By kind: each step, by the fault's key and input, and in how many runs it struck there. */
  readonly #counts = new Map<FaultKind, Map<string, Mutable<SurvivedStep>>>();
  #queue: (Fault | null)[] = [];
  #inputs = 0;

  constructor(budget: FaultBudget) {
    const all = [...new Set(faultsOfBudget(budget).flat())];
    this.#kinds = all.filter((kind) => !ONLY_SAMPLED.includes(kind));
    this.#skipped = all.filter((kind) => ONLY_SAMPLED.includes(kind));
  }

  /** An input is begun. */
  begin(): void {
    this.#queue = [null];
    this.#inputs++;
  }

  /** What is to befall the next runs, null for nothing; undefined if all was tried. */
  next(): Fault | null | undefined {
    return this.#queue.shift();
  }

  /**
   * A run has ended in which `fault` struck, or which was to have none.
   *
   * @param counts it is one of the runs that no other is like
   */
  learn(fault: Fault | null, { recording, names }: Pick<Lane, "recording" | "names">, counts: boolean): void {
    if (fault !== null) {
      const step = this.#countsOf(fault.kind).get(this.#keyOf(fault));
      if (counts && step !== undefined) step.runs++;
      return;
    }
    for (const kind of this.#kinds) {
      for (const place of recording.faults.places(kind)) {
        const { strand, fingerprint, occurrence } = place;
        for (const ms of DURATIONS[kind] ?? [0]) {
          const possible = { kind, strand, fingerprint, occurrence, ms };
          if (this.#countsOf(kind).has(this.#keyOf(possible))) continue;
          this.#countsOf(kind).set(this.#keyOf(possible), { ...recording.placeInWords(names, place), ms, runs: 0 });
          this.#queue.push(possible);
        }
      }
    }
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
    for (const kind of this.#skipped) claims.push(`${kind} was not tried: it is only sampled, not enumerated`);
    if (this.#counts.has("pause"))
      claims.push(`a pause lasts ${PAUSE_MS} ms: all time limits below that end meanwhile`);
    return claims;
  }

  #keyOf({ kind, strand, fingerprint, occurrence, ms }: Fault): string {
    return `${this.#inputs}:${kind}:${strand}:${fingerprint}:${occurrence}:${ms}`;
  }

  #countsOf(kind: FaultKind): Map<string, Mutable<SurvivedStep>> {
    let counts = this.#counts.get(kind);
    if (counts === undefined) this.#counts.set(kind, (counts = new Map()));
    return counts;
  }
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
