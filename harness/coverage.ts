/** How much of what can happen the runs of a check have shown. */
export interface Coverage {
  /** Runs that were counted. */
  readonly runs: number;
  /** Different behaviours: inputs, and orders of the steps that race with each other. */
  readonly behaviours: number;
  /** Of these, the ones that were seen in one run only. */
  readonly seenOnce: number;
  /**
   * Estimate of the chance that another run shows a behaviour that was not there before: the share of the runs that were
   * the only ones of their kind (Good, "The population frequencies of species", Biometrika 1953; after Turing).
   */
  readonly newBehaviourChance: number;
  /**
   * That chance is at most this, with 95 % confidence (McAllester and Schapire, COLT 2000, theorem 9). The bound is for
   * independent runs; those of a strategy that learns within a block are nearly so.
   */
  readonly newBehaviourChanceMax: number;
}

/** Counts behaviours in one lane; what the lanes counted is put together by `coverageOf`. */
export class BehaviourCounter {
  #runs = 0;
  readonly #times = new Map<number, number>();
  #seenOnce = 0;

  /** With 95 % confidence, the chance that another run shows a new behaviour is at most this; see `Coverage`. */
  get newBehaviourChanceMax(): number {
    return chanceMax(this.#seenOnce, this.#runs);
  }

  /** @returns whether it had not been there before */
  add(input: string, interleaving: number): boolean {
    if (this.#runs >= RUNS_COUNTED_MAX) return false;
    this.#runs++;
    const key = keyOf(input, interleaving);
    const times = this.#times.get(key) ?? 0;
    this.#times.set(key, times + 1);
    if (times === 0) this.#seenOnce++;
    else if (times === 1) this.#seenOnce--;
    return times === 0;
  }

  counts(): BehaviourCounts {
    return {
      runs: this.#runs,
      keys: Float64Array.from(this.#times.keys()),
      once: Uint8Array.from(this.#times.values(), (times) => (times === 1 ? 1 : 0)),
    };
  }
}

export interface BehaviourCounts {
  readonly runs: number;
  readonly keys: Float64Array;
  /** 1 where the behaviour of the same place was seen once. */
  readonly once: Uint8Array;
}

/** @param lanes what each lane counted */
export function coverageOf(lanes: readonly BehaviourCounts[]): Coverage {
  const once = new Map<number, boolean>();
  let runs = 0;
  for (const lane of lanes) {
    runs += lane.runs;
    for (const [index, key] of lane.keys.entries()) once.set(key, lane.once[index] === 1 && !once.has(key));
  }
  const seenOnce = [...once.values()].filter(Boolean).length;
  return {
    runs,
    behaviours: once.size,
    seenOnce,
    newBehaviourChance: runs === 0 ? 1 : seenOnce / runs,
    newBehaviourChanceMax: chanceMax(seenOnce, runs),
  };
}

function chanceMax(seenOnce: number, runs: number): number {
  if (runs === 0) return 1;
  return Math.min(1, seenOnce / runs + BOUND_FACTOR * Math.sqrt(Math.log(3 / (1 - CONFIDENCE)) / runs));
}

/** A lane counts no further; what it counted remains an estimate for all. */
const RUNS_COUNTED_MAX = 200_000;
const CONFIDENCE = 0.95;
const BOUND_FACTOR = 2 * Math.SQRT2 + Math.sqrt(3);

function keyOf(input: string, interleaving: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < input.length; index++) hash = Math.imul(hash ^ input.charCodeAt(index), 0x01000193);
  return (interleaving + (hash >>> 0) * 0x10_0001) % Number.MAX_SAFE_INTEGER;
}
