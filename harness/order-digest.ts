import { KIND } from "./engine/kinds.ts";
import { hashOf } from "./engine/names.ts";
import type { Footprint } from "./footprint.ts";
import { isLocal, writes, type AnnouncedStep } from "./dependency.ts";

/**
 * Digests a run so that two runs share the number if one becomes the other by swapping independent neighbours: for each
 * object the order of the writes, and the set of the reads between two of them. It agrees with `dependent`.
 */
export class OrderDigest {
  readonly #objects = new Map<number, Part>();
  #low = 0x811c9dc5;
  #high = 0x01234567;

  add(strand: number, step: AnnouncedStep): void {
    if (isLocal(step.kind)) return;
    if (step.footprint !== undefined) this.#addFootprint(strand, step, step.footprint);
    else if (step.object === 0) this.#addBarrier(strand, step.kind);
    else if (step.kind === KIND.wake) this.#write(step.object, QUEUE, strand, step.kind);
    else if (step.kind === KIND.wait) {
      this.#write(step.object, QUEUE, strand, step.kind);
      this.#read(step.object, strand, step.kind);
    } else if (writes(step)) this.#write(step.object, VALUE, strand, step.kind);
    else this.#read(step.object, strand, step.kind);
  }

  #addFootprint(strand: number, { kind }: AnnouncedStep, { reads, writes: written }: Footprint): void {
    for (const name of reads) this.#read(-hashOf(name), strand, kind);
    for (const name of written) this.#write(-hashOf(name), VALUE, strand, kind);
  }

  value(): number {
    this.#fold();
    return (this.#high & 0x1fffff) * 0x1_0000_0000 + (this.#low >>> 0);
  }

  #write(object: number, which: number, strand: number, kind: number): void {
    const part = this.#partOf(object, which);
    part.low = mix(part.low ^ part.readsLow, strand * 32 + kind);
    part.high = mix(part.high + part.readsHigh, strand * 32 + kind + 0x5bd1);
    part.readsLow = 0;
    part.readsHigh = 0;
  }

  /** Reads between two writes are a set, so what stands for them is a sum. */
  #read(object: number, strand: number, kind: number): void {
    const part = this.#partOf(object, VALUE);
    part.readsLow = (part.readsLow + mix(part.low, strand * 32 + kind)) | 0;
    part.readsHigh = (part.readsHigh + mix(part.high, strand * 32 + kind + 0x5bd1)) | 0;
  }

  /** A step that may touch anything keeps its place between all others. */
  #addBarrier(strand: number, kind: number): void {
    this.#fold();
    this.#low = mix(this.#low, strand * 32 + kind);
    this.#high = mix(this.#high, strand * 32 + kind + 0x5bd1);
  }

  #fold(): void {
    let low = 0;
    let high = 0;
    for (const [key, part] of this.#objects) {
      low = (low + mix(mix(part.low, part.readsLow), key)) | 0;
      high = (high + mix(mix(part.high, part.readsHigh), key + 0x5bd1)) | 0;
    }
    this.#low = mix(this.#low, low);
    this.#high = mix(this.#high, high);
    this.#objects.clear();
  }

  #partOf(object: number, which: number): Part {
    const key = object * 2 + which;
    let part = this.#objects.get(key);
    if (part === undefined) {
      part = { low: 0x811c9dc5, high: 0x01234567, readsLow: 0, readsHigh: 0 };
      this.#objects.set(key, part);
    }
    return part;
  }
}

interface Part {
  low: number;
  high: number;
  readsLow: number;
  readsHigh: number;
}

const VALUE = 0;
const QUEUE = 1;

function mix(hash: number, word: number): number {
  let z = Math.imul(hash ^ word, 0x9e3779b1);
  z = Math.imul(z ^ (z >>> 15), 0x85ebca6b);
  return z ^ (z >>> 13);
}
