import { deadlineAfter, now } from "./memory/clock.ts";
import type { WaitOptions } from "./operation.ts";
import { triesOnce } from "./waiting.ts";

/** The patience of a call with these options. */
export function patienceOf(options: WaitOptions | undefined): Patience {
  return options === undefined ? ENDLESS : new Patience(options);
}

/**
 * How long a call waits. Even one that may not wait for an item waits for another process that is inside: that one needs a few
 * instructions, and what is there can be told only then. One that stands still there holds a call up for so long.
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
    this.#lockDeadlineMs =
      this.deadlineMs === Infinity ? Infinity : Math.max(this.deadlineMs, now() + (this.once ? ONCE_MS : LATE_MS));
  }

  /** For one who was woken, the signal does not count before it has looked: the wake was for a message. */
  forLock(woken: boolean): WaitOptions | undefined {
    const signal = woken ? undefined : this.#signal;
    if (this.#lockDeadlineMs === Infinity) return signal === undefined ? undefined : { signal };
    return { timeoutMs: Math.max(1, this.#lockDeadlineMs - now()), signal };
  }
}

/** For a call that tries once. Where there are too many processes for the cores, one of them may have to wait for as long. */
const ONCE_MS = 1000;
/** For one with a time-out, which may end so much later. */
const LATE_MS = 50;
const ENDLESS = new Patience(undefined);
