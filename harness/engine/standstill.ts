import type { Choice } from "../strategies/strategy.ts";
import { H, P, STRAND_BITS, type LaneMemory } from "./lane-memory.ts";
import { processAt } from "./strands.ts";

/**
 * Tells when whoever can move only looks, over and over, at what nobody changes: loops that wait by looking. As far as time goes
 * nobody can move then, and whoever sleeps has to wake up, or the loop would wait for it for ever.
 *
 * Everybody who can move has to have looked so often since the last change, whatever the strategy: time that passes while
 * somebody has yet to be let go on would be a time-out that nobody ran into.
 */
export class Standstill {
  readonly #words: Int32Array;
  readonly #steps: Pick<Choice, "idle">;

  /** @param steps says which strands left everything as it was with their last step */
  constructor({ words }: LaneMemory, steps: Pick<Choice, "idle">) {
    this.#words = words;
    this.#steps = steps;
  }

  /** To be called when a step is over, before the next one is chosen. */
  notice(): void {
    const last = this.#words[H.lastStrand];
    if (last >= 0 && !this.#steps.idle(last)) this.#words[H.changedAt] = this.#words[H.steps];
  }

  /** To be called for each step granted. */
  count(strand: number): void {
    const words = this.#words;
    const own = processAt(strand >> STRAND_BITS);
    if (words[own + P.looksSince] !== words[H.changedAt]) {
      words[own + P.looksSince] = words[H.changedAt];
      words[own + P.looks] = 0;
    }
    words[own + P.looks]++;
  }

  /** Time has passed: who wakes up is to be let go on first. */
  end(): void {
    this.#words[H.changedAt] = this.#words[H.steps];
  }

  among(candidates: Int32Array, count: number): boolean {
    const words = this.#words;
    if (words[H.steps] - words[H.changedAt] < LOOKS_MAX * count) return false;
    for (let index = 0; index < count; index++) {
      const own = processAt(candidates[index] >> STRAND_BITS);
      if (words[own + P.looksSince] !== words[H.changedAt] || words[own + P.looks] < LOOKS_MAX) return false;
    }
    return true;
  }
}

/** Steps in vain of a process after which time may pass. */
const LOOKS_MAX = 64;
