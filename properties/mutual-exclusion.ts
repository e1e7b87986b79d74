import type { History } from "../harness/history.ts";
import type { Property } from "../harness/property.ts";
import { firstCrowd, holdsOf, type Hold, type HoldOptions, sectionsOf } from "./holds.ts";

/**
 * At most one process is inside.
 *
 * For a lock, inside means from the return of an acquire to the call of the release by the same process on the same
 * object: before and after that it may hold the lock, in between it certainly does. An acquire that returned false did
 * not acquire. For a critical section that is one operation, inside means from its invocation to its return.
 *
 * What is uncertain never counts: an acquire that never returned, one that threw, and what a process that was killed
 * held after its last event, because the lock may have been handed on (say `death: "holds"` for a lock that is not).
 *
 * @example
 * mutualExclusion(); // every object with acquire and release operations
 * mutualExclusion({ object: "lock", acquire: ["acquire", "tryAcquire"], release: ["release"] });
 * mutualExclusion({ operation: "critical section" });
 */
export function mutualExclusion(options: MutualExclusionOptions = {}): Property {
  return {
    name: "mutual-exclusion",
    claim: "at most one process is inside",
    // Sections are those of a name, whatever object they are operations of.
    perObject: !("operation" in options),
    check(history) {
      for (const holds of groupsOf(history, options)) {
        const crowd = firstCrowd(holds, 1);
        if (crowd === null) continue;
        const [first, second] = crowd as [Hold, Hold];
        return {
          message: sentence(first, second),
          operations: [first.start.id, second.start.id].sort((a, b) => a - b),
        };
      }
      return null;
    },
  };
}

export type MutualExclusionOptions =
  | HoldOptions
  | {
      /** The operation that is the critical section. */
      readonly operation: string;
    };

function groupsOf(history: History, options: MutualExclusionOptions): readonly (readonly Hold[])[] {
  return "operation" in options ? [sectionsOf(history, options.operation)] : [...holdsOf(history, options).values()];
}

function sentence(first: Hold, second: Hold): string {
  const place = second.start.object ?? `"${second.start.operation}"`;
  if (first.section && first.process === second.process) return `${first.process} was inside ${place} twice at a time`;
  if (first.process === second.process) return `${first.process} got ${place} twice without giving it back`;
  if (first.section) return `${first.process} and ${second.process} were both inside ${place}`;
  return `${first.process} and ${second.process} both held ${place}`;
}
