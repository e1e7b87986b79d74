import type { History } from "../harness/history.ts";
import type { Property } from "../harness/property.ts";
import { spoken } from "./wording.ts";

/**
 * No operation of that name takes longer than `maxMs` of virtual time, or than `maxSteps` steps of the run (of all processes), from
 * its invocation to its return. One that is pending is measured up to the end, unless its process died.
 *
 * Virtual time passes only when nobody can move, so what an operation takes of it is what it had to wait for: sleeps and time-outs,
 * not the schedule. Steps are what others did in the meantime.
 *
 * @throws {TypeError} unless one of the two limits is given; from `check`, if it is `maxMs` and the history has no times.
 *
 * @example
 * boundedWaiting({ operation: "get", maxMs: 100 }).check(history)?.message;
 * // "consumer 1's get() → 7 took 120 ms, and 100 is the most"
 */
export function boundedWaiting(options: {
  readonly operation: string;
  readonly object?: string;
  /** The longest that it may take, in milliseconds of virtual time. */
  readonly maxMs?: number;
  /** The longest that it may take, in steps of the run. */
  readonly maxSteps?: number;
}): Property {
  const { operation: name, object, maxMs, maxSteps } = options;
  const max = maxMs ?? maxSteps;
  if (max === undefined || (maxMs !== undefined && maxSteps !== undefined) || !(max >= 0)) {
    throw new TypeError(
      `boundedWaiting was given no limit for "${name}", or two, or one that is no number of at least 0. Give it the longest that it may take: maxMs, in virtual time, or maxSteps.`,
    );
  }
  const unit = maxMs === undefined ? "steps" : "ms";
  return {
    name: "bounded-waiting",
    claim: `no "${name}" takes longer than ${max} ${unit}`,
    ...(maxMs === undefined ? { countsSteps: true } : { looksAtTime: true }),
    check(history) {
      const dead = new Set(
        history.processes.filter(({ end }) => end === "killed" || end === "exited").map(({ process }) => process),
      );
      const { timeOf, end } = maxMs === undefined ? inSteps(history) : inVirtualTime(history, name);
      for (const operation of history.operations) {
        if (operation.operation !== name || (object !== undefined && operation.object !== object)) continue;
        if (operation.outcome === "pending" && dead.has(operation.process)) continue;
        const took = timeOf(operation.returned ?? end) - timeOf(operation.invoked);
        if (took <= max) continue;
        return {
          message: `${spoken(operation)} took ${took} ${unit}, and ${max} is the most`,
          operations: [operation.id],
        };
      }
      return null;
    },
  };
}

/** What the limit counts, and the last rank of the history in it. */
interface Measure {
  readonly timeOf: (rank: number) => number;
  readonly end: number;
}

function inSteps({ operations }: History): Measure {
  const end = operations.reduce((last, { invoked, returned }) => Math.max(last, returned ?? invoked), 0);
  return { timeOf: (rank) => rank, end };
}

function inVirtualTime({ times }: History, name: string): Measure {
  if (times === undefined) {
    throw new TypeError(
      `How long "${name}" took cannot be told in milliseconds: the history has no times. Let it have \`times\`, or give boundedWaiting maxSteps instead of maxMs.`,
    );
  }
  const end = times.length - 1;
  return { timeOf: (rank) => times[Math.min(rank, end)], end };
}
