import type { Model } from "../model.ts";
import { stackMonitor } from "../monitors/stack.ts";
import { EMPTY_ERRORS, STACK_NAMES, roleOf } from "../vocabulary.ts";

/** A stack, last in first out. `pop` waits while it is empty; only an empty stack may return nothing or throw Empty. */
export function stackModel(): Model<readonly unknown[]> {
  return {
    name: "stack",
    init: [],
    errors: ["StackEmpty", ...EMPTY_ERRORS],
    monitor: stackMonitor,
    step(items, { operation, args }) {
      if (roleOf("stack", STACK_NAMES, operation) === "push") return [{ state: [...items, args[0]] }];
      if (items.length > 0) return [{ state: items.slice(0, -1), result: items.at(-1) }];
      return [
        { state: items, result: undefined, refuses: true },
        ...EMPTY_ERRORS.map((error) => ({ state: items, error, refuses: true })),
      ];
    },
    observes({ operation }, { outcome, result }) {
      if (roleOf("stack", STACK_NAMES, operation) === "push") return false;
      return outcome === "threw" || (outcome === "returned" && (result ?? null) === null);
    },
  };
}
