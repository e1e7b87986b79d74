import { checkNumber, type Kind, kinds, type NumberOf } from "./kinds.ts";
import { currentArena } from "./memory/arena.ts";
import type { Region } from "./memory/region.ts";
import { WideWord } from "./memory/wide-word.ts";
import { Word } from "./memory/word.ts";

/** A number of some kind in shared memory, read and changed in single atomic steps. */
export interface Cell<N> {
  readonly region: Region;
  readonly offset: number;
  readonly byteLength: number;
  /** Sets the number before anybody else can see it; not a step. */
  initialize(value: N): void;
  load(): N;
  store(value: N): void;
  /** Returns the number before; `next` is pure, see `Word.update`. */
  update(next: (before: N, argument: N) => N, argument: N): N;
  compareExchange(expected: N, next: N): N;
  plus(before: N, delta: N): N;
  minus(before: N, delta: N): N;
}

/** A fresh cell of the current arena. */
export function allocateCell<K extends Kind>(kind: K, initial: NumberOf<K>): Cell<NumberOf<K>> {
  checkNumber(kind, initial);
  const arena = currentArena();
  const offset = arena.allocate("cell", cellBytes(kind));
  const cell = cellAt(kind, arena.region, offset);
  if (arena.creating) cell.initialize(initial);
  return cell;
}

/** Kinds of up to 32 bits take a word, the others two. */
export function cellBytes(kind: Kind): number {
  return kinds[kind].byteLength === 8 ? 8 : 4;
}

/** The cell at an offset that is a multiple of its bytes. */
export function cellAt<K extends Kind>(kind: K, region: Region, offset: number): Cell<NumberOf<K>> {
  const cell =
    cellBytes(kind) === 8
      ? new WideCell(kind, new WideWord(region, offset, "value", shownAs(kind)))
      : new NarrowCell(kind, new Word(region, offset, "value"));
  return cell as unknown as Cell<NumberOf<K>>;
}

/** A kind of up to 32 bits in a word: its bits as an int32. */
class NarrowCell implements Cell<number> {
  readonly region: Region;
  readonly offset: number;
  readonly byteLength = 4;
  readonly #word: Word;
  readonly #toBits: (value: number) => number;
  readonly #fromBits: (bits: number) => number;
  readonly plus: (before: number, delta: number) => number;
  readonly minus: (before: number, delta: number) => number;

  constructor(kind: Kind, word: Word) {
    this.#word = word;
    this.region = word.region;
    this.offset = word.offset;
    this.#toBits = kind === "float32" ? bitsOfFloat32 : (value) => (checkNumber(kind, value as never) as number) | 0;
    this.#fromBits = kind === "float32" ? float32OfBits : kind === "uint32" ? (bits) => bits >>> 0 : (bits) => bits;
    this.plus = (before, delta) => before + delta;
    this.minus = (before, delta) => before - delta;
  }

  initialize(value: number): void {
    this.#word.initialize(this.#toBits(value));
  }

  load(): number {
    return this.#fromBits(this.#word.load());
  }

  store(value: number): void {
    this.#word.store(this.#toBits(value));
  }

  update(next: (before: number, argument: number) => number, argument: number): number {
    return this.#fromBits(this.#word.update((bits) => this.#toBits(next(this.#fromBits(bits), argument))));
  }

  compareExchange(expected: number, next: number): number {
    return this.#fromBits(this.#word.compareExchange(this.#toBits(expected), this.#toBits(next)));
  }
}

/** A 64-bit kind. */
class WideCell implements Cell<number | bigint> {
  readonly region: Region;
  readonly offset: number;
  readonly byteLength = 8;
  readonly #word: WideWord;
  readonly #toBits: (value: number | bigint) => bigint;
  readonly #fromBits: (bits: bigint) => number | bigint;

  constructor(kind: Kind, word: WideWord) {
    this.#word = word;
    this.region = word.region;
    this.offset = word.offset;
    this.#toBits =
      kind === "float64"
        ? (value) => bitsOfFloat64(value as number)
        : (value) => BigInt.asIntN(64, checkNumber(kind, value as never) as unknown as bigint);
    this.#fromBits =
      kind === "float64" ? float64OfBits : kind === "uint64" ? (bits) => BigInt.asUintN(64, bits) : (bits) => bits;
  }

  initialize(value: number | bigint): void {
    this.#word.initialize(this.#toBits(value));
  }

  load(): number | bigint {
    return this.#fromBits(this.#word.load());
  }

  store(value: number | bigint): void {
    this.#word.store(this.#toBits(value));
  }

  update<N extends number | bigint>(next: (before: N, argument: N) => N, argument: N): N {
    return this.#fromBits(this.#word.update((bits) => this.#toBits(next(this.#fromBits(bits) as N, argument)))) as N;
  }

  compareExchange(expected: number | bigint, next: number | bigint): number | bigint {
    const wanted = this.#toBits(expected);
    const replacement = this.#toBits(next);
    return this.#fromBits(this.#word.update((bits) => (bits === wanted ? replacement : bits)));
  }

  plus(before: number | bigint, delta: number | bigint): number | bigint {
    return (before as number) + (delta as number);
  }

  minus(before: number | bigint, delta: number | bigint): number | bigint {
    return (before as number) - (delta as number);
  }
}

/** How a trace shows the 64 bits of a kind. */
function shownAs(kind: Kind): (bits: bigint) => number {
  if (kind === "float64") return float64OfBits;
  if (kind === "uint64") return (bits) => Number(BigInt.asUintN(64, bits));
  return Number;
}

// One place to look at the same eight bytes as different kinds. It is written and read in one go, so nothing stays in it.
const scratch = new DataView(new ArrayBuffer(8));

function bitsOfFloat32(value: number): number {
  scratch.setFloat32(0, checkNumber("float32", value));
  return scratch.getInt32(0);
}

function float32OfBits(bits: number): number {
  scratch.setInt32(0, bits);
  return scratch.getFloat32(0);
}

function bitsOfFloat64(value: number): bigint {
  scratch.setFloat64(0, checkNumber("float64", value));
  return scratch.getBigInt64(0);
}

function float64OfBits(bits: bigint): number {
  scratch.setBigInt64(0, bits);
  return scratch.getFloat64(0);
}
