import type { Operation } from "../harness/history.ts";
import type { Property } from "../harness/property.ts";
import { type TransferOptions, transfersOf } from "./transfers.ts";
import { canonical } from "./values.ts";
import { counted, listed, shown } from "./wording.ts";

/**
 * Whatever was put in (the put returned) came out, or is still there when all is over. `left` lists what is still there, from
 * what the scenario's `final` function read; without it everything must have come out. Each get that never returned may
 * have taken one value with it.
 *
 * @example
 * noLoss({ left: (final) => final.items });
 */
export function noLoss(
  options: TransferOptions & { readonly left?: (final: any) => readonly unknown[] } = {},
): Property {
  return {
    name: "no-loss",
    claim: "whatever was put in came out or is still there",
    perObject: true,
    check(history) {
      const { puts, gets, silentGets } = transfersOf(history, options);
      const left = new Map<string | number, number>();
      for (const value of options.left?.(history.final) ?? []) {
        const key = canonical(value);
        left.set(key, (left.get(key) ?? 0) + 1);
      }
      const lost: Operation[] = [];
      /** What was put in and taken out of a value that is lost: of equal values nobody can tell which it was. */
      const ofItsValue = new Map<Operation, readonly Operation[]>();
      for (const [value, into] of puts) {
        const certain = into.filter(({ outcome }) => outcome === "returned");
        const found = (gets.get(value)?.length ?? 0) + (left.get(value) ?? 0);
        const missing = certain.slice(Math.min(found, certain.length));
        lost.push(...missing);
        for (const put of missing) ofItsValue.set(put, [...certain, ...(gets.get(value) ?? [])]);
      }
      if (lost.length <= silentGets.length) return null;
      const values = listed(lost.slice(0, 3).map((put) => `${put.process}'s ${shown(put.args[0])}`));
      const more = lost.length > 3 ? ` and ${lost.length - 3} more` : "";
      const doubt =
        silentGets.length === 0
          ? ""
          : `, of which ${counted(silentGets.length, "unfinished get")} can have taken ${silentGets.length}`;
      const named = lost.slice(0, silentGets.length + 1).flatMap((put) => ofItsValue.get(put)!);
      const ids = new Set([...named, ...silentGets].map(({ id }) => id));
      return {
        message: `${values}${more} went in and never came out${doubt}`,
        operations: [...ids].sort((a, b) => a - b),
      };
    },
  };
}
