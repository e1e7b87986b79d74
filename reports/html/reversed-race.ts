import type { TraceEntry } from "../../harness/trace.ts";

/** Two accesses to one object whose order differs between two runs; the numbers are those of each run's own trace. */
export interface ReversedRace {
  readonly failing: readonly [first: number, second: number];
  readonly passing: readonly [first: number, second: number];
  readonly sentence: string;
}

/**
 * The first two conflicting accesses of the failing run, one of them at least a write, that came the other way round in the
 * passing run. Steps of the two runs are the same if the same process took them as its n-th access to the object.
 */
export function findReversedRace(failing: readonly TraceEntry[], passing: readonly TraceEntry[]): ReversedRace | null {
  const inPassing = new Map(nameAccesses(passing).map(({ name, entry }) => [name, entry]));
  const seen = new Map<string, Access[]>();
  for (const access of nameAccesses(failing)) {
    const object = access.entry.object!;
    const earlier = seen.get(object) ?? [];
    seen.set(object, earlier);
    const now = inPassing.get(access.name);
    // The closest one before it says most: the pair that really raced, not one with half the run in between.
    const other = earlier.findLast((one) => {
      const then = inPassing.get(one.name);
      return conflict(one.entry, access.entry) && now !== undefined && then !== undefined && now.step < then.step;
    });
    if (other !== undefined) return describe(other.entry, access.entry, inPassing.get(other.name)!, now!);
    earlier.push(access);
    if (earlier.length > accessesKeptMax) earlier.shift();
  }
  return null;
}

/** Of each object, so many accesses are looked back at. */
const accessesKeptMax = 200;

interface Access {
  readonly name: string;
  readonly entry: TraceEntry;
}

function nameAccesses(trace: readonly TraceEntry[]): readonly Access[] {
  const counts = new Map<string, number>();
  return trace.flatMap((entry): readonly Access[] => {
    if (entry.object === null || !accesses.has(entry.kind)) return [];
    const key = JSON.stringify([entry.process, entry.object]);
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return [{ name: `${key} ${count}`, entry }];
  });
}

const accesses: ReadonlySet<TraceEntry["kind"]> = new Set(["read", "write", "update", "copy", "step"]);

function conflict(a: TraceEntry, b: TraceEntry): boolean {
  return a.process !== b.process && (a.kind !== "read" || b.kind !== "read");
}

function describe(first: TraceEntry, second: TraceEntry, laterThen: TraceEntry, earlierThen: TraceEntry): ReversedRace {
  return {
    failing: [first.step, second.step],
    passing: [earlierThen.step, laterThen.step],
    sentence:
      `Where it fails, ${first.process} does '${first.label}' (step ${first.step}) before ` +
      `${second.process} does '${second.label}' (step ${second.step}); where it holds, it is the other way round.`,
  };
}
