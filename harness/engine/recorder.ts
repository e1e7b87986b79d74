import type { FaultKind } from "../fault.ts";
import { fileError } from "./file-error.ts";
import { KIND } from "./kinds.ts";
import { ENDING, ENTRY, H, LIMITS, O, OUTCOME, P, PARTS, SIZES, T, type LaneMemory } from "./lane-memory.ts";
import type { Names } from "./names.ts";
import type { Scheduler } from "./scheduler.ts";
import { processAt } from "./strands.ts";
import { userPlace } from "./source-place.ts";
import { TextLimitError, type Values } from "./values.ts";

/** Writes one process's part of the history and of the trace's events. Only the holder of the baton writes. */
export class Recorder {
  readonly #words: Int32Array;
  readonly #scheduler: Scheduler;
  readonly #names: Names;
  readonly #values: Values;
  readonly #process: number;
  readonly #own: number;

  constructor(memory: LaneMemory, scheduler: Scheduler, names: Names, values: Values, process: number) {
    this.#words = memory.words;
    this.#scheduler = scheduler;
    this.#names = names;
    this.#values = values;
    this.#process = process;
    this.#own = processAt(process);
  }

  /**
   * Returns the operation's number, from 1.
   *
   * @param depth how many operations it was called by; without it, those that the process has under way count as such
   */
  invoked(object: number, operation: string, args: readonly unknown[], depth?: number): number {
    const words = this.#words;
    // Under control nobody else counts at the same time, and an atomic addition costs as much as the rest of this.
    const number = (words[H.free] === 1 ? Atomics.add(words, H.operations, 1) : words[H.operations]++) + 1;
    if (number > LIMITS.operationsMax) {
      Atomics.sub(words, H.operations, 1);
      this.#scheduler.end(ENDING.textLimit);
      return 0;
    }
    const at = operationAt(number);
    words[at + O.process] = this.#process;
    words[at + O.name] = this.#names.intern(operation);
    words[at + O.object] = object;
    const open = words[this.#own + P.openOperations]++;
    words[at + O.depth] = depth ?? open;
    words[at + O.invoked] = 0;
    words[at + O.returned] = 0;
    words[at + O.outcome] = OUTCOME.pending;
    words[at + O.resultTag] = 0;
    words[at + O.resultPayload] = 0;
    words[at + O.nextUnstamped] = words[this.#own + P.unstamped];
    words[this.#own + P.unstamped] = number;
    if (args.length === 0) {
      words[at + O.argsTag] = 0;
      words[at + O.argsPayload] = 0;
    } else this.#write(at + O.argsTag, args.length === 1 && !Array.isArray(args[0]) ? args[0] : args);
    return number;
  }

  returned(number: number, result: unknown): void {
    this.#ended(number, OUTCOME.returned, KIND.return, result);
  }

  threw(number: number, error: unknown): void {
    const entry = this.#ended(number, OUTCOME.threw, KIND.throw, textOf(error));
    if (entry !== null) this.#thrownAt(entry, error);
  }

  printed(text: string): void {
    const entry = this.#scheduler.enterEvent(this.#process, KIND.print, 0);
    this.#write(entry + T.detailTag, text);
  }

  /** The process ends by an error that nobody caught. */
  failed(error: unknown): void {
    const reason = textOf(error);
    this.#write(this.#own + P.endTag, reason);
    if (!this.#lastThrew(reason)) this.#thrownAt(this.#ending(KIND.throw, reason), error);
  }

  /** The process ends in another way, neither by an error nor by returning from its role. */
  exited(reason: string): void {
    this.#write(this.#own + P.endTag, reason);
    this.#ending(KIND.end, reason);
  }

  #ending(kind: number, reason: string): number {
    const entry = this.#scheduler.enterEvent(this.#process, kind, 0);
    this.#write(entry + T.detailTag, reason);
    return entry;
  }

  #thrownAt(entry: number, error: unknown): void {
    if (this.#words[H.recordSource] === 0 || !(error instanceof Error)) return;
    const place = userPlace(error);
    if (place !== "") this.#words[entry + T.source] = this.#names.intern(place);
  }

  /** What the step just granted brought out. */
  stepResult(value: unknown): void {
    if (value !== undefined) this.#write(this.#stepEntry() + T.detailTag, value);
  }

  moved(before: number, after: number, wrote = true): void {
    const entry = this.#stepEntry();
    this.#words[entry + T.before] = before;
    this.#words[entry + T.after] = after;
    this.#words[entry + T.flags] |= wrote ? ENTRY.moved : ENTRY.moved | ENTRY.unchanged;
    if ((before | 0) === before && (after | 0) === after) return;
    this.#words[entry + T.flags] |= ENTRY.rounded;
    this.#write(entry + T.detailTag, [before, after]);
  }

  /** The step just granted fails, as what it does to its file would. */
  fileFault(fault: FaultKind): Error {
    const error = fileError(fault, this.#names.text(-this.#words[this.#stepEntry() + T.object]));
    this.stepResult(textOf(error));
    return error;
  }

  source(place: string): void {
    if (place !== "") this.#words[this.#stepEntry() + T.source] = this.#names.intern(place);
  }

  /** The entry of the trace that shows it; null if it has none of its own. */
  #ended(number: number, outcome: number, kind: number, result: unknown): number | null {
    if (number === 0) return null;
    const words = this.#words;
    const at = operationAt(number);
    words[this.#own + P.openOperations]--;
    words[at + O.outcome] = outcome;
    if (outcome === OUTCOME.returned && this.#wasOneStep(at)) {
      words[this.#stepEntry() + T.operation] = number;
      words[at + O.returned] = words[at + O.invoked];
      this.#write(at + O.resultTag, result);
      return null;
    }
    const entry = this.#scheduler.enterEvent(this.#process, kind, words[at + O.name]);
    words[entry + T.object] = words[at + O.object];
    this.#write(entry + T.detailTag, result);
    words[at + O.resultTag] = words[entry + T.detailTag];
    words[at + O.resultPayload] = words[entry + T.detailPayload];
    words[at + O.returned] = entryNumber(entry);
    if (words[at + O.invoked] === 0) this.#stampWithoutStep(number, at);
    return entry;
  }

  /** An operation on an object that took a single step needs no entry of its own: the step shows it. */
  #wasOneStep(at: number): boolean {
    const words = this.#words;
    return (
      words[at + O.object] !== 0 && words[at + O.invoked] === words[this.#own + P.lastEntry] && words[H.free] === 0
    );
  }

  /** It took no step at all: it happened at once, when it returned. */
  #stampWithoutStep(number: number, at: number): void {
    const words = this.#words;
    words[at + O.invoked] = words[at + O.returned];
    let link = this.#own + P.unstamped;
    while (words[link] !== 0) {
      if (words[link] === number) {
        words[link] = words[at + O.nextUnstamped];
        return;
      }
      link = operationAt(words[link]) + O.nextUnstamped;
    }
  }

  #write(index: number, value: unknown): void {
    try {
      this.#values.write(index, value);
    } catch (error) {
      if (!(error instanceof TextLimitError)) throw error;
      this.#words[index] = 0;
      this.#scheduler.end(ENDING.textLimit);
    }
  }

  /** The error has its entry already, as that of the operation which it came out of. */
  #lastThrew(reason: string): boolean {
    const entry = entryAt(this.#words[H.entries]);
    return (
      this.#words[H.entries] > 0 &&
      this.#words[entry + T.kind] === KIND.throw &&
      this.#words[entry + T.process] === this.#process &&
      this.#values.read(entry + T.detailTag) === reason
    );
  }

  #stepEntry(): number {
    return entryAt(this.#words[this.#own + P.lastEntry]);
  }
}

/** Word index of operation `number`, from 1. */
export function operationAt(number: number): number {
  return (PARTS.operations >> 2) + (number - 1) * SIZES.operationWords;
}

/** Word index of trace entry `number`, from 1. */
export function entryAt(number: number): number {
  return (PARTS.trace >> 2) + (number - 1) * SIZES.entryWords;
}

/** The strand that took the step of an entry. */
export function strandOfEntry({ words }: LaneMemory, entry: number): number {
  return words[entry + T.process] * LIMITS.strandsMax + words[entry + T.strand];
}

/** What the step's object holds behind it; null if that has no room in a word. */
export function valueBehind(words: Int32Array, entry: number): number | null {
  return (words[entry + T.flags] & ENTRY.rounded) === 0 ? words[entry + T.after] : null;
}

/** What was put there is what had been there. */
export function leftAsItWas(words: Int32Array, entry: number): boolean {
  const flags = words[entry + T.flags];
  if ((flags & ENTRY.unchanged) !== 0) return true;
  return (flags & ENTRY.rounded) === 0 && words[entry + T.before] === words[entry + T.after];
}

/** The step left everything as it was: a look, a failed exchange, a pause. */
export function isIdle(words: Int32Array, entry: number): boolean {
  switch (words[entry + T.kind]) {
    case KIND.read:
    case KIND.wait:
    case KIND.sleep:
    case KIND.think:
      return true;
    case KIND.write:
    case KIND.update:
      return leftAsItWas(words, entry);
    default:
      return false;
  }
}

export function entryNumber(index: number): number {
  return (index - (PARTS.trace >> 2)) / SIZES.entryWords + 1;
}

export function textOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
