import { besideOf } from "../exhaustive/asides.ts";
import type { OrderInView } from "../judge.ts";
import type { Aside, ExecutedStep, Execution, Span, Step } from "../exhaustive/execution.ts";
import { asidesOf } from "./asides.ts";
import { footprintOf } from "./footprints.ts";
import { isFault, isStep, KIND } from "./kinds.ts";
import {
  ENDING,
  ENTRY,
  H,
  LIMITS,
  O,
  OUTCOME,
  P,
  PROCESS,
  S,
  SIZES,
  STRAND,
  T,
  type LaneMemory,
} from "./lane-memory.ts";
import { ROUNDS_IN_VAIN } from "../strategies/look-loop.ts";
import { processOf } from "../strategies/strategy.ts";
import { LookLoops } from "./look-loops.ts";
import { entryAt, entryNumber, leftAsItWas, operationAt, valueBehind } from "./recorder.ts";
import { processAt, strandAt } from "./strands.ts";

/**
 * Reads the run that has just ended as the exhaustive search wants to see it.
 *
 * @param order which order of operations matters, so that the steps say which begin and end with them
 * @param undecided bytes that are looked at or changed without a step, and not put in order by others
 * @param roundsInVain equal rounds of looks in vain, one after the other, after which a process is taken to wait
 */
export function recordedExecution(
  memory: LaneMemory,
  order: OrderInView,
  undecided: readonly Aside[] = [],
  roundsInVain = ROUNDS_IN_VAIN,
): RecordedExecution {
  const asides = asidesOf(memory);
  const spans = order === "none" ? null : spansOf(memory, order !== "per object");
  const beyond = { spans, asides: asides ?? new Map(), undecided, roundsInVain };
  const reader = new Reader(memory, beyond);
  for (let number = 1; number <= memory.words[H.entries]; number++) {
    if (isStep(memory.words[entryAt(number) + T.kind])) reader.read(entryAt(number));
  }
  return {
    steps: reader.steps,
    blocked: reader.blocked(),
    pruned: memory.words[H.ending] === ENDING.pruned,
    waitedInVain: reader.loops.seen,
    waitedForSeveral: reader.loops.seenOfSeveral,
    waiting: reader.waiting,
    manyStrands: reader.manyStrands(),
    hasFamily: reader.hasFamily(),
    asidesLost: asides === null,
    order,
  };
}

export interface RecordedExecution extends Execution {
  /** A process was taken to wait for words because it looked at them in vain again and again. */
  readonly waitedInVain: boolean;
  /** And for more than one word at the same time. */
  readonly waitedForSeveral: boolean;
  /** For each step, the strands that were taken to wait so then. */
  readonly waiting: readonly (readonly number[])[];
  /** A process awaited several things at the same time. */
  readonly manyStrands: boolean;
  /** The program started processes itself. */
  readonly hasFamily: boolean;
  /** There were more accesses without a step than there is room for. */
  readonly asidesLost: boolean;
  /** Which order of operations its steps say. */
  readonly order: OrderInView;
}

interface Beyond {
  readonly spans: Spans | null;
  readonly asides: ReadonlyMap<number, readonly Aside[]>;
  readonly undecided: readonly Aside[];
  readonly roundsInVain: number;
}

interface Spans {
  /** By the number of the trace entry. */
  readonly steps: ReadonlyMap<number, Span>;
  /** Of the step that a process has announced and not taken. */
  readonly pending: ReadonlyMap<number, Span>;
}

const NO_SPAN: Span = { begins: [], ends: [], inside: [] };

/**
 * An operation begins with its first step and ends with the last one that its process took before it returned.
 *
 * @param across the order of operations on different objects matters, too: all are as if they were of the scenario
 */
function spansOf(memory: LaneMemory, across: boolean): Spans {
  const { words } = memory;
  const stepsOf: number[][] = Array.from({ length: words[H.processes] }, () => []);
  for (let number = 1; number <= words[H.entries]; number++) {
    if (isStep(words[entryAt(number) + T.kind])) stepsOf[words[entryAt(number) + T.process]].push(number);
  }
  const steps = new Map<number, MutableSpan>();
  const pending = new Map<number, MutableSpan>();
  for (let number = 1; number <= words[H.operations]; number++) {
    const at = operationAt(number);
    const process = words[at + O.process];
    const object = across ? 0 : words[at + O.object];
    const open = words[at + O.outcome] === OUTCOME.pending;
    const last = open ? Infinity : words[at + O.returned];
    const own = stepsOf[process].filter((step) => step <= last);
    // One without a step of its own happens right behind the step before it.
    const first = words[at + O.invoked] === 0 ? Infinity : Math.min(words[at + O.invoked], own.at(-1) ?? Infinity);
    for (const step of own) if (step >= first) spanAt(steps, step).inside.push(object);
    if (own.includes(first)) spanAt(steps, first).begins.push(object);
    if (!open && own.length > 0) spanAt(steps, own[own.length - 1]).ends.push(object);
    if (open) spanAt(pending, process).inside.push(object);
    if (open && first === Infinity) spanAt(pending, process).begins.push(object);
  }
  return { steps, pending };
}

interface MutableSpan {
  readonly begins: number[];
  readonly ends: number[];
  readonly inside: number[];
}

function spanAt(spans: Map<number, MutableSpan>, key: number): MutableSpan {
  let span = spans.get(key);
  if (span === undefined) {
    span = { begins: [], ends: [], inside: [] };
    spans.set(key, span);
  }
  return span;
}

class Reader {
  readonly steps: ExecutedStep[] = [];
  readonly waiting: number[][] = [];
  readonly loops: LookLoops;
  readonly #memory: LaneMemory;
  readonly #spans: Spans | null;
  readonly #asides: ReadonlyMap<number, readonly Aside[]>;
  readonly #undecided: readonly Aside[];
  /** Plain bytes are copied. */
  readonly #copies: boolean;
  /** Who sleeps on a word, longest first: mirrors what the scheduler did. */
  readonly #sleepers = new Map<number, Sleeper[]>();
  readonly #wokenBy = new Map<number, number>();
  readonly #deathsSeen = new Map<number, number>();
  /** Of each step. */
  readonly #entries: number[] = [];
  #family = false;
  #deaths = 0;
  /** The last death. */
  #killed = -1;
  #epoch = 0;
  #time = 0;

  constructor(memory: LaneMemory, { spans, asides, undecided, roundsInVain }: Beyond) {
    this.loops = new LookLoops(memory, roundsInVain);
    this.#memory = memory;
    this.#spans = spans;
    this.#asides = asides;
    this.#undecided = undecided;
    this.#copies = copiesBytes(memory);
  }

  read(entry: number): void {
    const { words, doubles } = this.#memory;
    this.#entries.push(entryNumber(entry));
    const strand = words[entry + T.process] * LIMITS.strandsMax + words[entry + T.strand];
    const time = doubles[(entry + T.time) >> 1];
    if (time > this.#time) {
      this.#time = time;
      this.#epoch++;
    }
    const asides = this.#asides.get(entryNumber(entry));
    const announced = {
      strand,
      kind: words[entry + T.kind],
      object: objectAt(words, entry),
      label: words[entry + T.label],
      byteLength: words[entry + T.byteLength],
      looks: (words[entry + T.flags] & ENTRY.looked) !== 0,
      ...footprintOf(this.#memory, words[entry + T.kind], words[entry + T.byteLength]),
      ...(this.#spans === null ? {} : { span: this.#spans.steps.get(entryNumber(entry)) ?? NO_SPAN }),
      ...this.#besides(asides),
    };
    const moved = (words[entry + T.flags] & ENTRY.moved) !== 0;
    const before = moved ? words[entry + T.before] : 0;
    const told = moved ? valueBehind(words, entry) : null;
    this.waiting.push(this.loops.waiting());
    const awaits = this.loops.next(this.steps.length);
    const guard = (words[entry + T.flags] & ENTRY.guarded) === 0 ? null : is(before);
    this.steps.push({
      ...announced,
      guard: guard ?? (awaits.length === 1 ? isNot(awaits[0].value) : null),
      ...(awaits.length > 1 ? { awaits } : {}),
      before,
      ...(told === null ? {} : { after: told }),
      ...(moved && isEffectless(words, entry, this.#copies) ? { effectless: true } : {}),
      ...(asides === undefined ? {} : { asides }),
      enabler: this.#enablerOf(announced, before, entry),
      epoch: this.#epoch,
    });
  }

  /** Announced, and never enabled again. Who sleeps for a wake that never came touches nothing. */
  blocked(): Step[] {
    const { words } = this.#memory;
    const blocked: Step[] = [];
    for (let process = 0; process < words[H.processes]; process++) {
      const own = processAt(process);
      const record = strandAt(process, 0);
      if (words[own + P.state] !== PROCESS.live || words[own + P.blockedStack] !== 1) continue;
      if (words[record + S.state] !== STRAND.guarded) continue;
      blocked.push({
        strand: process * LIMITS.strandsMax + words[own + P.strand],
        kind: words[record + S.kind],
        object: words[record + S.object],
        label: words[record + S.label],
        byteLength: words[record + S.byteLength],
        guard: is(words[record + S.order]),
        ...(this.#spans === null ? {} : { span: this.#spans.pending.get(process) ?? NO_SPAN }),
        ...this.#besides(undefined),
      });
    }
    return blocked;
  }

  #besides(asides: readonly Aside[] | undefined): Pick<Step, "beside" | "mayBeside"> {
    if (this.#undecided.length === 0) return {};
    return {
      mayBeside: this.#undecided,
      ...(asides === undefined ? {} : { beside: besideOf(asides, this.#undecided) }),
    };
  }

  /** The program has started processes itself: who is told what, and who ends whom, the relation of steps does not know. */
  hasFamily(): boolean {
    return this.#family;
  }

  manyStrands(): boolean {
    const { words } = this.#memory;
    for (let process = 0; process < words[H.processes]; process++) {
      if (words[processAt(process) + P.strandsUsed] > 1) return true;
    }
    return false;
  }

  /** Which step woke the one that goes on; and who wakes whom later. */
  #enablerOf(step: Omit<Step, "guard">, woken: number, entry: number): number {
    const { words } = this.#memory;
    const sleepers = this.#sleepers.get(step.object) ?? [];
    switch (step.kind) {
      case KIND.wait:
        if ((words[entry + T.flags] & ENTRY.fellAsleep) === 0) return -1;
        if (this.#wakesForADeath(step.strand)) return -1;
        this.#sleepers.set(step.object, [...sleepers, { strand: step.strand, until: this.#timeoutAfter(entry) }]);
        return -1;
      case KIND.wake: {
        // Whose time was up has left the queue when time went on, before it says so itself.
        const waiting = sleepers.filter(({ until }) => until > this.#time);
        for (const { strand } of waiting.splice(0, woken)) this.#wokenBy.set(strand, this.steps.length);
        this.#sleepers.set(step.object, waiting);
        return -1;
      }
      case KIND.kill:
        this.#deaths++;
        this.#killed = this.steps.length;
        for (const [object, all] of this.#sleepers) {
          const others = all.filter(
            ({ strand, until }) => processOf(strand) !== processOf(step.strand) && until > this.#time,
          );
          for (const { strand } of others.filter((other) => this.#wakesForADeath(other.strand)))
            this.#wokenBy.set(strand, this.steps.length);
          this.#sleepers.set(object, []);
        }
        return -1;
      case KIND.spurious:
        this.#sleepers.set(
          step.object,
          sleepers.filter(({ strand }) => strand !== step.strand),
        );
        return -1;
      case KIND.restart:
        return this.#killed;
      case KIND.start:
        this.#family = true;
        return this.#stepAt(words[processAt(words[entry + T.process]) + P.bornAt]);
      case KIND.receive:
        return this.#stepAt(words[entry + T.before]);
      case KIND.resume: {
        const enabler = this.#wokenBy.get(step.strand) ?? -1;
        this.#wokenBy.delete(step.strand);
        return enabler;
      }
      default:
        return -1;
    }
  }

  /** The step of that entry, or of the last one before it that is a step. */
  #stepAt(number: number): number {
    return this.#entries.findLastIndex((entry) => entry <= number);
  }

  /** Each strand is woken once after a death, also if it falls asleep only then. */
  #wakesForADeath(strand: number): boolean {
    if ((this.#deathsSeen.get(strand) ?? 0) === this.#deaths) return false;
    this.#deathsSeen.set(strand, this.#deaths);
    return true;
  }

  /** When the wait that began here was given up; never, if it was not. */
  #timeoutAfter(entry: number): number {
    const { words, doubles } = this.#memory;
    const last = entryAt(words[H.entries]);
    for (let later = entry + SIZES.entryWords; later <= last; later += SIZES.entryWords) {
      const same =
        words[later + T.process] === words[entry + T.process] && words[later + T.strand] === words[entry + T.strand];
      if (!same || !isStep(words[later + T.kind])) continue;
      return words[later + T.kind] === KIND.timeout ? doubles[(later + T.time) >> 1] : Infinity;
    }
    return Infinity;
  }
}

interface Sleeper {
  readonly strand: number;
  /** Virtual time at which it gives up. */
  readonly until: number;
}

function copiesBytes({ words }: LaneMemory): boolean {
  for (let number = 1; number <= words[H.entries]; number++) {
    if (words[entryAt(number) + T.kind] === KIND.copy) return true;
  }
  return false;
}

/**
 * Nobody can tell, by what the step left, that it was taken.
 *
 * @param copies plain bytes are copied in the run: what has been done before a word was written, or somebody woken, may matter to
 * data races, also where the same was there already and nobody slept
 */
function isEffectless(words: Int32Array, entry: number, copies: boolean): boolean {
  switch (words[entry + T.kind]) {
    case KIND.write:
    case KIND.update:
      return copies ? (words[entry + T.flags] & ENTRY.unchanged) !== 0 : leftAsItWas(words, entry);
    case KIND.wait:
      return (words[entry + T.flags] & ENTRY.fellAsleep) === 0;
    case KIND.wake:
      return !copies && words[entry + T.before] === 0;
    default:
      return false;
  }
}

/** A fault touches what its process sleeps on if it wakes it up, and else nothing of its own. */
function objectAt(words: Int32Array, entry: number): number {
  const kind = words[entry + T.kind];
  return isFault(kind) && kind !== KIND.spurious ? 0 : words[entry + T.object];
}

function is(expected: number): (value: number) => boolean {
  return (value) => value === expected;
}

function isNot(expected: number | null): (value: number) => boolean {
  return (value) => value !== expected;
}
