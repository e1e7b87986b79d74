import type { Property } from "../harness/property.ts";
import { columnsOf } from "./columns.ts";
import { objectsOf } from "./fifo.ts";
import { relevantTo } from "./linearizability/problem.ts";
import { barrierModel } from "./models/barrier.ts";
import { barrierMonitor } from "./monitors/barrier.ts";

/**
 * A process passes the barrier only in a round of `parties` processes that have all arrived: nobody passes round k + 1 before
 * all have passed round k. A wait that never returned, or that threw, may have arrived.
 *
 * @example
 * barrierRounds({ parties: 3 }).check(history)?.message; // "p1 passed the barrier of 3 with only p2"
 */
export function barrierRounds(options: { readonly parties: number; readonly object?: string }): Property {
  const { parties } = options;
  return {
    name: "barrier-rounds",
    claim: `nobody passes the barrier before ${parties} have arrived`,
    perObject: true,
    check(history) {
      const waits = history.operations.filter(({ operation }) => operation === "wait" || operation === "waitSync");
      for (const object of objectsOf(waits, options.object)) {
        const own = { ...history, operations: waits.filter((operation) => operation.object === object) };
        const columns = relevantTo(columnsOf(own), barrierModel(parties));
        const finding = barrierMonitor(parties).check(columns);
        if (finding.verdict !== "violated") continue;
        return {
          message: finding.message,
          operations: finding.operations.map((index) => columns.id[index]).sort((a, b) => a - b),
        };
      }
      return null;
    },
  };
}
