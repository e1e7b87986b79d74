import type { Model } from "../model.ts";
import { setMonitor } from "../monitors/set.ts";
import { canonical } from "../values.ts";
import { SET_NAMES, roleOf } from "../vocabulary.ts";

/**
 * A set of values. `add` and `remove` answer whether they changed anything; an answer that is no boolean says nothing. Its
 * elements are independent of each other, and are checked one by one.
 */
export function setModel(): Model<readonly (string | number)[]> {
  return {
    name: "set",
    init: [],
    monitor: setMonitor,
    step(elements, { operation, args }) {
      const element = canonical(args[0]);
      const inside = elements.includes(element);
      switch (roleOf("set", SET_NAMES, operation)) {
        case "add":
          return [{ state: inside ? elements : [...elements, element].sort(), accepts: saysOrNothing(!inside) }];
        case "remove":
          return [{ state: elements.filter((other) => other !== element), accepts: saysOrNothing(inside) }];
        case "has":
          return [{ state: elements, result: inside }];
      }
    },
    observes({ operation }, { outcome, result }) {
      return roleOf("set", SET_NAMES, operation) === "has" || (outcome === "returned" && result === false);
    },
    partition: ({ args }) => canonical(args[0]),
  };
}

function saysOrNothing(changed: boolean): (result: unknown) => boolean {
  return (result) => typeof result !== "boolean" || result === changed;
}
