import type { Property } from "../harness/property.ts";
import { linearizability } from "./linearizability.ts";
import { eventModel } from "./models/event.ts";
import { EVENT_NAMES, roleIn } from "./vocabulary.ts";

/**
 * A wait on an event returns only if the event was set at some moment of it, and `isSet` answers what was so at some moment of
 * it. With `gated`, an operation of that name is held to the same: it may go through only if the event was set at
 * some moment of it ("a car passes only on green").
 *
 * @example
 * eventGating({ object: "green", gated: "pass" });
 */
export function eventGating(options: { readonly object?: string; readonly gated?: string } = {}): Property {
  const checked = linearizability({
    model: eventModel(),
    ...(options.object === undefined ? {} : { object: options.object }),
  });
  return {
    name: "event-gating",
    claim: "nobody passes while the event is clear",
    check(history) {
      const object = options.object ?? history.operations.find(({ operation }) => operation === "set")?.object ?? null;
      const operations = history.operations.flatMap((operation) => {
        if (operation.operation !== options.gated)
          return roleIn(EVENT_NAMES, operation.operation) === null ? [] : [operation];
        // What passed the gate says what a wait says that returned true; what did not pass says nothing.
        if (operation.outcome !== "returned" || operation.result === false) return [];
        return [{ ...operation, operation: "wait", object, args: [], result: true }];
      });
      const violation = checked.check({ ...history, operations });
      if (violation === null || options.gated === undefined) return violation;
      const passed = history.operations.find(
        ({ id, operation }) => operation === options.gated && violation.operations.includes(id),
      );
      return passed === undefined
        ? violation
        : { ...violation, message: `${passed.process} went through "${options.gated}" while the event was clear` };
    },
  };
}
