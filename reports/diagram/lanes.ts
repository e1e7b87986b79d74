import type { Blocked, Lane, Span } from "./diagram.ts";

/**
 * What every process is doing in every row, by row and column. The rows are walked down once: a run of 10,000 steps and 20
 * processes has 200,000 places.
 */
export function listLanes(
  rows: readonly { readonly column: number; readonly step: number | null }[],
  width: number,
  spans: readonly Span[],
  blocked: readonly Blocked[],
): readonly (readonly Lane[])[] {
  const lastRow: number[] = Array.from({ length: width }, () => -1);
  for (const [index, row] of rows.entries()) lastRow[row.column] = index;
  const inside = Array.from({ length: width }, (_, column) => new Stretches(spans, column));
  const asleep = Array.from({ length: width }, (_, column) => new Stretches(blocked, column));
  return rows.map((row, index) => {
    const step = row.step ?? Number.POSITIVE_INFINITY;
    const lanes: Lane[] = [];
    for (let column = 0; column < width; column++) {
      if (column === row.column) lanes.push("here");
      else if (asleep[column].covers(step)) lanes.push("blocked");
      else if (index > lastRow[column]) lanes.push("over");
      else lanes.push(inside[column].covers(step) ? "inside" : "idle");
    }
    return lanes;
  });
}

/** The stretches of one column, asked about step by step, in ascending order. */
class Stretches {
  readonly #list: { readonly from: number; to: number }[] = [];
  #next = 0;

  constructor(
    stretches: readonly { readonly column: number; readonly from: number; readonly to: number | null }[],
    own: number,
  ) {
    for (const { column, from, to } of stretches) {
      if (column !== own) continue;
      const end = to ?? Number.POSITIVE_INFINITY;
      const last = this.#list.at(-1);
      // Nested operations only lengthen the one that they lie in, so that the list holds disjoint stretches in order.
      if (last !== undefined && from <= last.to) last.to = Math.max(last.to, end);
      else this.#list.push({ from, to: end });
    }
  }

  covers(step: number): boolean {
    while (this.#next < this.#list.length && this.#list[this.#next].to < step) this.#next++;
    return this.#next < this.#list.length && this.#list[this.#next].from <= step;
  }
}
