import type { Answer, Call, Model } from "../model.ts";
import { semaphoreMonitor } from "../monitors/semaphore.ts";
import { LOCK_NAMES, notFalse, roleOf } from "../vocabulary.ts";
import type { DeathOption } from "./lock.ts";
import { mortal } from "./mortal.ts";

/**
 * A semaphore: `acquire` takes one of the permits or waits, `release` gives one back (`release(n)` gives n), whoever calls
 * it. With `bounded`, a release that would make more permits than there were at first throws OverReleaseError.
 *
 * When a process dies, the permits that it held come back; unless somebody has released more than he held, since then permits
 * are sent and not held. With `death: "holds"` nothing ever comes back.
 */
export function semaphoreModel(permits: number, options: SemaphoreModelOptions = {}): Model<number> {
  const most = options.bounded === true ? permits : Infinity;
  const model: Model<number> = {
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
    observes: looksOnly,
  };
  return options.death === "holds" ? model : { ...model, mortal: semaphoreOfMortals(permits, most) };
}

export interface SemaphoreModelOptions extends DeathOption {
  /** Whether there can never be more permits than at first. */
  readonly bounded?: boolean;
}

function looksOnly({ operation }: Call, { outcome, result }: Answer): boolean {
  return (
    outcome === "threw" ||
    (outcome === "returned" && result === false && roleOf("semaphore", LOCK_NAMES, operation) === "acquire")
  );
}

/** As the plain model, and who has how many permits. */
function semaphoreOfMortals(permits: number, most: number): Model<any> {
  const init: SemaphoreState = { free: permits, held: {}, isSignal: false };
  const model: Model<SemaphoreState> = {
    name: "semaphore",
    init,
    perProcess: true,
    errors: ["OverReleaseError"],
    step(state, { operation, args, process }) {
      const { free, held, isSignal } = state;
      const own = held[process] ?? 0;
      if (roleOf("semaphore", LOCK_NAMES, operation) === "acquire") {
        if (free === 0) return [{ state, result: false, refuses: true }];
        return [{ state: { free: free - 1, held: { ...held, [process]: own + 1 }, isSignal }, accepts: notFalse }];
      }
      const count = typeof args[0] === "number" ? args[0] : 1;
      if (free + count > most) return [{ state, error: "OverReleaseError" }];
      const left = { ...held, [process]: Math.max(0, own - count) };
      return [{ state: { free: free + count, held: left, isSignal: isSignal || count > own } }];
    },
    show: ({ free }) => `${free} free`,
    observes: looksOnly,
  };
  return mortal(model, ({ free, held, isSignal }, process) =>
    isSignal
      ? { free, held, isSignal }
      : { free: free + (held[process] ?? 0), held: { ...held, [process]: 0 }, isSignal },
  );
}

interface SemaphoreState {
  readonly free: number;
  readonly held: Readonly<Record<string, number>>;
  /** Somebody has released more than he held: permits are sent and not held, and nothing comes back. */
  readonly isSignal: boolean;
}
