import type { Arena } from "../../primitives/memory/arena.ts";
import type { Word } from "../../primitives/memory/word.ts";

/**
 * Names for places in the arena, from the keys of what `shared` returned: "stock", "forks[2]", "table.lock". A place
 * inside an object that has several words is told apart by the word's label, and its values are told as the word tells them.
 */
export class ObjectNames {
  readonly ranges: readonly NamedRange[];
  readonly #words: ReadonlyMap<number, Word>;

  constructor(shared: unknown, { allocations, words }: Pick<Arena, "allocations" | "words">) {
    const found: NamedRange[] = [];
    const seen = new Set<unknown>();
    const pieces: Piece[] = [];
    collect(shared, "", found, seen, pieces, 0);
    // After everything that has a key of its own: what two objects consist of together is named after the first of them.
    for (const { path, value } of pieces) collect(value, path, found, seen, pieces, 0);
    for (const [index, allocation] of allocations.entries()) {
      const named = found.some((range) => range.start <= allocation.offset && allocation.offset < range.end);
      if (named) continue;
      const end = allocation.offset + allocation.byteLength;
      found.push({ start: allocation.offset, end, name: `${allocation.type} ${index + 1}` });
    }
    this.ranges = found.sort((a, b) => a.start - b.start);
    this.#words = new Map(words.map((word) => [word.offset, word]));
  }

  nameOf(offset: number): string {
    return this.#rangeOf(offset)?.name ?? `memory at ${offset}`;
  }

  /** The label of the word at `offset`; empty if that is all of its object, or its object's state. */
  partOf(offset: number): string {
    const word = this.#words.get(offset);
    const range = this.#rangeOf(offset);
    if (word === undefined || range === undefined || word.label === "state") return "";
    return range.start === offset && !this.#hasOtherWords(range) ? "" : word.label;
  }

  /** A value of the word at `offset`, as its object tells it. */
  told(offset: number, value: number, nameOf: (agent: number) => string): string {
    return this.#words.get(offset)?.told?.(value, nameOf) ?? String(value);
  }

  #rangeOf(offset: number): NamedRange | undefined {
    return this.ranges.find((range) => range.start <= offset && offset < range.end);
  }

  #hasOtherWords({ start, end }: NamedRange): boolean {
    for (const offset of this.#words.keys()) if (start < offset && offset < end) return true;
    return false;
  }
}

export interface NamedRange {
  readonly start: number;
  readonly end: number;
  readonly name: string;
}

/** An object that another consists of, with memory of its own. */
interface Piece {
  readonly path: string;
  readonly value: unknown;
}

const DEPTH_MAX = 8;

function collect(
  value: unknown,
  path: string,
  ranges: NamedRange[],
  seen: Set<unknown>,
  pieces: Piece[],
  depth: number,
): void {
  if (typeof value !== "object" || value === null || seen.has(value) || depth > DEPTH_MAX || ArrayBuffer.isView(value))
    return;
  seen.add(value);
  if (isSharedObject(value)) {
    const start = value.offset;
    if (ranges.some((range) => range.start === start)) return;
    ranges.push({ start, end: start + value.byteLength, name: path === "" ? "shared" : path });
    for (const [key, piece] of piecesOf(value)) pieces.push({ path: `${path}.${key}`, value: piece });
    return;
  }
  for (const [key, inner] of Object.entries(value)) {
    const next = Array.isArray(value) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
    collect(inner, next, ranges, seen, pieces, depth + 1);
  }
}

function isSharedObject(value: object): value is { offset: number; byteLength: number } {
  const candidate = value as { offset?: unknown; byteLength?: unknown };
  return typeof candidate.offset === "number" && typeof candidate.byteLength === "number";
}

/** What an object says it consists of besides its own memory, as the ends of a pipe do. */
function piecesOf(object: object): [string, unknown][] {
  const { parts } = object as { parts?: unknown };
  return typeof parts === "object" && parts !== null ? Object.entries(parts) : [];
}
