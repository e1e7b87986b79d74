import type { Fault, FaultToCome } from "../fault.ts";

/** How one run is to go. */
export interface RunRequest {
  readonly strategy: string;
  readonly seed: number;
  readonly stepsMax: number;
  /** What the processes draw; beyond it, the smallest. Without it, they draw at random from the seed. */
  readonly draws?: readonly (readonly unknown[])[];
  readonly schedule?: readonly number[];
  readonly keepCandidates?: boolean;
  readonly recordSource?: boolean;
  readonly recordAsides?: boolean;
  /** What befalls the processes. */
  readonly faults?: readonly (Fault | FaultToCome)[];
  /** Who is killed dies of a real signal. Without it, it is never scheduled again, and its stack is cleared afterwards. */
  readonly signals?: boolean;
  /** Before nobody can move because a server is silent, that server is given long to answer: it may only be slow. */
  readonly patient?: boolean;
  readonly free?: { readonly delayMicrosMax: number };
}
