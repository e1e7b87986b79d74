import type { Operation } from "../harness/history.ts";
import type { Property } from "../harness/property.ts";
import { columnsOf } from "./columns.ts";
import { relevantTo } from "./linearizability/problem.ts";
import { producerQueueModel, queueModel } from "./models/index.ts";
import { overtakingIn } from "./monitors/queue.ts";
import { QUEUE_NAMES, roleIn } from "./vocabulary.ts";

/**
 * First in, first out: if one value was in before another began to be put in, it does not come out after it. With
 * `per: "producer"` that binds only the values of one producer. Only the order is looked at (see `noLoss`, `exactlyOnce`,
 * `noInvention` for the rest). A get that never returned may have taken any value that did not come out.
 *
 * @throws {TypeError} from `check`, if a value is put in twice: give every value its own number, or check against `queueModel`.
 *
 * @example
 * fifo({ object: "orders" }).check(history)?.message; // "2 overtook 1: it went in later and came out earlier"
 */
export function fifo(options: { readonly object?: string; readonly per?: "queue" | "producer" } = {}): Property {
  const byProducer = options.per === "producer";
  return {
    name: byProducer ? "producer-fifo" : "fifo",
    claim: byProducer ? "what one producer puts in comes out in its order" : "what goes in first comes out first",
    perObject: true,
    check(history) {
      for (const object of objectsOf(history.operations, options.object)) {
        const columns = columnsOf(history, (operation) => operation.object === object && carries(operation));
        const finding = overtakingIn(relevantTo(columns, byProducer ? producerQueueModel() : queueModel()), byProducer);
        if (finding.verdict === "unknown") {
          throw new TypeError(
            `The order in ${object ?? "the queue"} cannot be told: ${finding.reason}. Put every value in only once, or check the history against queueModel().`,
          );
        }
        if (finding.verdict === "violated") {
          return {
            message: finding.message,
            operations: finding.operations.map((index) => columns.id[index]).sort((a, b) => a - b),
          };
        }
      }
      return null;
    },
  };
}

function carries({ operation, outcome, result }: Operation): boolean {
  const role = roleIn(QUEUE_NAMES, operation);
  // A refused put carried nothing.
  return role === "get" || (role === "put" && !(outcome === "returned" && result === false));
}

/** The named objects that occur, each once, or the one that was asked for; the unnamed one only if there is no other. */
export function objectsOf(operations: readonly Operation[], only: string | undefined): (string | null)[] {
  if (only !== undefined) return [only];
  const named = new Set(operations.flatMap(({ object }) => (object === null ? [] : [object])));
  return named.size === 0 ? [null] : [...named];
}
