import type { Footprint } from "./footprint.ts";
import type { TraceEntry } from "./trace.ts";

/** An own access, another's in between, an own one again, where each of the neighbours conflict over one and the same thing. */
export type Triple = readonly [before: TraceEntry, between: TraceEntry, after: TraceEntry];

/**
 * The racing triple around the place where a process was interrupted: of several, the one that says most.
 *
 * @param entry number of the first entry after the interruption
 * @param touched what each entry touches
 * @param stoodStill it did so for a while: what others did meanwhile counts, and of its own what it had done, not what it had seen
 */
export function racingTriple(
  trace: readonly TraceEntry[],
  entry: number,
  interrupted: string,
  touched: (entry: TraceEntry) => Footprint,
  stoodStill = false,
): Triple | null {
  const earlier = trace
    .slice(0, entry - 1)
    .filter(({ process }) => process === interrupted)
    .filter(isLastOfItsStep)
    .slice(-LOOKED_AT_MAX);
  const later = trace.slice(entry - 1, entry - 1 + LOOKED_AT_MAX);
  const next = later.find(({ process }) => process === interrupted);
  const goesOn = stoodStill ? (next?.step ?? Infinity) : Infinity;
  let best: Triple | null = null;
  let bestWeight = 0;
  for (const between of later.filter(({ process, step }) => process !== interrupted && step < goesOn)) {
    const begun = earlier.flatMap((before) => named(before, conflicts(touched(before), touched(between))));
    if (begun.length === 0) continue;
    for (const after of later) {
      if (after.step < between.step || after.process !== interrupted) continue;
      const names = conflicts(touched(between), touched(after));
      for (const { entry: before, names: first } of begun) {
        const common = first.filter((name) => names.includes(name));
        if (common.length === 0) continue;
        const triple: Triple = [before, between, after];
        const looksAgain = later.some((other) => isSameLook(other, before) && isAhead(other, after));
        const weight =
          weightOf(triple, common, touched) +
          (tellsMore(triple, touched, stoodStill) && !looksAgain ? ACTION_WEIGHT : 0) +
          (after === next && !stoodStill ? NEXT_WEIGHT : 0);
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
const ACTION_WEIGHT = 6;

/** Of what the user's own steps do to one thing, such as to enter a section, the last one counts, and none once its operation is over. */
function isLastOfItsStep(entry: TraceEntry, index: number, own: readonly TraceEntry[]): boolean {
  if (entry.kind !== "step" || entry.object === null) return true;
  const { object } = entry;
  return !own
    .slice(index + 1)
    .some((other) => other.kind === "return" || (other.kind === "step" && other.object === object));
}

function isSameLook(one: TraceEntry, other: TraceEntry): boolean {
  return one.process === other.process && one.label === other.label;
}

/** By another line of code, before it acts: then that is the look that it acts upon. */
function isAhead(entry: TraceEntry, after: TraceEntry): boolean {
  return entry.step < after.step && placeOf(entry) !== placeOf(after);
}

function placeOf({ via, source }: TraceEntry): string | null {
  return via ?? source;
}

/** A read that is acted upon; of who stood still, what it had made and others have changed. */
function tellsMore(triple: Triple, touched: (entry: TraceEntry) => Footprint, stoodStill: boolean): boolean {
  const [before, between, after] = triple.map((entry) => touched(entry).writes.length > 0);
  return stoodStill ? before && between : !before && after;
}

/**
 * A content says more than an entry in a folder, and that more than a folder's list; what came about says more than what was
 * refused, and what a package does more than what its user does.
 */
function weightOf(triple: Triple, common: readonly string[], touched: (entry: TraceEntry) => Footprint): number {
  const [, between, after] = triple;
  const isRefused = after.detail.startsWith("✗") && touched(after).writes.length > 0;
  const rank = common.some((name) => name.endsWith("#")) ? 3 : common.some((name) => !name.endsWith("/")) ? 2 : 0;
  const readsContent = touched(between).reads.length > 0 && touched(between).reads.every((name) => name.endsWith("#"));
  return (
    1 +
    4 * rank +
    (readsContent ? 2 : 0) +
    (between.detail.startsWith("✗") ? 0 : 10) +
    (isRefused ? 0 : 8) +
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
