import { LIMITS, P, PARTS, PROCESS, S, SIZES, H, STRAND, type LaneMemory } from "./lane-memory.ts";

// Who can move, who waits, and until when, as the lane's memory has it. A strand is a process's stack (task 0) or one of its
// awaiting tasks.

/** Word index of a process's record. */
export function processAt(process: number): number {
  return (PARTS.processes >> 2) + process * SIZES.processWords;
}

/** Word index of a strand's pending step. */
export function strandAt(process: number, task: number): number {
  return (PARTS.strands >> 2) + (process * LIMITS.strandsMax + task) * SIZES.strandWords;
}

/** Its announced step can be taken now. */
export function isEnabled(words: Int32Array, record: number): boolean {
  const state = words[record + S.state];
  if (state === STRAND.ready) return true;
  if (state !== STRAND.guarded) return false;
  return words[words[record + S.object] >> 2] === words[record + S.order];
}

/** One of the process's steps is enabled. */
export function canMove(words: Int32Array, process: number): boolean {
  for (let task = 0; task <= words[processAt(process) + P.strandsUsed]; task++) {
    if (isEnabled(words, strandAt(process, task))) return true;
  }
  return false;
}

/** A switch away from a process is a preemption unless it has ended or waits for another process. */
export function couldGoOn(words: Int32Array, process: number): boolean {
  const own = processAt(process);
  if (words[own + P.state] !== PROCESS.live || words[own + P.paused] !== 0) return false;
  const blocked = words[own + P.blockedStack] === 1;
  const lastTask = blocked ? 0 : words[own + P.strandsUsed];
  for (let task = blocked ? 0 : 1; task <= lastTask; task++) {
    const record = strandAt(process, task);
    if (isEnabled(words, record) || words[record + S.state] === STRAND.sleeping) return true;
  }
  return false;
}

export function anyoneLive(words: Int32Array): boolean {
  for (let process = 0; process < words[H.processes]; process++) {
    const state = words[processAt(process) + P.state];
    if (state === PROCESS.live || state === PROCESS.outside) return true;
  }
  return false;
}

/** The strand that has waited for the object longest; -1 if none does. */
export function longestWaiting(words: Int32Array, object: number): number {
  let best = -1;
  let bestOrder = Infinity;
  for (let process = 0; process < words[H.processes]; process++) {
    const own = processAt(process);
    if (words[own + P.state] !== PROCESS.live) continue;
    const lastTask = words[own + P.strandsUsed];
    for (let task = 0; task <= lastTask; task++) {
      const record = strandAt(process, task);
      if (words[record + S.state] !== STRAND.waiting || words[record + S.object] !== object) continue;
      if (words[record + S.order] < bestOrder) {
        bestOrder = words[record + S.order];
        best = record;
      }
    }
  }
  return best;
}

/** Visits whoever sleeps or waits until some time (milliseconds of virtual time) and no longer. */
export function forEachDeadline(
  { words, doubles }: LaneMemory,
  visit: (deadline: number, record: number) => void,
): void {
  for (let process = 0; process < words[H.processes]; process++) {
    const own = processAt(process);
    if (words[own + P.state] !== PROCESS.live) continue;
    const blocked = words[own + P.blockedStack] === 1;
    const lastTask = blocked ? 0 : words[own + P.strandsUsed];
    for (let task = blocked ? 0 : 1; task <= lastTask; task++) {
      const record = strandAt(process, task);
      const state = words[record + S.state];
      if (state !== STRAND.sleeping && state !== STRAND.waiting) continue;
      const deadline = doubles[(record + S.deadline) >> 1];
      if (deadline !== Infinity) visit(deadline, record);
    }
  }
}
