import type { Operation } from "./history.ts";
import type { TraceEntry } from "./trace.ts";

/**
 * Says in sentences why the order of the steps matters: for each preemption, what the interrupted process had done, what
 * others did in between to the same object, and what it went on to do.
 */
export function explain(
  trace: readonly TraceEntry[],
  steps: readonly { readonly preempts: boolean; readonly entry: number }[],
  operations: readonly Operation[],
): string[] {
  const sentences: string[] = [];
  for (const step of steps) {
    if (!step.preempts) continue;
    const sentence = explainPreemption(trace, step.entry) ?? plainPreemption(trace, step.entry, operations);
    if (sentence !== null && !sentences.includes(sentence)) sentences.push(sentence);
    if (sentences.length >= SENTENCES_MAX) break;
  }
  return sentences.length > 0 ? sentences : explainRace(trace);
}

const SENTENCES_MAX = 5;

/** The racing triple around a preemption: own access, another's conflicting one in between, own access again. */
function explainPreemption(trace: readonly TraceEntry[], entry: number): string | null {
  const interrupted = trace[lastStepBefore(trace, entry - 1)]?.process;
  if (interrupted === undefined) return null;
  for (const after of trace.slice(entry - 1)) {
    if (after.process !== interrupted || after.object === null || !touches(after)) continue;
    const before = trace
      .slice(0, entry - 1)
      .findLast((other) => other.process === interrupted && other.object === after.object && touches(other));
    if (before === undefined) continue;
    const between = trace
      .slice(entry - 1, after.step - 1)
      .findLast((other) => other.process !== interrupted && other.object === after.object && writes(other));
    if (between === undefined) continue;
    return `${said(before)}, then ${said(between)} before ${said(after)}`;
  }
  return null;
}

function plainPreemption(trace: readonly TraceEntry[], entry: number, operations: readonly Operation[]): string | null {
  const before = trace[lastStepBefore(trace, entry - 1)];
  const during = trace[entry - 1];
  if (before === undefined || during === undefined) return null;
  const inside = operations.find(
    (operation) =>
      operation.process === before.process &&
      operation.invoked <= before.step &&
      (operation.returned ?? Infinity) > before.step,
  );
  return `${before.process} is interrupted${inside === undefined ? "" : ` inside ${inside.operation}`} after '${before.label}' (step ${before.step}), and ${said(during)}`;
}

/** Without a preemption: the last two accesses of different processes to one object, one of them a write. */
function explainRace(trace: readonly TraceEntry[]): string[] {
  for (let later = trace.length - 1; later >= 0; later--) {
    const second = trace[later];
    if (second.object === null || !touches(second)) continue;
    const first = trace
      .slice(0, later)
      .findLast(
        (other) =>
          other.object === second.object &&
          other.process !== second.process &&
          touches(other) &&
          (writes(other) || writes(second)),
      );
    if (first !== undefined) return [`${said(first)}, and after it ${said(second)}`];
  }
  return [];
}

function lastStepBefore(trace: readonly TraceEntry[], index: number): number {
  for (let at = index - 1; at >= 0; at--) {
    if (
      trace[at].kind !== "print" &&
      trace[at].kind !== "return" &&
      trace[at].kind !== "throw" &&
      trace[at].kind !== "end"
    )
      return at;
  }
  return -1;
}

function touches(entry: TraceEntry): boolean {
  return ["read", "copy", "step", "file"].includes(entry.kind) || writes(entry);
}

function writes(entry: TraceEntry): boolean {
  return (
    entry.kind === "write" ||
    entry.kind === "update" ||
    (entry.kind === "copy" && entry.label.startsWith("copy into")) ||
    ((entry.kind === "step" || entry.kind === "file") &&
      /write|truncat|create|make|remove|rename|delete|append|link|set/i.test(entry.label))
  );
}

function said(entry: TraceEntry): string {
  return `${entry.process} '${entry.label}' ${entry.detail} (step ${entry.step})`.replace("  ", " ");
}
