import type { Allocation } from "../../primitives/memory/arena.ts";
import { Word } from "../../primitives/memory/word.ts";

/**
 * Names for places in the arena, from the keys of what `shared` returned: "stock", "forks[2]", "table.lock". A place
 * inside an object that has several words is told apart by the word's label.
 */
export class ObjectNames {
  readonly ranges: readonly NamedRange[];
  readonly #parts: ReadonlyMap<number, string>;

  constructor(shared: unknown, allocations: readonly Allocation[]) {
    const found: NamedRange[] = [];
    const parts = new Map<number, string>();
    const seen = new Set<unknown>();
    const pieces: Piece[] = [];
    collect(shared, "", found, parts, seen, pieces, 0);
    // After everything that has a key of its own: what two objects consist of together is named after the first of them.
    for (const { path, value } of pieces) collect(value, path, found, parts, seen, pieces, 0);
    for (const [index, allocation] of allocations.entries()) {
      const named = found.some((range) => range.start <= allocation.offset && allocation.offset < range.end);
      if (named) continue;
      const end = allocation.offset + allocation.byteLength;
      found.push({ start: allocation.offset, end, name: `${allocation.type} ${index + 1}` });
    }
    this.ranges = found.sort((a, b) => a.start - b.start);
    this.#parts = parts;
  }

  nameOf(offset: number): string {
    return this.ranges.find((range) => range.start <= offset && offset < range.end)?.name ?? `memory at ${offset}`;
  }

  /** The label of the word at `offset`; empty if its object has no other words. */
  partOf(offset: number): string {
    return this.#parts.get(offset) ?? "";
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
  parts: Map<number, string>,
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
    const words = wordsIn(value);
    if (words.length > 1) for (const word of words) parts.set(word.offset, word.label);
    for (const [key, piece] of piecesOf(value)) pieces.push({ path: `${path}.${key}`, value: piece });
    return;
  }
  for (const [key, inner] of Object.entries(value)) {
    const next = Array.isArray(value) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
    collect(inner, next, ranges, parts, seen, pieces, depth + 1);
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

function wordsIn(object: object): Word[] {
  if (object instanceof Word) return [object];
  const { words, ring } = object as { words?: unknown; ring?: object };
  if (Array.isArray(words)) return words.filter((word): word is Word => word instanceof Word);
  return Object.values({ ...object, ...ring }).filter((value): value is Word => value instanceof Word);
}
