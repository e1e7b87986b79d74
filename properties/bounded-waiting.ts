import type { Property } from "../harness/property.ts";
import { spoken } from "./wording.ts";

/**
 * No operation of that name takes longer than `max`, measured from its invocation to its return by `timeOf`, which turns a rank
 * into a time. Without `timeOf` the unit is the rank itself: steps of the run. An operation that is pending is measured
 * up to the last rank of the history, unless its process died.
 *
 * @example
 * boundedWaiting({ operation: "get", max: 1_000, timeOf: (rank) => trace[rank - 1].time }); // virtual milliseconds
 */
export function boundedWaiting(options: {
  readonly operation: string;
  /** The longest that it may take, in the unit of `timeOf`; steps without one. */
  readonly max: number;
  readonly timeOf?: (rank: number) => number;
  readonly object?: string;
}): Property {
  const { operation: name, max, timeOf = (rank: number) => rank, object } = options;
  return {
    name: "bounded-waiting",
    claim: `no "${name}" takes longer than ${max}`,
    check(history) {
      const dead = new Set(
        history.processes.filter(({ end }) => end === "killed" || end === "exited").map(({ process }) => process),
      );
      const end = Math.max(0, ...history.operations.map(({ invoked, returned }) => returned ?? invoked));
      for (const operation of history.operations) {
        if (operation.operation !== name || (object !== undefined && operation.object !== object)) continue;
        if (operation.outcome === "pending" && dead.has(operation.process)) continue;
        const took = timeOf(operation.returned ?? end) - timeOf(operation.invoked);
        if (took <= max) continue;
        return { message: `${spoken(operation)} took ${took}, and ${max} is the most`, operations: [operation.id] };
      }
      return null;
    },
  };
}
