import { shortDataText } from "./data-text.ts";
import type { FaultKind } from "./fault.ts";
import { overlap, type Footprint } from "./footprint.ts";
import type { Operation } from "./history.ts";
import { REPLY } from "./node/wire-text.ts";
import { racingTriple, type Triple } from "./racing-triple.ts";
import type { TraceEntry } from "./trace.ts";

/**
 * Says in sentences why the order of the steps matters: for each interruption, what the interrupted process had done, what
 * others did in between to the same object, and what it went on to do. Where these are lines of packages, the lines follow.
 *
 * @param matter ids of the operations that show the violation
 * @param lineAt the text of a line of code, by its place; null if it cannot be had
 * @param faults those that struck: each of them is named
 */
export function explain(
  trace: readonly TraceEntry[],
  steps: readonly ExplainedStep[],
  operations: readonly Operation[],
  matter: readonly number[] = [],
  lineAt: (place: string) => string | null = () => null,
  faults: readonly ExplainedFault[] = [],
): string[] {
  const footprints = new Map(steps.map(({ entry, footprint }) => [entry, footprint]));
  const touched: Touched = (entry) => inWords(entry, footprints.get(entry.step)) ?? accessOf(entry);
  const sentences: string[] = [];
  const shown: TraceEntry[] = [];
  const tell = (sentence: string | null, triple: Triple | null): void => {
    if (sentence === null || sentences.includes(sentence) || sentences.length >= SENTENCES_MAX) return;
    sentences.push(sentence);
    shown.push(...(triple ?? []));
  };
  const failing = trace.slice(0, lastOf(operations, matter));
  for (const { preempts, entry } of steps) {
    const stoodStill = trace[entry - 1].kind === "pause";
    if (!preempts && !stoodStill) continue;
    const before = trace[stoodStill ? entry - 1 : lastStepBefore(trace, entry - 1)];
    if (stoodStill) {
      const meanwhile = racingTriple(trace, entry + 1, before.process, touched, true);
      tell(standstillSaid(before, meanwhile), meanwhile);
    }
    const triple = before === undefined ? null : racingTriple(failing, entry, before.process, touched);
    if (triple !== null) tell(tripleSaid(triple), triple);
    else if (!stoodStill) {
      const whole = before === undefined ? null : racingTriple(trace, entry, before.process, touched);
      tell(whole === null ? plainPreemption(trace, entry, operations) : tripleSaid(whole), whole);
    }
  }
  if (sentences.length === 0) {
    const tasks = explainTasks(trace, operations, matter);
    sentences.push(...(tasks === null ? [] : [tasks.sentence]));
    shown.push(...(tasks?.shown ?? []));
  }
  sentences.push(...explainFaults(trace, faults));
  if (sentences.length > 0) return [...sentences, ...linesOf(shown, lineAt)];
  const race = explainRace(trace, touched);
  return race.length > 0 ? race : explainStandstill(trace, operations, lineAt);
}

/** What comes when those operations are over that show the violation says less of it than what came before. */
function lastOf(operations: readonly Operation[], matter: readonly number[]): number {
  if (matter.length === 0) return Infinity;
  return Math.max(...operations.filter(({ id }) => matter.includes(id)).map(({ returned }) => returned ?? Infinity));
}

/** A step of the run: where it stands in the trace, whether it interrupts another process, and what files it touches. */
interface ExplainedStep {
  readonly preempts: boolean;
  readonly entry: number;
  readonly footprint?: Footprint;
}

/** A fault that struck, and its entry in the trace. */
interface ExplainedFault {
  readonly kind: FaultKind;
  readonly step: number;
}

type Touched = (entry: TraceEntry) => Footprint;

function tripleSaid([before, between, after]: Triple): string {
  return `${said(before)}, then ${said(between)} before ${said(after)}`;
}

/**
 * Two operations of one process that are under way at the same time, of those that show the violation: nothing was
 * interrupted, so what matters is when the later one was let in, and what each of them did from then on.
 */
function explainTasks(trace: readonly TraceEntry[], operations: readonly Operation[], matter: readonly number[]) {
  const showing = operations.filter(({ id }) => matter.includes(id));
  for (const one of showing) {
    const other = [...showing, ...operations].find((operation) => areTasks(one, operation));
    if (other === undefined) continue;
    const [earlier, later] = [one, other].sort((a, b) => a.invoked - b.invoked || a.id - b.id);
    const own = ({ id }: Operation) => trace.filter(({ operation }) => operation === id);
    const letIn = [earlier, later].flatMap((operation) => own(operation).filter(({ via }) => via !== undefined));
    const during = [earlier, later].flatMap(own).filter(({ step }) => step >= later.invoked);
    const idle = own(later).length === 0 ? ", and takes no step of its own" : "";
    return {
      sentence: `${later.process}'s ${spanSaid(later)} begins while ${spanSaid(earlier)} is under way${idle}`,
      shown: letIn.length > 0 ? letIn : during,
    };
  }
  return null;
}

/**
 * A call that never returns, in a run without any race: what matters is what came of the call before it, best of one that failed,
 * and what else was done.
 */
function explainStandstill(
  trace: readonly TraceEntry[],
  operations: readonly Operation[],
  lineAt: (place: string) => string | null,
): string[] {
  const waiting = operations.findLast(({ outcome }) => outcome === "pending");
  if (waiting === undefined) return [];
  const over = operations.filter(({ returned }) => returned !== null && returned <= waiting.invoked);
  const before = over.findLast(({ outcome }) => outcome === "threw") ?? over.at(-1);
  if (before === undefined) return [];
  const came = before.outcome === "threw" ? `failed (${String(before.result)})` : "returned";
  const sentence = `${before.process}'s ${spanSaid(before)} ${came}, and ${waiting.process}'s ${spanSaid(waiting)} never returns`;
  return [sentence, ...linesOf(trace, lineAt)];
}

/** Both of one process and as deep, at the same time. */
function areTasks(one: Operation, other: Operation): boolean {
  return (
    one.id !== other.id &&
    one.process === other.process &&
    one.depth === other.depth &&
    one.invoked < (other.returned ?? Infinity) &&
    other.invoked < (one.returned ?? Infinity)
  );
}

function spanSaid({ operation, args, invoked, returned }: Operation): string {
  const called = args.length === 0 ? "" : `(${args.map((argument) => shortDataText(argument)).join(", ")})`;
  return `'${operation}${called}' (${returned === null ? `from step ${invoked} on` : `steps ${invoked} to ${returned}`})`;
}

/** "lock.js:54: if (existsSync(lockFile)) {", each line once, in the order of the steps. */
function linesOf(entries: readonly TraceEntry[], lineAt: (place: string) => string | null): string[] {
  const inPackages = entries.toSorted((a, b) => a.step - b.step).flatMap(({ source, via }) => via ?? source ?? []);
  return [...new Set(inPackages)].flatMap((place) => {
    const [, name] = /.*\/node_modules\/(.+)$/.exec(place) ?? [];
    const text = name === undefined ? null : lineAt(place);
    return text === null ? [] : [`${name}: ${text.trim()}`];
  });
}

const SENTENCES_MAX = 5;

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

/** What it had done, who came in between, and what it goes on with; or at least what it was about to do. */
function standstillSaid({ process, label, detail, step }: TraceEntry, triple: Triple | null): string {
  if (triple === null) return `${process} ${label}${aheadOf(detail)} (step ${step})`;
  const [before, between, after] = triple;
  return `${process} ${label} (step ${step}), between its ${done(before)} and its ${done(after)}; meanwhile ${said(between)}`;
}

/** " before 'write word'" */
function aheadOf(detail: string): string {
  return detail.replace(/^before: (.*)$/, " before '$1'");
}

/** What befell processes, but for standstills: who was killed left something half done, and no order of the steps is to blame. */
function explainFaults(trace: readonly TraceEntry[], faults: readonly ExplainedFault[]): string[] {
  const kinds = new Map(faults.map(({ step, kind }) => [step, kind]));
  return trace.flatMap((entry) => faultSaid(trace, entry, kinds.get(entry.step)) ?? []).slice(0, SENTENCES_MAX);
}

function faultSaid(trace: readonly TraceEntry[], entry: TraceEntry, fault: FaultKind | undefined): string | null {
  const { process, kind, label, detail, step } = entry;
  if (kind === "kill") {
    const own = trace.slice(0, step - 1).filter((other) => other.process === process);
    const last = own[lastStepBefore(own, own.length)];
    return `${process} is killed${aheadOf(detail)} (step ${step})${last === undefined ? "" : `, after ${done(last)}`}`;
  }
  if (kind === "restart" || kind === "spurious") return `${process} ${label} (step ${step})`;
  if (kind === "jump") return `${label} (step ${step})`;
  if (fault === "cut" || fault === "torn") return `${process} is killed in the middle of '${label}' (step ${step})`;
  if (fault === "short") return `${said(entry)} writes less than it was given`;
  return fault === "enospc" || fault === "eio" || fault === "emfile" ? `${said(entry)} is a fault` : null;
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

/** What a step touches as far as a person would say so: of a request what it names, though it might be anything at the server. */
function inWords(entry: TraceEntry, footprint: Footprint | undefined): Footprint | undefined {
  if (entry.kind === "socket" && footprint !== undefined) return requestInWords(entry, footprint.writes);
  return entry.kind === "file" && footprint?.writes.includes("*") === true ? namedAlone(entry) : footprint;
}

/** That a request only asks is guessed by its first word. */
function requestInWords({ label, detail }: TraceEntry, server: readonly string[]): Footprint {
  const said = label.startsWith("send to") ? detail.split(REPLY)[0].split(" ") : [];
  // After all that has a name, as the list of a folder does.
  const touches = [...said.slice(1), ...server.map((name) => `${name}/`)];
  const asks = /^(m?get|hget(all)?|exists|ttl|select|show|hello|info|client|ping)$/i.test(said[0] ?? "");
  return asks || label.startsWith("connect") ? { reads: touches, writes: [] } : { reads: [], writes: touches };
}

/** Once a file has two names, a step may touch anything; for people it touches what it names. */
function namedAlone({ object, label }: TraceEntry): Footprint {
  if (object === null) return NOTHING;
  if (/^(look|open|read|size|resolve|list)\b/.test(label)) return { reads: [object], writes: [] };
  const [verb, other] = label.split(` ${object} to `);
  if (other === undefined) return { reads: [], writes: [object] };
  return verb === "link" ? { reads: [object], writes: [other] } : { reads: [], writes: [object, other] };
}

/** What a step that has no footprint of its own touches: its object, if it has one, which a file may have the name of. */
function accessOf(entry: TraceEntry): Footprint {
  if (entry.object === null) return NOTHING;
  const object = `object ${entry.object}`;
  if (writes(entry)) return { reads: [], writes: [object] };
  return ["read", "copy", "step"].includes(entry.kind) ? { reads: [object], writes: [] } : NOTHING;
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
  return `${entry.process} ${done(entry)}`;
}

function done({ label, detail, step }: TraceEntry): string {
  return `'${label}' ${detail} (step ${step})`.replace("  ", " ");
}
