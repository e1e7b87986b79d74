import type { TraceKind } from "../trace.ts";

/** The kinds of trace entries as numbers, for the lane's memory. Steps, events, and what faults do: see `isStep`. */
export const KIND = {
  read: 1,
  write: 2,
  update: 3,
  wait: 4,
  wake: 5,
  resume: 6,
  timeout: 7,
  sleep: 8,
  think: 9,
  copy: 10,
  step: 11,
  file: 12,
  return: 13,
  throw: 14,
  print: 15,
  end: 16,
  kill: 17,
  pause: 18,
  spurious: 19,
  jump: 20,
  restart: 21,
  // Behind the others, so that the fingerprints of these, which stand in tokens, are what they were.
  socket: 22,
  message: 23,
  receive: 24,
  start: 25,
} as const satisfies Record<TraceKind, number>;

/** True for what the scheduler grants, false for the events in between. */
export function isStep(kind: number): boolean {
  return kind <= KIND.file || kind >= KIND.kill;
}

/** True for the turns that faults take in place of a process's step. */
export function isFault(kind: number): boolean {
  return kind >= KIND.kill && kind <= KIND.restart;
}

export function kindName(kind: number): TraceKind {
  return NAMES[kind];
}

const NAMES: TraceKind[] = [];
for (const [name, kind] of Object.entries(KIND)) NAMES[kind] = name as TraceKind;
