import type { Model } from "../model.ts";
import { lockMonitor } from "../monitors/lock.ts";
import { LOCK_NAMES, notFalse, roleOf } from "../vocabulary.ts";

/**
 * A lock that belongs to the process that acquired it. `acquire` waits while it is held; an acquire that answers false was
 * refused, which it may be only while the lock is held. `release` by anybody else throws NotOwnerError. What happens to
 * the lock when its holder dies is not part of this model, since a history does not say when a process died.
 */
export function lockModel(): Model<string | null> {
  return {
    name: "lock",
    init: null,
    perProcess: true,
    errors: ["NotOwnerError", "OverReleaseError"],
    monitor: lockMonitor,
    step(owner, { operation, process }) {
      if (roleOf("lock", LOCK_NAMES, operation) === "acquire") {
        return owner === null
          ? [{ state: process, accepts: notFalse }]
          : [{ state: owner, result: false, refuses: true }];
      }
      if (owner === process) return [{ state: null }];
      return [
        { state: owner, error: "NotOwnerError" },
        { state: owner, error: "OverReleaseError" },
      ];
    },
    show: (owner) => (owner === null ? "free" : `held by ${owner}`),
    observes: ({ operation }, { outcome, result }) =>
      outcome === "threw" ||
      (outcome === "returned" && result === false && roleOf("lock", LOCK_NAMES, operation) === "acquire"),
  };
}
