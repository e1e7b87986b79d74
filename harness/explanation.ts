import { overlap, type Footprint } from "./footprint.ts";
import type { Operation } from "./history.ts";
import type { TraceEntry } from "./trace.ts";

/**
 * Says in sentences why the order of the steps matters: for each preemption, what the interrupted process had done, what
 * others did in between to the same object, and what it went on to do. Where these are lines of packages, the lines follow.
 *
 * @param lineAt the text of a line of code, by its place; null if it cannot be had
 */
export function explain(
  trace: readonly TraceEntry[],
  steps: readonly ExplainedStep[],
  operations: readonly Operation[],
  lineAt: (place: string) => string | null = () => null,
): string[] {
  const footprints = new Map(steps.map(({ entry, footprint }) => [entry, footprint]));
  const touched: Touched = (entry) => footprints.get(entry.step) ?? accessOf(entry);
  const sentences: string[] = [];
  const matter: TraceEntry[] = [];
  for (const step of steps) {
    if (!step.preempts || sentences.length >= SENTENCES_MAX) continue;
    const triple = explainPreemption(trace, step.entry, touched);
    const sentence = triple.length > 0 ? tripleSaid(triple) : plainPreemption(trace, step.entry, operations);
    if (sentence === null || sentences.includes(sentence)) continue;
    sentences.push(sentence);
    matter.push(...triple);
  }
  if (sentences.length === 0) return explainRace(trace, touched);
  return [...sentences, ...linesOf(matter, lineAt)];
}

/** A step of the run: where it stands in the trace, whether it interrupts another process, and what files it touches. */
interface ExplainedStep {
  readonly preempts: boolean;
  readonly entry: number;
  readonly footprint?: Footprint;
}

type Touched = (entry: TraceEntry) => Footprint;

function tripleSaid([before, between, after]: readonly TraceEntry[]): string {
  return `${said(before)}, then ${said(between)} before ${said(after)}`;
}

/** "lock.js:54: if (existsSync(lockFile)) {", each line once, in the order of the steps. */
function linesOf(entries: readonly TraceEntry[], lineAt: (place: string) => string | null): string[] {
  const inPackages = entries.toSorted((a, b) => a.step - b.step).flatMap(({ source }) => source ?? []);
  return [...new Set(inPackages)].flatMap((place) => {
    const [, name] = /.*\/node_modules\/(.+)$/.exec(place) ?? [];
    const text = name === undefined ? null : lineAt(place);
    return text === null ? [] : [`${name}: ${text.trim()}`];
  });
}

const SENTENCES_MAX = 5;

/**
 * The racing triple around a preemption: an own access, another's in between, an own one again, where each of the neighbours
 * conflict over one and the same thing. Of several, the one that says most: see `weightOf`.
 */
function explainPreemption(trace: readonly TraceEntry[], entry: number, touched: Touched): readonly TraceEntry[] {
  const interrupted = trace[lastStepBefore(trace, entry - 1)]?.process;
  const earlier = trace.slice(0, entry - 1).filter(({ process }) => process === interrupted);
  const later = trace.slice(entry - 1, entry - 1 + LOOKED_AT_MAX);
  let best: readonly TraceEntry[] = [];
  let bestWeight = 0;
  for (const after of later) {
    if (after.process !== interrupted) continue;
    for (const between of later) {
      if (between.step > after.step) break;
      if (between.process === interrupted) continue;
      const names = conflicts(touched(between), touched(after));
      if (names.length === 0) continue;
      const before = earlier.findLast((own) => shared(names, conflicts(touched(own), touched(between))).length > 0);
      if (before === undefined) continue;
      const common = shared(names, conflicts(touched(before), touched(between)));
      const weight = weightOf([before, between, after], common, touched);
      if (weight > bestWeight) {
        best = [before, between, after];
        bestWeight = weight;
      }
    }
  }
  return best;
}

/** So many entries after a preemption are looked at. */
const LOOKED_AT_MAX = 400;

/**
 * A content says more than an entry in a folder, and that more than a folder's list; a read that is acted upon by a write says
 * more than two writes, and what came about more than what was refused.
 */
function weightOf(triple: readonly TraceEntry[], common: readonly string[], touched: Touched): number {
  const [before, between, after] = triple;
  const rank = common.some((name) => name.endsWith("#")) ? 3 : common.some((name) => !name.endsWith("/")) ? 2 : 0;
  const actsOnWhatItRead = touched(before).writes.length === 0 && touched(after).writes.length > 0;
  return (
    1 +
    4 * rank +
    (actsOnWhatItRead ? 6 : 0) +
    (between.detail.startsWith("✗") || after.detail.startsWith("✗") ? 0 : 10)
  );
}

/** The names that both touch, and one of them writes. */
function conflicts(a: Footprint, b: Footprint): string[] {
  return [
    ...a.writes.filter((name) => b.writes.includes(name) || b.reads.includes(name)),
    ...a.reads.filter((name) => b.writes.includes(name)),
  ];
}

function shared(some: readonly string[], others: readonly string[]): string[] {
  return some.filter((name) => others.includes(name));
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
function explainRace(trace: readonly TraceEntry[], touched: Touched): string[] {
  for (const second of trace.toReversed()) {
    const first = trace
      .slice(0, second.step - 1)
      .findLast((other) => other.process !== second.process && overlap(touched(other), touched(second)));
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

/** What a step that has no footprint of its own touches: its object, if it has one. */
function accessOf(entry: TraceEntry): Footprint {
  if (entry.object === null) return NOTHING;
  if (writes(entry)) return { reads: [], writes: [entry.object] };
  return ["read", "copy", "step"].includes(entry.kind) ? { reads: [entry.object], writes: [] } : NOTHING;
}

const NOTHING: Footprint = { reads: [], writes: [] };

function writes(entry: TraceEntry): boolean {
  return (
    entry.kind === "write" ||
    entry.kind === "update" ||
    (entry.kind === "copy" && entry.label.startsWith("copy into")) ||
    (entry.kind === "step" && /write|truncat|create|remove|rename|delete|append|enter|leave/i.test(entry.label))
  );
}

function said(entry: TraceEntry): string {
  return `${entry.process} '${entry.label}' ${entry.detail} (step ${entry.step})`.replace("  ", " ");
}
