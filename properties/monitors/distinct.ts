import type { Columns } from "../columns.ts";

/** Numbers values from 0 in the order in which they are seen: a typed array for small codes, a map for the others. */
export class Numbering {
  readonly #dense: Int32Array;
  readonly #sparse = new Map<number, number>();
  #size = 0;

  constructor({ count }: Columns) {
    this.#dense = new Int32Array(Math.min(4 * count + 1024, DENSE_MAX));
  }

  get size(): number {
    return this.#size;
  }

  of(code: number): number {
    if (code >= 0 && code < this.#dense.length) {
      const known = this.#dense[code];
      if (known !== 0) return known - 1;
      this.#size += 1;
      this.#dense[code] = this.#size;
      return this.#size - 1;
    }
    const known = this.#sparse.get(code);
    if (known !== undefined) return known;
    this.#sparse.set(code, this.#size);
    this.#size += 1;
    return this.#size - 1;
  }
}

const DENSE_MAX = 2 ** 26;
