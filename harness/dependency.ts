import { KIND } from "./engine/kinds.ts";
import { overlap, type Footprint } from "./footprint.ts";

/**
 * The one dependency relation: two steps of different processes are independent if taking them in either order leads to the
 * same state and neither enables or disables the other. POS, partial-order reduction and the statistics of behaviours all
 * ask here (Mazurkiewicz, 1977, for what follows from it).
 *
 * A word has two parts: its value, and the queue of those who sleep on it. `wait` looks at the one and joins the other,
 * `wake` touches the queue alone. So a wake commutes with a store, and neither commutes with a wait.
 */
export function dependent(a: AnnouncedStep, b: AnnouncedStep): boolean {
  if (isLocal(a.kind) || isLocal(b.kind)) return false;
  if (a.footprint !== undefined && b.footprint !== undefined) return overlap(a.footprint, b.footprint);
  // A step of the user's which does not say what it touches may touch anything.
  if (a.object === 0 || b.object === 0) return true;
  if (!touchTheSame(a, b)) return false;
  if (sleepsOrWakes(a.kind) && sleepsOrWakes(b.kind)) return true;
  if (a.kind === KIND.wake || b.kind === KIND.wake) return false;
  return writes(a) || writes(b);
}

/** What a process says of its next step before it takes it. */
export interface AnnouncedStep {
  readonly kind: number;
  /** Offset of the word or of the first byte; below 0 the name of an outside thing; 0 none. */
  readonly object: number;
  /** Of a copy of plain bytes: 1 out of shared memory, 2 into it. */
  readonly label: number;
  /** Of a copy: how many bytes. Of a step of the user's: 1 if it only reads, 2 if it writes. */
  readonly byteLength: number;
  /** Of a step on files, or on a server: what it touches. */
  readonly footprint?: Footprint;
}

/** The step touches nothing that another process can see. A death and a jump of the clock may be seen by anybody. */
export function isLocal(kind: number): boolean {
  switch (kind) {
    case KIND.resume:
    case KIND.timeout:
    case KIND.sleep:
    case KIND.think:
    case KIND.pause:
    case KIND.spurious:
    case KIND.restart:
    case KIND.receive:
    case KIND.start:
      return true;
    default:
      return false;
  }
}

/** The step may change what it touches, other than the queue of sleepers. */
export function writes(step: AnnouncedStep): boolean {
  switch (step.kind) {
    case KIND.write:
    case KIND.update:
      return true;
    case KIND.copy:
      return step.label !== 1;
    case KIND.step:
      return step.byteLength !== 1;
    case KIND.file:
    case KIND.socket:
    case KIND.message:
      return step.footprint === undefined || step.footprint.writes.length > 0;
    default:
      return false;
  }
}

/** A word may be one of 64 bits; its neighbour begins 8 bytes on. Only copies reach further than their first byte says. */
const WORD_BYTES_MAX = 8;

function sleepsOrWakes(kind: number): boolean {
  return kind === KIND.wait || kind === KIND.wake;
}

function touchTheSame(a: AnnouncedStep, b: AnnouncedStep): boolean {
  if (a.object === b.object) return true;
  if (a.object < 0 || b.object < 0 || (a.kind !== KIND.copy && b.kind !== KIND.copy)) return false;
  return a.object < endOf(b) && b.object < endOf(a);
}

function endOf(step: AnnouncedStep): number {
  return step.object + (step.kind === KIND.copy ? step.byteLength : WORD_BYTES_MAX);
}
