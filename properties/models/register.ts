import type { Model } from "../model.ts";
import { registerMonitor } from "../monitors/register.ts";
import { sameValue } from "../values.ts";
import { REGISTER_NAMES, roleOf } from "../vocabulary.ts";

/**
 * One value: `read`, `write`, and, for the compare-and-set register, `cas(expected, next)`, which answers whether it wrote
 * (anything but false: it did), or `compareExchange(expected, next)`, which answers the value that it found.
 * Give every write its own value: distinct values are what makes long histories cheap to check.
 */
export function registerModel(init: unknown = null): Model<unknown> {
  return {
    name: "register",
    init,
    monitor: registerMonitor(init),
    step(value, { operation, args }) {
      const [expected, next] = args;
      switch (roleOf("register", REGISTER_NAMES, operation)) {
        case "read":
          return [{ state: value, result: value }];
        case "write":
          return [{ state: args[0] }];
        case "cas":
          return sameValue(value, expected)
            ? [{ state: next, accepts: (result) => result !== false }]
            : [{ state: value, result: false }];
        case "exchange":
          return [{ state: sameValue(value, expected) ? next : value, result: value }];
      }
    },
    observes({ operation, args }, { outcome, result }) {
      switch (roleOf("register", REGISTER_NAMES, operation)) {
        case "read":
          return true;
        case "write":
          return false;
        case "cas":
          return (outcome === "returned" && result === false) || sameValue(args[0], args[1]);
        case "exchange":
          return (outcome === "returned" && !sameValue(result, args[0])) || sameValue(args[0], args[1]);
      }
    },
  };
}

/** The same register under the name that says that it also compares and sets. */
export function casRegisterModel(init: unknown = null): Model<unknown> {
  return { ...registerModel(init), name: "cas-register" };
}
