/**
 * How many spans cover each of `size` moments, with two questions answered quickly: which moment has just become bare, and
 * is any moment of a range bare? A segment tree of minima, where taking a span away costs O(log size), and each moment
 * is handed out once, the first time that nothing covers it.
 */
export class Coverage {
  readonly #leaves: number;
  /** Least cover in the subtree, without what is added above it. */
  readonly #least: Int32Array;
  readonly #added: Int32Array;
  readonly #bareBefore: Int32Array;

  constructor(size: number, count: number, from: (k: number) => number, until: (k: number) => number) {
    const change = new Int32Array(size + 1);
    for (let k = 0; k < count; k += 1) {
      change[from(k)] += 1;
      change[until(k)] -= 1;
    }
    let leaves = 1;
    while (leaves < size) leaves *= 2;
    this.#leaves = leaves;
    this.#least = new Int32Array(2 * leaves).fill(OUT);
    this.#added = new Int32Array(2 * leaves);
    this.#bareBefore = new Int32Array(size + 1);
    let cover = 0;
    for (let moment = 0; moment < size; moment += 1) {
      cover += change[moment];
      this.#least[leaves + moment] = cover;
      this.#bareBefore[moment + 1] = this.#bareBefore[moment] + (cover === 0 ? 1 : 0);
    }
    for (let node = leaves - 1; node >= 1; node -= 1) {
      this.#least[node] = Math.min(this.#least[2 * node], this.#least[2 * node + 1]);
    }
  }

  /** Whether any moment from `first` to `last` was bare at the start. */
  bareWithin(first: number, last: number): boolean {
    return this.#bareBefore[last + 1] > this.#bareBefore[first];
  }

  /** Takes one span away: `from` up to but not including `until`. */
  remove(from: number, until: number): void {
    let left = from + this.#leaves;
    let right = until + this.#leaves;
    const [first, last] = [left, right - 1];
    while (left < right) {
      if (left % 2 === 1) this.#add(left++, -1);
      if (right % 2 === 1) this.#add(--right, -1);
      left >>= 1;
      right >>= 1;
    }
    this.#repair(first);
    this.#repair(last);
  }

  /** A moment that nothing covers and that has not been handed out; -1 if there is none. */
  nextBare(): number {
    if (this.#least[1] !== 0) return -1;
    let node = 1;
    let above = 0;
    while (node < this.#leaves) {
      above += this.#added[node];
      node *= 2;
      if (this.#least[node] + above !== 0) node += 1;
    }
    this.#least[node] = OUT;
    this.#repair(node);
    return node - this.#leaves;
  }

  #add(node: number, value: number): void {
    this.#least[node] += value;
    this.#added[node] += value;
  }

  #repair(leaf: number): void {
    for (let node = leaf >> 1; node >= 1; node >>= 1) {
      this.#least[node] = Math.min(this.#least[2 * node], this.#least[2 * node + 1]) + this.#added[node];
    }
  }
}

/** A cover that no number of removals brings down to 0. */
const OUT = 1 << 29;

/** Spans of moments, both ends included, that are taken one by one by asking which of them contain a moment. */
export class Spans {
  readonly #leaves: number;
  readonly #last: Int32Array;
  /** Spans with the same first moment, as a chain from the one that reaches farthest. */
  readonly #head: Int32Array;
  readonly #chain: Int32Array;
  readonly #ends: Int32Array;

  constructor(starts: Int32Array, ends: Int32Array, moments: number) {
    let leaves = 1;
    while (leaves < moments) leaves *= 2;
    this.#leaves = leaves;
    this.#ends = ends;
    this.#head = new Int32Array(moments).fill(-1);
    this.#chain = new Int32Array(starts.length);
    this.#last = new Int32Array(2 * leaves).fill(-1);
    for (let span = 0; span < starts.length; span += 1) this.#link(starts[span], span);
    for (let moment = 0; moment < moments; moment += 1) {
      const head = this.#head[moment];
      if (head !== -1) this.#last[leaves + moment] = ends[head]!;
    }
    for (let node = leaves - 1; node >= 1; node -= 1) {
      this.#last[node] = Math.max(this.#last[2 * node], this.#last[2 * node + 1]);
    }
  }

  /** Takes a span that contains `moment`; -1 if none is left. */
  take(moment: number): number {
    let node = this.#reaching(moment);
    if (node === -1) return -1;
    while (node < this.#leaves) {
      node *= 2;
      if (this.#last[node] < moment) node += 1;
    }
    const first = node - this.#leaves;
    const span = this.#head[first];
    this.#head[first] = this.#chain[span]!;
    this.#last[node] = this.#head[first] === -1 ? -1 : this.#ends[this.#head[first]];
    for (let up = node >> 1; up >= 1; up >>= 1) this.#last[up] = Math.max(this.#last[2 * up], this.#last[2 * up + 1]);
    return span;
  }

  /** A node that holds only spans that begin at `moment` or before, one of which reaches it; -1 if there is none. */
  #reaching(moment: number): number {
    let left = this.#leaves;
    let right = this.#leaves + moment + 1;
    while (left < right) {
      if (right % 2 === 1) {
        right -= 1;
        if (this.#last[right] >= moment) return right;
      }
      if (left % 2 === 1) {
        if (this.#last[left] >= moment) return left;
        left += 1;
      }
      left >>= 1;
      right >>= 1;
    }
    return -1;
  }

  #link(first: number, span: number): void {
    let before = -1;
    let after = this.#head[first];
    while (after !== -1 && this.#ends[after] > this.#ends[span]) {
      before = after;
      after = this.#chain[after]!;
    }
    this.#chain[span] = after;
    if (before === -1) this.#head[first] = span;
    else this.#chain[before] = span;
  }
}
