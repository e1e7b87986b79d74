import type { Answer, Call, Model } from "../model.ts";
import { lockMonitor } from "../monitors/lock.ts";
import { notFalse, ROBUST_NAMES, roleOf } from "../vocabulary.ts";
import { robust } from "./robust.ts";

/**
 * A lock that belongs to the process that acquired it. `acquire` waits while it is held; an acquire that answers false was
 * refused, which it may be only while the lock is held. `release` by anybody else throws NotOwnerError.
 *
 * When its holder dies the next one gets it. With `death: "holds"` it stays held for ever.
 */
export function lockModel(options: DeathOption = {}): Model<string | null> {
  const model: Model<string | null> = {
    name: "lock",
    init: null,
    perProcess: true,
    errors: ["NotOwnerError", "OverReleaseError"],
    monitor: lockMonitor,
    step(owner, { operation, process }) {
      const role = roleOf("lock", ROBUST_NAMES, operation);
      if (role === "acquire") {
        return owner === null
          ? [{ state: process, accepts: notFalse }]
          : [{ state: owner, result: false, refuses: true }];
      }
      if (owner === process) return [{ state: role === "release" ? null : owner }];
      return [
        { state: owner, error: "NotOwnerError" },
        { state: owner, error: "OverReleaseError" },
      ];
    },
    show: (owner) => (owner === null ? "free" : `held by ${owner}`),
    observes: (call, answer) => looksOnly("lock", call, answer),
  };
  return options.death === "holds" ? model : { ...model, mortal: robust(model, (owner) => owner) };
}

/** What was refused leaves a lock as it is; so does the word that all is consistent, where nobody has died. */
export function looksOnly(model: string, { operation }: Call, { outcome, result }: Answer): boolean {
  const role = roleOf(model, ROBUST_NAMES, operation);
  return outcome === "threw" || role === "repair" || (role === "acquire" && outcome === "returned" && result === false);
}

export interface DeathOption {
  /** What the death of a holder does: by default the object gets back what it held, sooner or later. */
  readonly death?: "releases" | "holds";
}
