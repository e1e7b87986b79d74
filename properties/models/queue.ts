import type { Model } from "../model.ts";
import { queueMonitor } from "../monitors/queue.ts";
import { EMPTY_ERRORS, FULL_ERRORS, QUEUE_IGNORES, QUEUE_NAMES, roleOf } from "../vocabulary.ts";

/**
 * A queue, first in first out. `get` waits while it is empty, `put` while it is full. Only an empty queue may answer "empty":
 * by returning nothing (undefined or null), or by throwing QueueEmpty. Only a full one may refuse a `put`: by
 * returning false, or by throwing QueueFull.
 */
export function queueModel(capacity = Infinity): Model<readonly unknown[]> {
  return {
    name: "queue",
    init: [],
    errors: [...EMPTY_ERRORS, ...FULL_ERRORS],
    ignores: QUEUE_IGNORES,
    monitor: queueMonitor(capacity),
    step(items, { operation, args }) {
      switch (roleOf("queue", QUEUE_NAMES, operation)) {
        case "put":
          if (items.length < capacity) return [{ state: [...items, args[0]], accepts: (result) => result !== false }];
          return [
            { state: items, result: false, refuses: true },
            ...FULL_ERRORS.map((error) => ({ state: items, error, refuses: true })),
          ];
        case "get":
          if (items.length > 0) return [{ state: items.slice(1), result: items[0] }];
          return [
            { state: items, result: undefined, refuses: true },
            ...EMPTY_ERRORS.map((error) => ({ state: items, error, refuses: true })),
          ];
        case "size":
          return [{ state: items, result: items.length }];
        case "empty":
          return [{ state: items, result: items.length === 0 }];
        case "full":
          return [{ state: items, result: items.length >= capacity }];
      }
    },
    observes({ operation }, { outcome, result }) {
      const role = roleOf("queue", QUEUE_NAMES, operation);
      if (role !== "put" && role !== "get") return true;
      if (outcome !== "returned") return outcome === "threw";
      return role === "put" ? result === false : (result ?? null) === null;
    },
  };
}
