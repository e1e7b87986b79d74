/**
 * A set of configurations for the frontier checker: flat rows of 32-bit numbers in one array, no object each.
 * A row is: the state, the words of the mask of live operations that have taken effect, and for each class of crashed
 * operations how many of it have. Of the rows with equal state and mask only those stay that used the fewest crashed
 * operations (crash dominance); it relies on being filled in the order of `used`.
 */
export class Configurations {
  readonly #words: number;
  readonly #width: number;
  #rows: Int32Array;
  #table: Int32Array;
  #chain: Int32Array;
  count = 0;

  /** `words`: of the mask. `crashed`: how many classes of crashed operations there are. */
  constructor(words: number, crashed: number) {
    this.#words = words;
    this.#width = 1 + words + crashed;
    this.#rows = new Int32Array(this.#width * 8);
    this.#table = new Int32Array(16).fill(-1);
    this.#chain = new Int32Array(8);
  }

  get rows(): Int32Array {
    return this.#rows;
  }

  clear(): void {
    // A table that grew large once is emptied entry by entry while the set is small.
    if (this.count * 8 < this.#table.length) {
      for (let row = 0; row < this.count; row += 1) this.#table[this.#slot(this.#rows, row * this.#width)] = -1;
    } else this.#table.fill(-1);
    this.count = 0;
  }

  /** Adds the row that `source` has at `offset`; false if it, or one that dominates it, is there. */
  add(source: Int32Array, offset: number): boolean {
    const group = 1 + this.#words;
    const rows = this.#rows;
    let slot = this.#slot(source, offset);
    for (let other = this.#table[slot]; other >= 0; other = this.#chain[other]!) {
      const start = other * this.#width;
      let at = 0;
      while (at < group && rows[start + at] === source[offset + at]) at += 1;
      if (at < group) continue;
      while (at < this.#width && rows[start + at] <= source[offset + at]) at += 1;
      if (at === this.#width) return false;
    }
    if (this.count === this.#chain.length) {
      this.#grow();
      slot = this.#slot(source, offset);
    }
    const start = this.count * this.#width;
    for (let at = 0; at < this.#width; at += 1) this.#rows[start + at] = source[offset + at]!;
    this.#chain[this.count] = this.#table[slot]!;
    this.#table[slot] = this.count;
    this.count += 1;
    return true;
  }

  #grow(): void {
    const size = this.#chain.length * 2;
    const rows = new Int32Array(size * this.#width);
    rows.set(this.#rows);
    const before = this.count;
    this.#rows = rows;
    this.#chain = new Int32Array(size);
    this.#table = new Int32Array(size * 2).fill(-1);
    this.count = 0;
    for (let row = 0; row < before; row += 1) this.#relink(row);
  }

  #relink(row: number): void {
    const slot = this.#slot(this.#rows, row * this.#width);
    this.#chain[row] = this.#table[slot]!;
    this.#table[slot] = row;
    this.count = row + 1;
  }

  /** Where in the table the rows with this state and mask are chained. */
  #slot(source: Int32Array, offset: number): number {
    let hash = 0;
    for (let at = 0; at <= this.#words; at += 1) {
      hash = Math.imul(hash ^ source[offset + at], 0x9e3779b1) ^ (hash >>> 15);
    }
    return (hash ^ (hash >>> 13)) & (this.#table.length - 1);
  }
}
