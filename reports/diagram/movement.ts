import type { ProcessEnd } from "../../harness/history.ts";
import type { TraceEntry } from "../../harness/trace.ts";
import type { Blocked } from "./diagram.ts";

/** True for what the scheduler chose; false for what happened inside or right after a step. */
export function isStep(entry: TraceEntry): boolean {
  return entry.kind !== "return" && entry.kind !== "throw" && entry.kind !== "print" && entry.kind !== "end";
}

/**
 * The preemptions of a trace: for the number of each step that came in place of another process's next one, the name of the
 * process that had to wait. A process that has ended, or that had to be woken by another, gave way by itself; one that let time pass
 * did not: how long that takes is up to the schedule. Who stands still could not have gone on.
 */
export function findPreemptions(trace: readonly TraceEntry[]): ReadonlyMap<number, string> {
  const steps = trace.filter((entry) => isStep(entry));
  const nextStep = new Map<string, TraceEntry>();
  const preemptions = new Map<number, string>();
  for (let index = steps.length - 1; index > 0; index--) {
    nextStep.set(steps[index].process, steps[index]);
    const before = steps[index - 1].process;
    if (before === steps[index].process) continue;
    const resumed = steps[index - 1].kind === "pause" ? undefined : nextStep.get(before);
    if (resumed !== undefined && couldHaveMoved(resumed)) preemptions.set(steps[index].step, before);
  }
  return preemptions;
}

/** Of a process's next step: false if the process waited for another before it. */
function couldHaveMoved(next: TraceEntry): boolean {
  return next.kind !== "resume" && next.kind !== "timeout";
}

/** The stretches between going to sleep on an object, or standing still, and going on, or the end of the run. */
export function findBlocked(
  run: { readonly trace: readonly TraceEntry[]; readonly ends: readonly ProcessEnd[] },
  indexOf: ReadonlyMap<string, number>,
): readonly Blocked[] {
  const neverWoken = new Set(run.ends.filter((end) => end.end === "blocked").map((end) => end.process));
  const waiting = new Map<string, TraceEntry>();
  const blocked: Blocked[] = [];
  for (const entry of run.trace) {
    if (!isStep(entry)) continue;
    const wait = waiting.get(entry.process);
    waiting.delete(entry.process);
    if (wait !== undefined && (wait.kind === "pause" || ["resume", "timeout", "pause"].includes(entry.kind))) {
      blocked.push({ column: indexOf.get(wait.process)!, from: wait.step, to: entry.step, object: wait.object });
    }
    if (entry.kind === "wait" || entry.kind === "pause") waiting.set(entry.process, entry);
  }
  for (const wait of waiting.values()) {
    if (!neverWoken.has(wait.process)) continue;
    blocked.push({ column: indexOf.get(wait.process)!, from: wait.step, to: null, object: wait.object });
  }
  return blocked.sort((a, b) => a.from - b.from);
}
