import type { Footprint } from "./footprint.ts";
import type { TraceEntry } from "./trace.ts";

/** An own access, another's in between, an own one again, where each of the neighbours conflict over one and the same thing. */
export type Triple = readonly [before: TraceEntry, between: TraceEntry, after: TraceEntry];

/**
 * The racing triple around the place where a process was interrupted: of several, the one that says most.
 *
 * @param entry number of the first entry after the interruption
 * @param touched what each entry touches
 */
export function racingTriple(
  trace: readonly TraceEntry[],
  entry: number,
  interrupted: string,
  touched: (entry: TraceEntry) => Footprint,
): Triple | null {
  const earlier = trace
    .slice(0, entry - 1)
    .filter(({ process }) => process === interrupted)
    .slice(-LOOKED_AT_MAX);
  const later = trace.slice(entry - 1, entry - 1 + LOOKED_AT_MAX);
  const next = later.find(({ process }) => process === interrupted);
  let best: Triple | null = null;
  let bestWeight = 0;
  for (const between of later.filter(({ process }) => process !== interrupted)) {
    const begun = earlier.flatMap((before) => named(before, conflicts(touched(before), touched(between))));
    if (begun.length === 0) continue;
    for (const after of later) {
      if (after.step < between.step || after.process !== interrupted) continue;
      const names = conflicts(touched(between), touched(after));
      for (const { entry: before, names: first } of begun) {
        const common = first.filter((name) => names.includes(name));
        if (common.length === 0) continue;
        const triple: Triple = [before, between, after];
        const weight = weightOf(triple, common, touched) + (after === next ? NEXT_WEIGHT : 0);
        // Of equals the first, but for what was done before the interruption: there the last.
        const isNearer = weight === bestWeight && between === best?.[1] && after === best[2];
        if (weight < bestWeight || (weight === bestWeight && !isNearer)) continue;
        best = triple;
        bestWeight = weight;
      }
    }
  }
  return best;
}

/** So many entries before and after an interruption are looked at. */
const LOOKED_AT_MAX = 100;
/** The first thing that the interrupted process does again: before anything else it is what came too late. */
const NEXT_WEIGHT = 5;

/**
 * A content says more than an entry in a folder, and that more than a folder's list; a read that is acted upon by a write says
 * more than two writes, what came about more than what was refused, and what a package does more than what its user does.
 */
function weightOf(triple: Triple, common: readonly string[], touched: (entry: TraceEntry) => Footprint): number {
  const [before, between, after] = triple;
  const rank = common.some((name) => name.endsWith("#")) ? 3 : common.some((name) => !name.endsWith("/")) ? 2 : 0;
  const actsOnWhatItRead = touched(before).writes.length === 0 && touched(after).writes.length > 0;
  const readsContent = touched(between).reads.length > 0 && touched(between).reads.every((name) => name.endsWith("#"));
  return (
    1 +
    4 * rank +
    (actsOnWhatItRead ? 6 : 0) +
    (readsContent ? 2 : 0) +
    (between.detail.startsWith("✗") ? 0 : 10) +
    (after.detail.startsWith("✗") ? 0 : 8) +
    (triple.every(({ source }) => source?.includes("/node_modules/")) ? 12 : 0)
  );
}

function named(entry: TraceEntry, names: readonly string[]): { entry: TraceEntry; names: readonly string[] }[] {
  return names.length === 0 ? [] : [{ entry, names }];
}

/** The names that both touch, and one of them writes. */
function conflicts(a: Footprint, b: Footprint): string[] {
  return [
    ...a.writes.filter((name) => b.writes.includes(name) || b.reads.includes(name)),
    ...a.reads.filter((name) => b.writes.includes(name)),
  ];
}
