import type { SwitchRole } from "../../harness/result.ts";
import type { TraceEntry } from "../../harness/trace.ts";
import { findPreemptions, isStep } from "./movement.ts";

/** Sentences beside steps, by the number of the step. */
export type Notes = ReadonlyMap<number, readonly string[]>;

/** More pauses than this are not told one by one: they are then the texture of the run, not its point. */
const pausesToldMax = 6;

/**
 * Takes the explanation apart. A sentence that begins with 'step N: ' belongs beside step N; all others are prose about the
 * whole run. What the explanation does not put beside a step is told in neutral words: the preemptions, and the writes of
 * values that were computed from what another process has overwritten since. A preemption without which the run would hold is
 * called needed.
 */
export function noteSteps(run: {
  readonly trace: readonly TraceEntry[];
  readonly explanation: readonly string[];
  readonly switchRoles?: readonly SwitchRole[];
}): {
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
    const own = [
      ...[...preemptions].map(([step, process]) => {
        const needed = run.switchRoles?.some((other) => other.step === step && other.role === "needed") === true;
        return [step, (needed ? "needed: " : "") + tellPause(run.trace, step, process)] as const;
      }),
      ...findStaleWrites(run.trace),
    ];
    for (const [step, sentence] of own) if (!notes.has(step)) notes.set(step, [sentence]);
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

/**
 * Writes that undo another process's: the writer read the object, another wrote it, and then the writer wrote it without
 * having looked again.
 */
function findStaleWrites(trace: readonly TraceEntry[]): readonly (readonly [step: number, sentence: string])[] {
  const lastRead = new Map<string, number>();
  const lastWrite = new Map<string, TraceEntry>();
  const stale: (readonly [number, string])[] = [];
  for (const entry of trace) {
    if (entry.object === null) continue;
    const mine = JSON.stringify([entry.process, entry.object]);
    if (entry.kind === "read" || entry.kind === "update") lastRead.set(mine, entry.step);
    if (entry.kind !== "write" && entry.kind !== "update") continue;
    const read = lastRead.get(mine);
    const write = lastWrite.get(entry.object);
    if (read !== undefined && write !== undefined && write.process !== entry.process && write.step > read) {
      const sentence = `${entry.process} writes over step ${write.step}, having read ${entry.object} before it (step ${read})`;
      stale.push([entry.step, sentence]);
    }
    lastWrite.set(entry.object, entry);
  }
  return stale;
}
