/** A heap of operations; the one that returns first is on top. */
export class ByReturn {
  readonly #ret: Int32Array;
  readonly #heap: number[] = [];

  constructor(ret: Int32Array) {
    this.#ret = ret;
  }

  get size(): number {
    return this.#heap.length;
  }

  items(): readonly number[] {
    return this.#heap;
  }

  push(index: number): void {
    const heap = this.#heap;
    let at = heap.push(index) - 1;
    while (at > 0) {
      const up = (at - 1) >> 1;
      if (this.#ret[heap[up]] <= this.#ret[index]) break;
      heap[at] = heap[up]!;
      at = up;
    }
    heap[at] = index;
  }

  pop(): number {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop()!;
    if (heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      if (down >= heap.length) break;
      if (down + 1 < heap.length && this.#ret[heap[down + 1]] < this.#ret[heap[down]]) down += 1;
      if (this.#ret[heap[down]] >= this.#ret[last]) break;
      heap[at] = heap[down]!;
      at = down;
    }
    heap[at] = last;
    return top;
  }
}
