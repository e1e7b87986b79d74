import type { TraceEntry } from "../../harness/trace.ts";
import { findPreemptions, isStep } from "./movement.ts";

/** Sentences beside steps, by the number of the step. */
export type Notes = ReadonlyMap<number, readonly string[]>;

/** More pauses than this are not told one by one: they are then the texture of the run, not its point. */
const pausesToldMax = 6;

/**
 * Takes the explanation apart. A sentence that begins with 'step N: ' belongs beside step N; all others are prose about the
 * whole run. A preemption that the explanation does not mention is told in neutral words.
 */
export function noteSteps(run: { readonly trace: readonly TraceEntry[]; readonly explanation: readonly string[] }): {
  readonly notes: Notes;
  readonly prose: readonly string[];
} {
  const notes = new Map<number, readonly string[]>();
  const prose: string[] = [];
  const steps = new Set(run.trace.map((entry) => entry.step));
  for (const sentence of run.explanation) {
    const match = /^step (\d+): (.*)$/s.exec(sentence);
    const step = Number(match?.[1]);
    if (match === null || !steps.has(step)) prose.push(sentence);
    else notes.set(step, [...(notes.get(step) ?? []), match[2]]);
  }
  const preemptions = findPreemptions(run.trace);
  if (preemptions.size <= pausesToldMax) {
    for (const [step, process] of preemptions) {
      if (!notes.has(step)) notes.set(step, [tellPause(run.trace, step, process)]);
    }
  }
  return { notes, prose };
}

function tellPause(trace: readonly TraceEntry[], step: number, process: string): string {
  const own = trace.filter((entry) => entry.process === process && isStep(entry) && !passesTime(entry));
  const before = own.findLast((entry) => entry.step < step);
  const after = own.find((entry) => entry.step > step);
  if (before === undefined || after === undefined) return `${process} pauses here`;
  return before.label === after.label
    ? `${process} pauses before it does '${after.label}' again`
    : `${process} pauses between '${before.label}' and '${after.label}'`;
}

/** What a process does while time passes is no place that a reader would look for in the code. */
function passesTime({ kind }: TraceEntry): boolean {
  return kind === "sleep" || kind === "think";
}
