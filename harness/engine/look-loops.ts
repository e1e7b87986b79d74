import type { Awaited } from "../exhaustive/execution.ts";
import { writes } from "../dependency.ts";
import type { AttemptStep } from "../shrink/subject.ts";
import { forget, looksAt, objectsOf, remember, roundOf, WATCH_SIZE } from "../strategies/look-loop.ts";
import { processOf } from "../strategies/strategy.ts";
import { isLook, reachOf, REACHES } from "../strategies/waiting-in-vain.ts";
import { footprintOf } from "./footprints.ts";
import { isStep } from "./kinds.ts";
import { ENTRY, H, LIMITS, P, PROCESS, S, STRAND, T, type LaneMemory } from "./lane-memory.ts";
import { entryAt, isIdle, valueBehind } from "./recorder.ts";
import { processAt, strandAt } from "./strands.ts";

/**
 * Who waited by looking in the run that has just ended: see strategies/look-loop.ts. The run is gone through step by step, and by
 * the same rules as while it went on (strategies/waiting-in-vain.ts).
 */
export class LookLoops {
  /** Somebody was taken to wait so. */
  seen = false;
  seenOfSeveral = false;
  readonly #memory: LaneMemory;
  readonly #rounds: number;
  readonly #names = new Map<string, number>();
  readonly #steps: RecordedStep[] = [];
  /** What each strand takes next: it has announced it. */
  readonly #upcoming = new Map<number, number>();
  /** What each strand waits for by looking, since its last step. */
  readonly #awaits = new Map<number, readonly Awaited[]>();
  /** By the place of a step, what its strand takes after it. */
  readonly #after: (number | undefined)[] = [];
  readonly #watches: Float64Array;
  /** For each process what it has found, by object. */
  readonly #found: Map<number, number | null>[];

  constructor(memory: LaneMemory, rounds: number) {
    const { words } = memory;
    this.#rounds = rounds;
    this.#memory = memory;
    this.#watches = new Float64Array(words[H.processes] * WATCH_SIZE);
    this.#found = Array.from({ length: words[H.processes] }, () => new Map());
    for (let number = 1; number <= words[H.entries]; number++) {
      if (isStep(words[entryAt(number) + T.kind])) this.#steps.push(this.#stepAt(entryAt(number)));
    }
    this.#readAnnounced();
    for (let index = this.#steps.length - 1; index >= 0; index--) {
      const { strand, name } = this.#steps[index];
      this.#after[index] = this.#upcoming.get(strand);
      this.#upcoming.set(strand, name);
    }
  }

  get length(): number {
    return this.#steps.length;
  }

  /** The strands that wait before the next step. */
  waiting(): number[] {
    return [...this.#upcoming].filter(([strand, name]) => this.#roundOf(strand, name) > 0).map(([strand]) => strand);
  }

  /** Goes on by one step; returns the words of which one has to have changed since its strand's step before it. */
  next(index: number): readonly Awaited[] {
    const step = this.#steps[index];
    const { strand, process, object } = step;
    const awaits = this.#awaits.get(strand) ?? [];
    this.seen ||= awaits.length > 0;
    this.seenOfSeveral ||= awaits.length > 1;
    if (step.found !== undefined) this.#found[process].set(object, step.found);
    this.#watch(step);
    const after = this.#after[index];
    this.#awaits.delete(strand);
    this.#upcoming.delete(strand);
    if (after !== undefined) {
      this.#upcoming.set(strand, after);
      this.#awaits.set(strand, this.#wordsOf(process, this.#roundOf(strand, after)));
    }
    return awaits;
  }

  #wordsOf(process: number, period: number): Awaited[] {
    const objects = new Set(objectsOf(this.#watches, process * WATCH_SIZE, period));
    return [...objects].map((object) => ({ object, value: this.#found[process].get(object) ?? null }));
  }

  #roundOf(strand: number, name: number): number {
    return roundOf(this.#watches, processOf(strand) * WATCH_SIZE, name, this.#rounds);
  }

  #watch({ process, name, object, kind, found, idle, reach }: RecordedStep): void {
    const own = process * WATCH_SIZE;
    if (isLook(kind, object) && idle && found !== undefined) remember(this.#watches, own, name, object);
    else forget(this.#watches, own);
    if (idle || reach === REACHES.nothing) return;
    for (let other = 0; other < this.#watches.length; other += WATCH_SIZE) {
      if (other === own) continue;
      if (reach === REACHES.everything || looksAt(this.#watches, other, object)) forget(this.#watches, other);
    }
  }

  #stepAt(entry: number): RecordedStep {
    const { words } = this.#memory;
    const process = words[entry + T.process];
    const kind = words[entry + T.kind];
    const object = words[entry + T.object];
    const label = words[entry + T.label];
    const byteLength = words[entry + T.byteLength];
    const moved = (words[entry + T.flags] & ENTRY.moved) !== 0;
    const strand = process * LIMITS.strandsMax + words[entry + T.strand];
    const footprint = footprintOf(this.#memory, kind, byteLength);
    return {
      process,
      strand,
      name: this.#nameOf(strand, kind, object, label),
      kind,
      object,
      found: moved ? valueBehind(words, entry) : undefined,
      idle: isIdle(words, entry),
      reach: reachOf(kind, writes({ kind, object, label, byteLength, ...footprint })),
    };
  }

  /** What was announced and not taken. */
  #readAnnounced(): void {
    const { words } = this.#memory;
    for (let process = 0; process < words[H.processes]; process++) {
      const own = processAt(process);
      if (words[own + P.state] !== PROCESS.live) continue;
      const stack = words[own + P.blockedStack] === 1;
      for (let task = stack ? 0 : 1; task <= (stack ? 0 : words[own + P.strandsUsed]); task++) {
        const record = strandAt(process, task);
        if (words[record + S.state] !== STRAND.ready) continue;
        const strand = process * LIMITS.strandsMax + (stack ? words[own + P.strand] : task);
        const name = this.#nameOf(strand, words[record + S.kind], words[record + S.object], words[record + S.label]);
        this.#upcoming.set(strand, name);
      }
    }
  }

  #nameOf(...step: readonly number[]): number {
    const text = step.join(" ");
    const known = this.#names.get(text);
    if (known !== undefined) return known;
    this.#names.set(text, this.#names.size + 1);
    return this.#names.size;
  }
}

/** For each step of the run that has just ended, the strands that waited by looking before it. */
export function waitingByLooking(memory: LaneMemory, rounds: number): number[][] {
  const loops = new LookLoops(memory, rounds);
  const waiting: number[][] = [];
  for (let index = 0; index < loops.length; index++) {
    waiting.push(loops.waiting());
    loops.next(index);
  }
  return waiting;
}

/** Who waits by looking could only look once more, and again, without end: that is no way to go. */
export function withoutVainLooks(
  steps: readonly AttemptStep[],
  waiting: readonly (readonly number[])[],
): readonly AttemptStep[] {
  return steps.map((step, index) => ({
    ...step,
    candidates: step.candidates.filter((strand) => !waiting[index].includes(strand)),
  }));
}

interface RecordedStep {
  readonly process: number;
  readonly strand: number;
  /** Equal for steps of a strand that do the same to the same object. */
  readonly name: number;
  readonly kind: number;
  readonly object: number;
  /** What its object holds behind it, null if that has no room in a word; undefined if it is not known. */
  readonly found: number | null | undefined;
  readonly idle: boolean;
  /** What others look at that is another thing behind it. */
  readonly reach: number;
}
