/** The kinds of number that shared memory holds, named as JavaScript's typed arrays name them. */
export type Kind =
  | "int8"
  | "uint8"
  | "int16"
  | "uint16"
  | "int32"
  | "uint32"
  | "int64"
  | "uint64"
  | "float32"
  | "float64";

/** What a program sees of a kind: 64-bit integers are bigints. */
export type NumberOf<K extends Kind> = K extends "int64" | "uint64" ? bigint : number;

export interface KindInfo {
  readonly byteLength: number;
  /** Lowest and highest value; null for floating point, where anything goes. */
  readonly range: readonly [number, number] | readonly [bigint, bigint] | null;
}

export const kinds: { readonly [K in Kind]: KindInfo } = {
  int8: { byteLength: 1, range: [-(2 ** 7), 2 ** 7 - 1] },
  uint8: { byteLength: 1, range: [0, 2 ** 8 - 1] },
  int16: { byteLength: 2, range: [-(2 ** 15), 2 ** 15 - 1] },
  uint16: { byteLength: 2, range: [0, 2 ** 16 - 1] },
  int32: { byteLength: 4, range: [-(2 ** 31), 2 ** 31 - 1] },
  uint32: { byteLength: 4, range: [0, 2 ** 32 - 1] },
  int64: { byteLength: 8, range: [-(2n ** 63n), 2n ** 63n - 1n] },
  uint64: { byteLength: 8, range: [0n, 2n ** 64n - 1n] },
  float32: { byteLength: 4, range: null },
  float64: { byteLength: 8, range: null },
};

/** The value itself, if it is one of the kind. Arithmetic that leaves the range throws here, where C would wrap. */
export function checkNumber<K extends Kind>(kind: K, value: NumberOf<K>): NumberOf<K> {
  const info = kinds[kind];
  if (info === undefined) {
    throw new TypeError(`there is no kind ${String(kind)}. Use one of ${Object.keys(kinds).join(", ")}.`);
  }
  const wanted = kind === "int64" || kind === "uint64" ? "bigint" : "number";
  if (typeof value !== wanted) {
    throw new TypeError(`a ${kind} holds a ${wanted}, not ${typeof value} (${String(value)})`);
  }
  if (info.range === null) return value;
  if (wanted === "number" && !Number.isInteger(value)) {
    throw new RangeError(`a ${kind} holds whole numbers, not ${String(value)}. Round it, or use float64.`);
  }
  const [low, high] = info.range;
  if (value < low || value > high) {
    throw new RangeError(`${String(value)} does not fit a ${kind}, which holds ${low} to ${high}. Use a wider kind.`);
  }
  return value;
}
