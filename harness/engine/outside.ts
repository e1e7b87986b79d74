import { isStopped } from "../../primitives/memory/linux.ts";
import { monotonicNow } from "../../primitives/memory/monotonic.ts";

/**
 * What befalls forkcheck's own processes from outside: somebody, or the kernel where memory runs out, kills one or stops
 * it. None of that is the scenario's doing, so it must be told apart from what is, and be said.
 */
export class Standstill {
  readonly #patience = new Patience();

  /** Whether the process has been stopped for too long by now; to be asked again and again. */
  isTooLong(pid: number): boolean {
    if (isStopped(pid)) return this.#patience.look() > STOPPED_MS_MAX;
    this.#patience.renew();
    return false;
  }
}

/**
 * How long something has been waited for, as far as this process could look: one that was stopped itself, or whose machine
 * slept, has no reason to lose patience with others.
 */
export class Patience {
  #ms = 0;
  #lookedAt = monotonicNow();

  /** The milliseconds so far. */
  look(): number {
    const now = monotonicNow();
    this.#ms += Math.min(now - this.#lookedAt, LOOK_MS_MAX);
    this.#lookedAt = now;
    return this.#ms;
  }

  renew(): void {
    this.#ms = 0;
    this.#lookedAt = monotonicNow();
  }
}

/** Something befell a worker that nobody here did to it. */
export interface Mishap {
  readonly worker: number;
  /** "was killed from outside (SIGKILL)" */
  readonly what: string;
}

/** For the result: the run that was lost by it was done again. */
export function mishapNote({ worker, what }: Mishap): string {
  return `worker ${worker + 1} ${what}; it was replaced, and what it had to do was done again`;
}

/** What a process has come to, by the signal or the status that it ended with. */
export function endInWords(reason: string): string {
  return isFromOutside(reason) ? `was killed from outside (${reason})` : `ended (${reason})`;
}

/** Nothing that a program does by mistake ends it like this. */
export function isFromOutside(reason: string): boolean {
  return ["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"].includes(reason);
}

/** A signal, and no status: the process did not leave by itself. */
export function isSignal(reason: string): boolean {
  return reason.startsWith("SIG");
}

/** A process of ours that is stopped for longer is given up: nobody knows whether it will ever go on. */
const STOPPED_MS_MAX = 2000;

export const STOPPED_IN_WORDS = `was stopped from outside (SIGSTOP) and did not go on (limit: stoppedMsMax, ${STOPPED_MS_MAX / 1000} s)`;

/** Between two looks there is less, unless this process stood still itself. */
const LOOK_MS_MAX = 1000;
