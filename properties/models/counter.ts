import type { Model } from "../model.ts";
import { type Vocabulary, roleOf } from "../vocabulary.ts";

const COUNTER_NAMES: Vocabulary<"add" | "subtract" | "fetchAdd" | "read"> = {
  add: ["add", "increment", "inc"],
  subtract: ["subtract", "sub", "decrement", "dec"],
  fetchAdd: ["fetchAdd"],
  read: ["read", "get", "value"],
};

/**
 * A number: `add(n = 1)` and `subtract(n = 1)`, whose answers are not looked at; `fetchAdd(n = 1)`, which answers the number
 * before; `read`.
 */
export function counterModel(init = 0): Model<number> {
  return {
    name: "counter",
    init,
    step(value, { operation, args }) {
      const by = typeof args[0] === "number" ? args[0] : 1;
      switch (roleOf("counter", COUNTER_NAMES, operation)) {
        case "add":
          return [{ state: value + by }];
        case "subtract":
          return [{ state: value - by }];
        case "fetchAdd":
          return [{ state: value + by, result: value }];
        case "read":
          return [{ state: value, result: value }];
      }
    },
    observes: ({ operation }) => roleOf("counter", COUNTER_NAMES, operation) === "read",
  };
}
