import { faultsOfBudget, type Fault, type FaultBudget, type FaultKind } from "../fault.ts";
import type { FaultRecording } from "./fault-recording.ts";

/**
 * What an exhaustive search has yet to try with an input: nothing that befalls it, then each fault that the budget names at
 * each step at which it can befall a process in any interleaving, one fault in a run.
 */
export class FaultProof {
  readonly #kinds: readonly FaultKind[];
  readonly #skipped: readonly FaultKind[];
  readonly #counts = new Map<FaultKind, { steps: number; runs: number }>();
  #queue: (Fault | null)[] = [];
  #seen = new Set<string>();

  constructor(budget: FaultBudget) {
    const all = [...new Set(faultsOfBudget(budget).flat())];
    this.#kinds = all.filter((kind) => !ONLY_SAMPLED.includes(kind));
    this.#skipped = all.filter((kind) => ONLY_SAMPLED.includes(kind));
  }

  /** An input is begun. */
  begin(): void {
    this.#queue = [null];
    this.#seen = new Set();
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
  learn(fault: Fault | null, recording: FaultRecording, counts: boolean): void {
    if (fault !== null) {
      if (counts) this.#countsOf(fault.kind).runs++;
      return;
    }
    for (const kind of this.#kinds) {
      for (const place of recording.places(kind)) {
        for (const ms of DURATIONS[kind] ?? [0]) this.#enqueue({ kind, ...place, ms });
      }
    }
  }

  /** What the proof says about faults. @param interleavings without faults */
  claims(interleavings: number): string[] {
    const claims = [...this.#counts].map(
      ([kind, { steps, runs }]) =>
        `${kind} at ${steps} steps × ${interleavings} ${interleavings === 1 ? "interleaving" : "interleavings"}, all survived (${runs} runs)`,
    );
    for (const kind of this.#skipped) claims.push(`${kind} was not tried: it is only sampled, not enumerated`);
    if (this.#counts.has("pause"))
      claims.push(`a pause lasts ${PAUSE_MS} ms: all time limits below that end meanwhile`);
    return claims;
  }

  #enqueue(fault: Fault): void {
    const key = `${fault.kind}:${fault.strand}:${fault.fingerprint}:${fault.occurrence}:${fault.ms}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#queue.push(fault);
    this.#countsOf(fault.kind).steps++;
  }

  #countsOf(kind: FaultKind): { steps: number; runs: number } {
    let counts = this.#counts.get(kind);
    if (counts === undefined) this.#counts.set(kind, (counts = { steps: 0, runs: 0 }));
    return counts;
  }
}

/** A step that its process does not survive is not yet one of the kinds of step that the reduction understands. */
const ONLY_SAMPLED: readonly FaultKind[] = ["cut", "torn"];

const PAUSE_MS = 1_000_000;
const DURATIONS: { readonly [kind in FaultKind]?: readonly number[] } = {
  pause: [PAUSE_MS],
  clock: [-PAUSE_MS, PAUSE_MS],
};
