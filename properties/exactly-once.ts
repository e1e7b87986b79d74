import type { Property } from "../harness/property.ts";
import { type TransferOptions, transfersOf } from "./transfers.ts";
import { counted, listed, shown } from "./wording.ts";

/**
 * Nothing comes out more often than it was put in. With `noLoss` beside it everything comes out exactly once. A put that never
 * returned may have put its value in once.
 *
 * @example
 * exactlyOnce().check(history)?.message; // "7 was put in once and came out 2 times, to consumer 1 and consumer 2"
 */
export function exactlyOnce(options: TransferOptions = {}): Property {
  return {
    name: "exactly-once",
    claim: "nothing comes out more often than it was put in",
    perObject: true,
    check(history) {
      const { puts, gets } = transfersOf(history, options);
      for (const [value, out] of gets) {
        const into = puts.get(value) ?? [];
        if (into.length === 0 || out.length <= into.length) continue;
        const times = into.length === 1 ? "once" : counted(into.length, "time");
        const takers = listed(out.map(({ process }) => process));
        return {
          message: `${shown(out[0].result)} was put in ${times} and came out ${counted(out.length, "time")}, to ${takers}`,
          operations: [...into, ...out.slice(0, into.length + 1)].map(({ id }) => id).sort((a, b) => a - b),
        };
      }
      return null;
    },
  };
}
