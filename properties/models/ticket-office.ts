import type { Model } from "../model.ts";
import { type Vocabulary, roleOf } from "../vocabulary.ts";

const OFFICE_NAMES: Vocabulary<"buy" | "left"> = { buy: ["buy"], left: ["left", "search", "read"] };

/** An office that sells `tickets` tickets: `buy` answers "bought" while there are any and "sold out" after; `left` counts them. */
export function ticketOfficeModel(tickets: number): Model<number> {
  return {
    name: "ticket-office",
    init: tickets,
    step(left, { operation }) {
      if (roleOf("ticket-office", OFFICE_NAMES, operation) === "left") return [{ state: left, result: left }];
      return left > 0 ? [{ state: left - 1, result: "bought" }] : [{ state: left, result: "sold out" }];
    },
    show: (left) => `${left} left`,
    observes: ({ operation }, { outcome, result }) =>
      roleOf("ticket-office", OFFICE_NAMES, operation) === "left" || (outcome === "returned" && result === "sold out"),
  };
}
