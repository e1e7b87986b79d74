import type { Aside } from "../exhaustive/execution.ts";
import { A, H, LIMITS, P, PARTS, SIZES, type LaneMemory } from "./lane-memory.ts";
import { processAt } from "./strands.ts";

/** Writes down what one process looks at and changes without a step, with the step that it took last. */
export class Asides {
  readonly #words: Int32Array;
  readonly #own: number;

  constructor(memory: LaneMemory, process: number) {
    this.#words = memory.words;
    this.#own = processAt(process);
  }

  add(kind: "read" | "write", offset: number, byteLength: number, mask: number): void {
    const words = this.#words;
    const entry = words[this.#own + P.lastEntry];
    // Before its first step a process sees what the objects were made with, whoever moves first.
    if (entry === 0) return;
    const sign = kind === "write" ? -1 : 1;
    const count = words[H.asides];
    if (count > 0 && count <= LIMITS.asidesMax) {
      const last = asideAt(count - 1);
      const length = words[last + A.byteLength] * sign;
      const like = words[last + A.entry] === entry && length > 0 && words[last + A.mask] === mask;
      const from = words[last + A.offset];
      if (like && from <= offset && offset + byteLength <= from + length) return;
      if (like && from + length === offset) {
        words[last + A.byteLength] = sign * (length + byteLength);
        return;
      }
    }
    if (count > LIMITS.asidesMax) return;
    words[H.asides]++;
    if (count === LIMITS.asidesMax) return;
    const at = asideAt(count);
    words[at + A.entry] = entry;
    words[at + A.offset] = offset;
    words[at + A.byteLength] = sign * byteLength;
    words[at + A.mask] = mask;
  }
}

/** What the last run had of them, by the number of the step's trace entry; null if some had no room. */
export function asidesOf({ words }: LaneMemory): ReadonlyMap<number, readonly Aside[]> | null {
  if (words[H.asides] > LIMITS.asidesMax) return null;
  const all = new Map<number, Aside[]>();
  for (let index = 0; index < words[H.asides]; index++) {
    const at = asideAt(index);
    const offset = words[at + A.offset];
    const length = words[at + A.byteLength];
    const one = { offset, end: offset + Math.abs(length), mask: words[at + A.mask], writes: length < 0 };
    const same = all.get(words[at + A.entry]);
    if (same === undefined) all.set(words[at + A.entry], [one]);
    else same.push(one);
  }
  return all;
}

function asideAt(index: number): number {
  return (PARTS.asides >> 2) + index * SIZES.asideWords;
}
