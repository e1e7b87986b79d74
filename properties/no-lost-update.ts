import type { History } from "../harness/history.ts";
import type { Property } from "../harness/property.ts";
import { type Sale, salesOf, stockOf } from "./no-oversell.ts";
import { counted } from "./wording.ts";

/**
 * When all is over, what was sold and what is left make the stock: no sale overwrote another's. A sale that is pending
 * or threw may have happened or not; the property is violated only if no choice of these makes the sum right.
 *
 * @throws {TypeError} from `check`, where the scenario has no `final` function, or `left` or `stock` is no whole number.
 *
 * @example
 * noLostUpdate({ operation: "buy", stock: 2, left: (final) => final.left }).check(history)?.message;
 * // "2 tickets sold and 1 left, 2 in stock"
 */
export function noLostUpdate(sale: Sale & { readonly left: (final: any) => number }): Property {
  const noun = sale.noun ?? "ticket";
  return {
    name: "no-lost-update",
    claim: `${noun}s sold and left make the stock`,
    perObject: true,
    check(history) {
      const stock = stockOf(sale, history);
      const left = leftOf(sale, history);
      const { certain, possible } = salesOf(sale, history);
      const missing = stock - left - certain.length;
      if (missing >= 0 && missing <= possible.length) return null;
      const doubt = possible.length === 0 ? "" : `, whatever became of ${counted(possible.length, "unfinished sale")}`;
      return {
        message: `${counted(certain.length, noun)} sold and ${left} left, ${stock} in stock${doubt}`,
        operations: [...certain, ...(missing > 0 ? possible : [])].map((operation) => operation.id),
      };
    },
  };
}

function leftOf(sale: Sale & { readonly left: (final: any) => number }, history: History): number {
  if (history.final === undefined) {
    throw new TypeError(
      `"no-lost-update" cannot know what is left of "${sale.operation}": the history has no final reading. Give the scenario a \`final\` function that reads it from the shared objects.`,
    );
  }
  const left = sale.left(history.final);
  if (!Number.isSafeInteger(left)) {
    throw new TypeError(
      `What is left for "${sale.operation}" is ${String(left)}. Let \`left\` return a whole number from what the scenario's \`final\` function read.`,
    );
  }
  return left;
}
