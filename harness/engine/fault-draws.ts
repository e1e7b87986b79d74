import { faultsOfBudget, type FaultBudget, type FaultKind, type FaultToCome } from "../fault.ts";
import { derivedSeed, nextDouble, seedRandom } from "./random.ts";

/**
 * Draws what befalls the processes of a sampled run: which process, at which of its steps, and for how long. How many steps
 * each process has it learns from the first run of a block, which has no faults; so what it draws depends on the seed and
 * the block alone. A share of the runs stays without faults.
 */
export class FaultDraws {
  readonly #faults: readonly (readonly FaultKind[])[];
  readonly #pauseMsMax: number;
  #steps: readonly number[] = [];

  /** @param pauseMsMax a pause lasts at most so long */
  constructor(budget: FaultBudget, pauseMsMax = PAUSE_MS_MAX) {
    this.#faults = faultsOfBudget(budget);
    this.#pauseMsMax = pauseMsMax;
  }

  /** @param steps of each process, in a run without faults */
  learn(steps: readonly number[]): void {
    this.#steps = steps;
  }

  draw(seed: number): FaultToCome[] {
    if (this.#faults.length === 0 || this.#steps.length === 0) return [];
    const random = new Int32Array(4);
    seedRandom(random, 0, derivedSeed(seed, DOMAIN));
    const below = (limit: number): number => Math.floor(nextDouble(random, 0) * limit);
    const drawn: FaultToCome[] = [];
    for (const kinds of this.#faults) {
      // Drawn whether they are used or not, so that one fault does not shift the others.
      const used = nextDouble(random, 0) < SHARE_OF_RUNS;
      const kind = kinds[below(kinds.length)];
      const process = below(this.#steps.length);
      // One more than there are: it may come to sleep, and stay asleep, where it had not to.
      const atStep = 1 + below((this.#steps[process] ?? 0) + 1);
      const ms = this.#durationOf(kind, nextDouble(random, 0), below(2) === 0);
      if (used) drawn.push({ kind, process, atStep, ms });
    }
    return drawn;
  }

  /** Short ones as often as long ones: what matters is which time limits end meanwhile. */
  #durationOf(kind: FaultKind, random: number, forward: boolean): number {
    if (kind === "pause") return Math.round(this.#pauseMsMax ** random);
    if (kind === "clock") return Math.round(JUMP_MS_MAX ** random) * (forward ? 1 : -1);
    return 0;
  }
}

/** Each fault of the budget befalls so many of the runs. */
const SHARE_OF_RUNS = 0.75;
const PAUSE_MS_MAX = 100_000;
const JUMP_MS_MAX = 100_000_000;
const DOMAIN = 0x0fa17;
