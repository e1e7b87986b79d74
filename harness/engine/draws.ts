import { deserialize } from "node:v8";
import type { Arbitrary } from "fast-check";
import { generated, smallest } from "../arbitrary.ts";
import { H, LIMITS, PARTS, SIZES, type LaneMemory } from "./lane-memory.ts";
import { derivedSeed } from "./random.ts";
import type { Values } from "./values.ts";

/**
 * The values that a process draws during a run. They belong to the run's value: where it says what was drawn, that is
 * what is drawn, and where that list ends, the smallest value; else it is drawn at random from the run's seed. Both are
 * written down.
 */
export class Draws {
  readonly #memory: LaneMemory;
  readonly #values: Values;
  #run = 0;
  #next = 0;
  #preset: readonly unknown[] = [];

  constructor(memory: LaneMemory, values: Values) {
    this.#memory = memory;
    this.#values = values;
  }

  draw<T>(process: number, arbitrary: Arbitrary<T>): T {
    const { words } = this.#memory;
    if (words[H.run] !== this.#run) this.#enterRun(process);
    const index = this.#next++;
    const value = index < this.#preset.length ? (this.#preset[index] as T) : this.#fresh(process, index, arbitrary);
    this.#record(process, index, value);
    return value;
  }

  #fresh<T>(process: number, index: number, arbitrary: Arbitrary<T>): T {
    const { words } = this.#memory;
    if (words[H.drawSmallest] === 1) return smallest(arbitrary);
    return generated(arbitrary, derivedSeed(derivedSeed(words[H.drawSeed], process), index)).value;
  }

  #enterRun(process: number): void {
    const { words, bytes } = this.#memory;
    this.#run = words[H.run];
    this.#next = 0;
    const length = words[H.presetLength];
    const preset = length === 0 ? [] : (deserialize(bytes.slice(PARTS.preset, PARTS.preset + length)) as unknown[][]);
    this.#preset = preset[process] ?? [];
  }

  #record(process: number, index: number, value: unknown): void {
    const { words } = this.#memory;
    const number = Atomics.add(words, H.draws, 1);
    if (number >= LIMITS.drawsMax) {
      throw new RangeError(
        `a run draws more than ${LIMITS.drawsMax} values (limit: drawsMax). Draw fewer, or make them part of the input.`,
      );
    }
    const at = (PARTS.draws >> 2) + number * SIZES.drawWords;
    words[at] = process;
    words[at + 1] = index;
    this.#values.write(at + 2, value);
  }
}
