import { futexWait } from "../../primitives/memory/linux.ts";
import { H, LIMITS, PARTS, SIZES, type LaneMemory } from "./lane-memory.ts";

/**
 * The names that a scenario uses (operations, steps, files, short results), each stored once in the lane's memory and
 * referred to by its hash. A hash is the same in every process and in every run, whichever comes across the name first,
 * so traces can be compared word for word.
 */
export class Names {
  readonly #memory: LaneMemory;
  readonly #hashes = new Map<string, number>();
  readonly #texts = new Map<number, string>();
  #read = 0;

  constructor(memory: LaneMemory) {
    this.#memory = memory;
  }

  /** The hash of `text`, 1 ... 2^31 - 1, after making sure that every process can look it up. */
  intern(text: string): number {
    const known = this.#hashes.get(text);
    if (known !== undefined) return known;
    const hash = hashOf(text);
    this.#lock();
    try {
      this.#readNew();
      if (!this.#texts.has(hash)) this.#append(hash, text);
    } finally {
      Atomics.store(this.#memory.words, H.namesLock, 0);
    }
    const there = this.#texts.get(hash);
    if (there !== text) throw new Error(`the names "${there}" and "${text}" have the same hash: rename one of them`);
    this.#hashes.set(text, hash);
    return hash;
  }

  text(hash: number): string {
    let text = this.#texts.get(hash);
    if (text === undefined) {
      this.#readNew();
      text = this.#texts.get(hash);
    }
    return text ?? `?${hash}`;
  }

  /** Forgets all names, here; the conductor also clears them in memory. */
  clear(): void {
    this.#hashes.clear();
    this.#texts.clear();
    this.#read = 0;
  }

  /**
   * In free mode several processes may come with new names at once. It is held for a microsecond, unless its holder is
   * killed just then: so it holds the holder's pid, and who waits for long looks whether that one is still there.
   */
  #lock(): void {
    const { words, region } = this.#memory;
    for (let tries = 1; ; tries++) {
      const holder = Atomics.compareExchange(words, H.namesLock, 0, ownPid);
      if (holder === 0) return;
      if (tries % SPINS_BEFORE_SLEEP !== 0) continue;
      if (!isAlive(holder)) Atomics.compareExchange(words, H.namesLock, holder, 0);
      else futexWait(region.address + H.namesLock * 4, holder, Number(monotonicNs()) + SLEEP_NS);
    }
  }

  #append(hash: number, text: string): void {
    const { words, bytes } = this.#memory;
    const index = words[H.names];
    const encoded = encoder.encode(text);
    const offset = words[H.nameBytes];
    if (index >= LIMITS.namesMax || offset + encoded.byteLength > LIMITS.nameBytesMax) {
      throw new RangeError(
        `too many different names (limit: ${LIMITS.namesMax} names, ${LIMITS.nameBytesMax} bytes), the next one is "${text.slice(0, 60)}". ` +
          "Give steps and operations fixed names, and put what varies into their arguments.",
      );
    }
    const entry = (PARTS.names >> 2) + index * SIZES.nameWords;
    words[entry] = hash;
    words[entry + 1] = offset;
    words[entry + 2] = encoded.byteLength;
    bytes.set(encoded, PARTS.nameBytes + offset);
    words[H.nameBytes] = offset + encoded.byteLength;
    words[H.names] = index + 1;
    this.#texts.set(hash, text);
    this.#read = index + 1;
  }

  #readNew(): void {
    const { words, bytes } = this.#memory;
    for (; this.#read < words[H.names]; this.#read++) {
      const entry = (PARTS.names >> 2) + this.#read * SIZES.nameWords;
      const start = PARTS.nameBytes + words[entry + 1];
      this.#texts.set(words[entry], decoder.decode(bytes.subarray(start, start + words[entry + 2])));
    }
  }
}

/** 31-bit FNV-1a over UTF-16 code units (Fowler, Noll, Vo); never 0. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash & 0x7fffffff || 1;
}

// Taken before a scenario can replace them.
const ownPid = process.pid;
const kill = process.kill.bind(process);
const monotonicNs = process.hrtime.bigint;

const SPINS_BEFORE_SLEEP = 200;
const SLEEP_NS = 1e6;

function isAlive(pid: number): boolean {
  try {
    kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
