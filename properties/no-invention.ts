import type { Operation } from "../harness/history.ts";
import type { Property } from "../harness/property.ts";
import { type TransferOptions, transfersOf } from "./transfers.ts";
import { shown } from "./wording.ts";

/**
 * Whatever comes out was put in: no value is returned by more gets than puts of it were called before they returned. A put
 * that never returned may have put its value in.
 *
 * @example
 * noInvention().check(history)?.message; // "consumer 1 got 7, which nobody had put in"
 */
export function noInvention(options: TransferOptions = {}): Property {
  return {
    name: "no-invention",
    claim: "whatever comes out was put in before",
    perObject: options.object !== undefined,
    check(history) {
      const { puts, gets } = transfersOf(history, options);
      for (const [value, out] of gets) {
        const into = [...(puts.get(value) ?? [])].sort((a, b) => a.invoked - b.invoked);
        const byReturn = [...out].sort((a, b) => a.returned! - b.returned!);
        const wrong = byReturn.findIndex((get, at) => into[at] === undefined || get.returned! < into[at].invoked);
        if (wrong === -1 || (into.length > 0 && wrong >= into.length)) continue; // too often is `exactly-once`'s affair
        return {
          message: sentence(byReturn[wrong], into[wrong]),
          operations: idsOf([...into.slice(0, wrong + 1), ...byReturn.slice(0, wrong + 1)]),
        };
      }
      return null;
    },
  };
}

function sentence(get: Operation, put: Operation | undefined): string {
  if (put === undefined) return `${get.process} got ${shown(get.result)}, which nobody had put in`;
  return `${get.process} got ${shown(get.result)} before ${put.process} began to put it in`;
}

function idsOf(operations: readonly Operation[]): number[] {
  return operations.map(({ id }) => id).sort((a, b) => a - b);
}
