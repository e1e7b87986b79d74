import type { History, Operation } from "../harness/history.ts";
import type { Property } from "../harness/property.ts";
import { counted } from "./wording.ts";

export interface Sale {
  /** Name of the operation that sells one piece: "buy". */
  readonly operation: string;
  /** How many pieces there were at the start, or how to tell it from the scenario's input. */
  readonly stock: number | ((input: any) => number);
  /** Whether an operation that returned `result` sold a piece. Default: `result === "bought"`. */
  readonly sold?: (result: unknown) => boolean;
  /** What is sold, in the singular, for messages. Default: "ticket". */
  readonly noun?: string;
}

/**
 * No more is sold than was in stock. Only sales that returned are counted: one that is pending or threw may have sold or
 * not, and is given the benefit of the doubt.
 *
 * @throws {TypeError} from `check`, where `stock` is no whole number of at least 0.
 *
 * @example
 * noOversell({ operation: "buy", stock: ({ tickets }) => tickets }).check(history)?.message; // "2 tickets sold, 1 in stock"
 */
export function noOversell(sale: Sale): Property {
  const noun = sale.noun ?? "ticket";
  return {
    name: "no-oversell",
    claim: `no more ${noun}s are sold than were in stock`,
    perObject: true,
    check(history) {
      const stock = stockOf(sale, history);
      const { certain } = salesOf(sale, history);
      if (certain.length <= stock) return null;
      return {
        message: `${counted(certain.length, noun)} sold, ${stock} in stock`,
        operations: certain.slice(0, stock + 1).map((operation) => operation.id),
      };
    },
  };
}

/** Whether an operation of the sale sold a piece. One that is pending or threw may have, at any time after its invocation. */
export function soldBy(sale: Sale, operation: Operation): "certainly" | "perhaps" | "not" {
  if (operation.outcome !== "returned") return "perhaps";
  const sold = sale.sold ?? ((result: unknown) => result === "bought");
  return sold(operation.result) ? "certainly" : "not";
}

/** The operations that sold a piece, in the order of their returns, and those of which nobody can know. */
export function salesOf(sale: Sale, history: History): { certain: Operation[]; possible: Operation[] } {
  const all = history.operations.filter((operation) => operation.operation === sale.operation);
  return {
    certain: all
      .filter((operation) => soldBy(sale, operation) === "certainly")
      .sort((a, b) => a.returned! - b.returned! || a.id - b.id),
    possible: all.filter((operation) => soldBy(sale, operation) === "perhaps"),
  };
}

export function stockOf(sale: Sale, history: History): number {
  const stock = typeof sale.stock === "function" ? sale.stock(history.input) : sale.stock;
  if (!Number.isSafeInteger(stock) || stock < 0) {
    throw new TypeError(
      `The stock for "${sale.operation}" is ${String(stock)}. Give \`stock\` a whole number of at least 0, or a function of the input that returns one.`,
    );
  }
  return stock;
}
