import type { Model } from "../model.ts";
import { semaphoreMonitor } from "../monitors/semaphore.ts";
import { LOCK_NAMES, notFalse, roleOf } from "../vocabulary.ts";

/**
 * A semaphore: `acquire` takes one of the permits or waits, `release` gives one back (`release(n)` gives n), whoever calls
 * it. With `bounded`, a release that would make more permits than there were at first throws OverReleaseError.
 */
export function semaphoreModel(permits: number, options: { readonly bounded?: boolean } = {}): Model<number> {
  const most = options.bounded === true ? permits : Infinity;
  return {
    name: "semaphore",
    init: permits,
    errors: ["OverReleaseError"],
    monitor: semaphoreMonitor(permits, most),
    step(free, { operation, args }) {
      if (roleOf("semaphore", LOCK_NAMES, operation) === "acquire") {
        return free > 0 ? [{ state: free - 1, accepts: notFalse }] : [{ state: free, result: false, refuses: true }];
      }
      const count = typeof args[0] === "number" ? args[0] : 1;
      return free + count <= most ? [{ state: free + count }] : [{ state: free, error: "OverReleaseError" }];
    },
    show: (free) => `${free} free`,
    observes: ({ operation }, { outcome, result }) =>
      outcome === "threw" ||
      (outcome === "returned" && result === false && roleOf("semaphore", LOCK_NAMES, operation) === "acquire"),
  };
}
