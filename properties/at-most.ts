import type { Property } from "../harness/property.ts";
import { firstCrowd, holdsOf, type HoldOptions, sectionsOf } from "./holds.ts";
import { listed } from "./wording.ts";

/**
 * At most `limit` holders at once: a semaphore's permits, a room's places. What counts as holding, and what is uncertain, is
 * as in `mutualExclusion`, which is this with a limit of 1.
 *
 * @throws {RangeError} if `limit` is no whole number of at least 0.
 *
 * @example
 * atMost(4, { object: "rooms" });
 * atMost(4, { operation: "sing" });
 */
export function atMost(limit: number, options: HoldOptions | { readonly operation: string } = {}): Property {
  if (!Number.isSafeInteger(limit) || limit < 0) {
    throw new RangeError(
      `atMost was given ${limit}. Give it the greatest number of holders, a whole number of at least 0.`,
    );
  }
  return {
    name: "at-most",
    claim: `at most ${limit} ${limit === 1 ? "holds" : "hold"} it at once`,
    // Sections are those of a name, whatever object they are operations of.
    perObject: !("operation" in options),
    check(history) {
      const groups =
        "operation" in options
          ? [sectionsOf(history, options.operation)]
          : holdsOf(history, { transferable: true, ...options }).values();
      for (const holds of groups) {
        const crowd = firstCrowd(holds, limit);
        if (crowd === null) continue;
        const { start, section } = crowd[0];
        const place = start.object ?? `"${start.operation}"`;
        const verb = section ? "were inside" : "held";
        return {
          message: `${listed(crowd.map(({ process }) => process))} ${verb} ${place} at once, and ${limit} may`,
          operations: crowd.map((hold) => hold.start.id).sort((a, b) => a - b),
        };
      }
      return null;
    },
  };
}
