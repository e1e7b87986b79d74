import { deadlineAfter, now } from "./memory/clock.ts";
import type { WaitOptions } from "./operation.ts";
import { triesOnce } from "./waiting.ts";

/** The patience of a call with these options. */
export function patienceOf(options: WaitOptions | undefined): Patience {
  return options === undefined ? ENDLESS : new Patience(options);
}

/**
 * How long a call waits. Even one that may not wait for an item waits a moment for another process that is inside: that
 * one needs a few instructions. `STUCK_MS` is for one that was stopped there.
 */
class Patience {
  readonly once: boolean;
  readonly deadlineMs: number;
  readonly #signal: AbortSignal | undefined;
  readonly #lockDeadlineMs: number;

  constructor(options: WaitOptions | undefined) {
    this.once = triesOnce(options);
    this.deadlineMs = deadlineAfter(options?.timeoutMs);
    this.#signal = options?.signal;
    this.#lockDeadlineMs = this.deadlineMs === Infinity ? Infinity : Math.max(this.deadlineMs, now() + STUCK_MS);
  }

  /** For one who was woken, the signal does not count before it has looked: the wake was for a message. */
  forLock(woken: boolean): WaitOptions | undefined {
    const signal = woken ? undefined : this.#signal;
    if (this.#lockDeadlineMs === Infinity) return signal === undefined ? undefined : { signal };
    return { timeoutMs: Math.max(1, this.#lockDeadlineMs - now()), signal };
  }
}

const STUCK_MS = 50;
const ENDLESS = new Patience(undefined);
