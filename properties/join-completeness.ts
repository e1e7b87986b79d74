import type { Property } from "../harness/property.ts";
import { linearizability } from "./linearizability.ts";
import { joinableCounterModel } from "./models/joinable-counter.ts";
import { JOINABLE_NAMES, roleIn } from "./vocabulary.ts";

/**
 * A `join` of a joinable queue returns only if at some moment of it every task that was put was done, and no more tasks are done
 * than were put. A put or taskDone that never returned may have counted or not.
 *
 * @example
 * joinCompleteness().check(history)?.message;
 * // "main's join returned while a task that producer 1 had put was unfinished all the time"
 */
export function joinCompleteness(options: { readonly object?: string } = {}): Property {
  const checked = linearizability({ ...options, model: joinableCounterModel() });
  return {
    name: "join-completeness",
    claim: "a join returns only when every task is done",
    perObject: true,
    check: (history) =>
      checked.check({
        ...history,
        operations: history.operations.filter(({ operation }) => roleIn(JOINABLE_NAMES, operation) !== null),
      }),
  };
}
