import { commons } from "./commons.ts";
import { probe } from "./probe.ts";
import type { Region } from "./region.ts";
import type { Word } from "./word.ts";

/**
 * Hands out places in a region, one after the other. Who allocates the same things in the same order gets the same
 * places, in every process: that is how `shared` builds the same objects everywhere without sending anything.
 *
 * `creating` tells an object whether to write its initial state (it is new) or to leave memory alone (it is there).
 */
export class Arena {
  readonly region: Region;
  readonly creating: boolean;
  readonly start: number;
  readonly end: number;
  /** What was allocated, in order; two processes that disagree here have built different objects. */
  readonly allocations: Allocation[] = [];
  /** The words among it, for reports: they know how their values are told. */
  readonly words: Word[];
  /** The same for two arenas if types, sizes and order of all allocations are the same; else different, up to chance. */
  digest = 0;
  readonly #reserve: ((bytes: number) => number) | undefined;
  readonly #stretches: Stretch[] = [];
  #next: number;

  /**
   * @param options.reserve says where the next `bytes` begin, where other processes allocate from the same memory
   * @param options.within the arena that this is a part of
   */
  constructor(
    region: Region,
    options: {
      start: number;
      end: number;
      creating: boolean;
      reserve?: (bytes: number) => number;
      within?: Arena;
    },
  ) {
    this.region = region;
    this.start = options.start;
    this.end = options.end;
    this.creating = options.creating;
    this.#next = options.start;
    this.#reserve = options.reserve;
    this.words = options.within?.words ?? [];
  }

  /** Whether other processes allocate from the same memory. */
  get shared(): boolean {
    return this.#reserve !== undefined;
  }

  /** Bytes used so far. */
  get used(): number {
    return this.#next - this.start;
  }

  /**
   * From now on, where what is allocated lies: nearly always in one stretch, unless another process allocates in between. An
   * arena of `Arena.of` these stretches gives the same places for the same allocations. What comes after the first few is
   * left out.
   */
  track(): () => readonly Stretch[] {
    const known = this.#stretches.length - 1;
    const last = this.#stretches.at(-1);
    const from = last?.end ?? 0;
    return () => {
      const later = this.#stretches.slice(known + 1, known + 1 + STRETCHES_MAX);
      return last !== undefined && last.end > from ? [{ start: from, end: last.end }, ...later] : later;
    };
  }

  /** An arena of what lies in these stretches already. */
  static of(region: Region, stretches: readonly Stretch[]): Arena {
    let index = 0;
    let next = stretches[0]?.start ?? 0;
    const reserve = (bytes: number): number => {
      while (index < stretches.length - 1 && next + bytes > stretches[index].end) next = stretches[++index].start;
      next += bytes;
      return next - bytes;
    };
    return new Arena(region, { start: 0, end: region.byteLength, creating: false, reserve });
  }

  /** The offset of `byteLength` fresh bytes, aligned to 8. */
  allocate(type: string, byteLength: number): number {
    const bytes = Math.ceil(byteLength / 8) * 8;
    const offset = this.#reserve === undefined ? this.#next : this.#reserve(bytes);
    const end = offset + bytes;
    if (end > this.end) {
      throw new RangeError(
        `out of shared memory: ${type} asks for ${byteLength} bytes, ${Math.max(0, this.end - offset)} of ${this.end - this.start} are left. ` +
          "Use fewer or smaller objects, or a larger arena (memoryBytes).",
      );
    }
    this.#next = end;
    const last = this.#stretches.at(-1);
    if (last?.end === offset) last.end = end;
    else this.#stretches.push({ start: offset, end });
    if (this.#reserve === undefined) {
      this.allocations.push({ type, offset, byteLength });
      this.digest = Math.imul(this.digest ^ digestOf(type) ^ byteLength, 0x01000193);
    }
    return offset;
  }
}

/** Bytes without a gap. */
export interface Stretch {
  start: number;
  end: number;
}

export interface Allocation {
  readonly type: string;
  readonly offset: number;
  readonly byteLength: number;
}

/** Runs `body` with every new primitive placed in `arena`. */
export function withArena<T>(arena: Arena, body: () => T): T {
  const before = current;
  current = arena;
  try {
    return body();
  } finally {
    current = before;
  }
}

/** Where new primitives are placed now: inside `withArena` there, in production in the family's commons. */
export function currentArena(): Arena {
  if (current === null) {
    if (probe === null) return commons();
    throw new Error(
      "a shared object was created outside of a scenario's `shared`, where there is no shared memory to put it. " +
        "Create it in `shared`, or inside withArena(arena, ...).",
    );
  }
  return current;
}

/** No object is made of more pieces. */
const STRETCHES_MAX = 32;

const digests = new Map<string, number>();

function digestOf(type: string): number {
  let digest = digests.get(type);
  if (digest === undefined) {
    digest = 0x811c9dc5;
    for (let index = 0; index < type.length; index++) digest = Math.imul(digest ^ type.charCodeAt(index), 0x01000193);
    digests.set(type, digest);
  }
  return digest;
}

let current: Arena | null = null;
