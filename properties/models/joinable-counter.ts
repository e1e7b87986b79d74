import type { Model } from "../model.ts";
import { joinableMonitor } from "../monitors/joinable.ts";
import { JOINABLE_NAMES, roleOf } from "../vocabulary.ts";

/**
 * The unfinished tasks of a joinable queue: `put` adds one, `taskDone` takes one away, `join` waits for the moment when there
 * are none. A `taskDone` without an unfinished task throws OverReleaseError. What is put and got is not looked at.
 */
export function joinableCounterModel(): Model<number> {
  return {
    name: "joinable-counter",
    init: 0,
    errors: ["OverReleaseError", "QueueFull"],
    ignores: ["get", "getSync", "tryGet", "size", "qsize", "empty", "full", "close", "flush"],
    monitor: joinableMonitor,
    step(unfinished, { operation }) {
      switch (roleOf("joinable-counter", JOINABLE_NAMES, operation)) {
        case "put":
          return [
            { state: unfinished + 1, accepts: (result) => result !== false },
            { state: unfinished, result: false },
            { state: unfinished, error: "QueueFull" },
          ];
        case "taskDone":
          return unfinished > 0 ? [{ state: unfinished - 1 }] : [{ state: unfinished, error: "OverReleaseError" }];
        case "join":
          return unfinished === 0
            ? [{ state: unfinished, accepts: (result) => result !== false }]
            : [{ state: unfinished, result: false, refuses: true }];
      }
    },
    show: (unfinished) => `${unfinished} unfinished`,
    observes({ operation }, { outcome, result }) {
      const role = roleOf("joinable-counter", JOINABLE_NAMES, operation);
      return role === "join" || outcome === "threw" || (role === "put" && outcome === "returned" && result === false);
    },
  };
}
