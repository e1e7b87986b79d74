import type { Operation } from "../harness/history.ts";
import type { Property } from "../harness/property.ts";
import { objectsOf } from "./fifo.ts";
import { ACQUIRE_NAMES } from "./holds.ts";
import { counted, listed } from "./wording.ts";

/**
 * Fairness: while a process waits for an object, at most `bypassesMax` acquires that were called later are granted before its
 * own. An acquire that is still pending counts as waiting up to the end of the run; one that was refused or threw does not.
 *
 * @example
 * boundedBypass({ bypassesMax: 2, object: "lock" }).check(history)?.message;
 * // "p1 waited for lock while 3 later acquires were granted, by p2 and p3"
 */
export function boundedBypass(options: {
  /** Most later acquires that may be granted first. */
  readonly bypassesMax: number;
  readonly object?: string;
  /** Names of the operations that wait their turn. Default: acquire, acquireSync. */
  readonly acquire?: readonly string[];
}): Property {
  const names = new Set(options.acquire ?? ACQUIRE_NAMES.filter((name) => !name.startsWith("try")));
  return {
    name: "bounded-bypass",
    claim: `nobody is overtaken more than ${counted(options.bypassesMax, "time")}`,
    perObject: true,
    check(history) {
      const dead = new Set(
        history.processes.filter(({ end }) => end === "killed" || end === "exited").map(({ process }) => process),
      );
      const own = history.operations.filter(({ operation }) => names.has(operation));
      for (const object of objectsOf(own, options.object)) {
        const acquires = own.filter((operation) => operation.object === object);
        for (const waiting of acquires) {
          if (waiting.outcome === "pending" ? dead.has(waiting.process) : !granted(waiting)) continue;
          const until = waiting.returned ?? Infinity;
          const first = acquires
            .filter((other) => other.invoked > waiting.invoked && granted(other) && other.returned! < until)
            .sort((a, b) => a.returned! - b.returned!);
          if (first.length <= options.bypassesMax) continue;
          const others = listed([...new Set(first.map(({ process }) => process))]);
          return {
            message: `${waiting.process} waited for ${object ?? "its turn"} while ${counted(first.length, "later acquire")} ${first.length === 1 ? "was" : "were"} granted, by ${others}`,
            operations: [waiting, ...first.slice(0, options.bypassesMax + 1)].map(({ id }) => id).sort((a, b) => a - b),
          };
        }
      }
      return null;
    },
  };
}

function granted({ outcome, result }: Operation): boolean {
  return outcome === "returned" && result !== false;
}
