import { DataRaceDetector, type DataRace } from "../data-race.ts";
import { writes, type AnnouncedStep } from "../dependency.ts";
import { OrderDigest } from "../order-digest.ts";
import { processOf } from "../strategies/strategy.ts";
import type { History, Operation, ProcessEnd } from "../history.ts";
import type { FaultInWords } from "../result.ts";
import type { TraceEntry } from "../trace.ts";
import { EntriesInWords } from "./entries-in-words.ts";
import type { FaultPlace } from "../shrink/subject.ts";
import { FaultRecording } from "./fault-recording.ts";
import type { Footprint } from "../footprint.ts";
import { footprintOf } from "./footprints.ts";
import { isFault, isStep, KIND } from "./kinds.ts";
import {
  D,
  ENTRY,
  H,
  LIMITS,
  O,
  OUTCOME,
  P,
  PARTS,
  PROCESS,
  S,
  SIZES,
  STRAND,
  T,
  type LaneMemory,
} from "./lane-memory.ts";
import type { Names } from "./names.ts";
import { entryAt, operationAt, strandOfEntry } from "./recorder.ts";
import type { RunNames } from "./run-names.ts";
import type { Scheduler } from "./scheduler.ts";
import { processAt, strandAt } from "./strands.ts";
import { FIRST_TEXT_TAG, hasOwnPayload, type Values } from "./values.ts";

/** Reads what a run left in the lane's memory, as the plain data that the rest of the harness works with. */
export class Recording {
  readonly faults: FaultRecording;
  readonly #memory: LaneMemory;
  readonly #names: Names;
  readonly #values: Values;
  readonly #scheduler: Scheduler;
  readonly #inWords: EntriesInWords;

  constructor(memory: LaneMemory, names: Names, values: Values, scheduler: Scheduler) {
    this.#memory = memory;
    this.#names = names;
    this.#values = values;
    this.#scheduler = scheduler;
    this.faults = new FaultRecording(memory, scheduler);
    this.#inWords = new EntriesInWords(memory, names, values, this.faults);
  }

  history(run: RunNames, final: unknown, withTimes = false): History {
    const history = { input: run.input, operations: this.operations(run), processes: this.ends(run), final };
    return withTimes ? { ...history, times: this.#times() } : history;
  }

  /** Virtual time at each rank, and at the end as that of the rank which operations have that did not begin. */
  #times(): number[] {
    const { words, doubles } = this.#memory;
    const times = [0];
    for (let number = 1; number <= words[H.entries]; number++) times.push(doubles[(entryAt(number) + T.time) >> 1]);
    times.push(doubles[(PARTS.headerDoubles >> 3) + D.clock]);
    return times;
  }

  /** In the order of invocation. */
  operations(run: RunNames): Operation[] {
    const { words } = this.#memory;
    const operations: Operation[] = [];
    const notBegun = words[H.entries] + 1;
    let sorted = true;
    for (let number = 1; number <= words[H.operations]; number++) {
      const at = operationAt(number);
      const outcome = words[at + O.outcome];
      // Called, and yet without a step of its own. If its process died so, it did nothing and never will.
      const begun = words[at + O.invoked];
      if (begun === 0 && outcome === OUTCOME.pending && words[processAt(words[at + O.process]) + P.diedAt] > 0)
        continue;
      const invoked = begun || notBegun;
      if (operations.length > 0 && invoked < operations[operations.length - 1].invoked) sorted = false;
      operations.push({
        id: number - 1,
        process: run.processes[words[at + O.process]],
        operation: this.#names.text(words[at + O.name]),
        object: words[at + O.object] === 0 ? null : run.objects.nameOf(words[at + O.object]),
        args: this.#args(at),
        result: outcome === OUTCOME.pending ? undefined : this.#values.read(at + O.resultTag),
        outcome: outcome === OUTCOME.returned ? "returned" : outcome === OUTCOME.threw ? "threw" : "pending",
        invoked,
        returned: outcome === OUTCOME.pending ? null : words[at + O.returned],
        depth: words[at + O.depth],
      });
    }
    return sorted ? operations : operations.sort((a, b) => a.invoked - b.invoked || a.id - b.id);
  }

  /**
   * A number of 53 bits that two runs of one input share if their histories are the same; different histories share it
   * with a chance of one in 2^53. 0 if the history refers to texts, which it does not look into.
   */
  behaviour(withTimes = false): number {
    const { words } = this.#memory;
    let low = 0x811c9dc5;
    let high = 0x01234567;
    const mix = (word: number): void => {
      low = Math.imul(low ^ word, 0x01000193);
      low ^= low >>> 13;
      high = Math.imul(high + word, 0x9e3779b1) ^ (high >>> 15);
    };
    const last = (PARTS.operations >> 2) + words[H.operations] * SIZES.operationWords;
    for (let at = PARTS.operations >> 2; at < last; at += SIZES.operationWords) {
      if (words[at + O.argsTag] >= FIRST_TEXT_TAG || words[at + O.resultTag] >= FIRST_TEXT_TAG) return 0;
      for (let word = 0; word < O.nextUnstamped; word++) mix(words[at + word]);
    }
    // Times are whole numbers of microseconds or coarser; what is beyond 2^31 of these wraps around, and still differs.
    if (withTimes) for (const time of this.#times()) mix(Math.round(time * 1000) | 0);
    return (high & 0x1fffff) * 0x1_0000_0000 + (low >>> 0) + 1;
  }

  /**
   * A number of 53 bits that two runs of one input share if they took their racing steps in the same order: equal up to
   * swapping independent neighbours (Mazurkiewicz). Not the times, not the order of steps that have nothing to do with
   * each other.
   */
  interleaving(): number {
    const { words } = this.#memory;
    const orders = new OrderDigest();
    for (let number = 1; number <= words[H.entries]; number++) {
      const entry = entryAt(number);
      if (!isStep(words[entry + T.kind])) continue;
      orders.add(strandOfEntry(this.#memory, entry), this.#announcedAt(entry));
    }
    return orders.value();
  }

  /**
   * Two entries of the trace that are in a data race, the later one as early as any; null if there is none. Under control
   * alone: in free mode the trace is not exact enough.
   */
  dataRace(): DataRace | null {
    const { words } = this.#memory;
    // Most runs copy nothing, or one process does.
    if (words[H.free] === 1 || !this.#copiedByMany()) return null;
    const detector = new DataRaceDetector(words[H.processes]);
    for (let number = 1; number <= words[H.entries]; number++) {
      const entry = entryAt(number);
      if (!isStep(words[entry + T.kind])) continue;
      const process = words[entry + T.process];
      const step = this.#announcedAt(entry);
      const wrote = writes(step) && (words[entry + T.flags] & ENTRY.unchanged) === 0;
      const first = detector.add({ ...step, number, process, wrote });
      if (first > 0) return { first, second: number };
      const noticesDeaths = (words[entry + T.flags] & ENTRY.looked) !== 0 || step.kind === KIND.restart;
      if (noticesDeaths) for (const dead of this.#deadBefore(number)) detector.outlive(process, dead);
    }
    return null;
  }

  #deadBefore(number: number): number[] {
    const { words } = this.#memory;
    return Array.from({ length: words[H.processes] }, (_, process) => process).filter((process) => {
      const own = processAt(process);
      return words[own + P.state] === PROCESS.killed && words[own + P.diedAt] <= number;
    });
  }

  #copiedByMany(): boolean {
    const { words } = this.#memory;
    let process = -1;
    for (let number = 1; number <= words[H.entries]; number++) {
      const entry = entryAt(number);
      if (words[entry + T.kind] !== KIND.copy) continue;
      if (process >= 0 && words[entry + T.process] !== process) return true;
      process = words[entry + T.process];
    }
    return false;
  }

  #announcedAt(entry: number): AnnouncedStep {
    const { words } = this.#memory;
    return {
      kind: words[entry + T.kind],
      object: isFault(words[entry + T.kind]) ? 0 : words[entry + T.object],
      label: words[entry + T.label],
      byteLength: words[entry + T.byteLength],
      ...footprintOf(this.#memory, words[entry + T.kind], words[entry + T.byteLength]),
    };
  }

  /** How many operations were not called by another one. */
  outermostOperations(): number {
    const { words } = this.#memory;
    let count = 0;
    for (let number = 1; number <= words[H.operations]; number++) {
      if (words[operationAt(number) + O.depth] === 0) count++;
    }
    return count;
  }

  ends(run: RunNames): ProcessEnd[] {
    return run.processes.map((process, index) => ({
      process,
      role: run.roles[index],
      ...this.#end(run, index),
      ...this.#parent(run, index),
      ...this.#death(index),
    }));
  }

  trace(run: RunNames): TraceEntry[] {
    const { words } = this.#memory;
    const entries: TraceEntry[] = [];
    const count = Math.min(words[H.entries], LIMITS.entriesMax);
    for (let step = 1; step <= count; step++) entries.push(this.#inWords.entry(run, step));
    return entries;
  }

  /** The faults that struck, in the order in which they did. */
  faultsInWords(run: RunNames): FaultInWords[] {
    return this.faults
      .entries()
      .map(({ kind, ms, step }) => ({ kind, ...this.#aboutToDo(run, step), step, ms }))
      .sort((a, b) => a.step - b.step);
  }

  /** Who is where when a fault can strike, in words. */
  placeInWords(run: RunNames, { step, asleep }: FaultPlace): { process: string; before: string } {
    const { process, label } = this.#inWords.entry(run, step);
    return { process, before: asleep ? `${label}, asleep` : label };
  }

  #aboutToDo(run: RunNames, step: number): { process: string; before: string } {
    const { words } = this.#memory;
    const entry = entryAt(step);
    const { process, label } = this.#inWords.entry(run, step);
    if (!isFault(words[entry + T.kind])) return { process, before: label };
    return { process, before: this.#inWords.labelOf(run, entry, words[entry + T.before]) };
  }

  /** For each step granted: the strand, its fingerprint, and the candidates there were (if the run kept them). */
  decisions(): Decision[] {
    const { words } = this.#memory;
    const decisions: Decision[] = [];
    for (let number = 1; number <= words[H.entries]; number++) {
      const entry = entryAt(number);
      if (!isStep(words[entry + T.kind])) continue;
      const list = words[entry + T.candidates];
      const start = (PARTS.candidates >> 2) + list;
      decisions.push({
        strand: strandOfEntry(this.#memory, entry),
        fingerprint: this.faults.fingerprintAt(entry),
        candidates: list === 0 ? [] : Array.from(words.subarray(start, start + words[start - 1])),
        preempts: (words[entry + T.flags] & ENTRY.preempted) !== 0,
        entry: number,
        ...footprintOf(this.#memory, words[entry + T.kind], words[entry + T.byteLength]),
      });
    }
    return decisions;
  }

  /** The announced step of a strand that was never granted; 0 if it has none. */
  pendingFingerprint(strand: number): number {
    const { words } = this.#memory;
    const process = processOf(strand);
    const blocked = words[processAt(process) + P.blockedStack] === 1;
    const record = strandAt(process, blocked ? 0 : strand % LIMITS.strandsMax);
    const state = words[record + S.state];
    return state === STRAND.ready || state === STRAND.guarded ? this.#scheduler.fingerprint(strand) : 0;
  }

  /** A number that two runs share exactly if all words of their traces, and what they refer to, are the same. */
  digest(): number {
    const { words } = this.#memory;
    let hash = 0x811c9dc5;
    const mix = (word: number): void => {
      hash = Math.imul(hash ^ word, 0x01000193);
      hash ^= hash >>> 15;
    };
    for (let number = 1; number <= words[H.entries]; number++) {
      const entry = entryAt(number);
      const moved = (words[entry + T.flags] & ENTRY.moved) !== 0;
      mix(words[entry + T.kind]);
      mix(words[entry + T.process]);
      mix(words[entry + T.strand]);
      mix(words[entry + T.object]);
      mix(words[entry + T.label]);
      mix(words[entry + T.flags] >> ENTRY.faultShift);
      mix(words[entry + T.detailTag]);
      // Where a text lies depends on the length of those before it; what it says follows below.
      if (hasOwnPayload(words[entry + T.detailTag])) mix(words[entry + T.detailPayload]);
      mix(words[entry + T.time]);
      mix(words[entry + T.time + 1]);
      if (moved) mix(words[entry + T.before]);
      if (moved) mix(words[entry + T.after]);
    }
    for (const text of this.#values.recorded()) {
      mix(text.byteLength);
      for (const byte of text) mix(byte);
    }
    mix(words[H.operations]);
    mix(words[H.ending]);
    return hash >>> 0;
  }

  /** How many steps each process took that was there from the beginning. */
  stepsTaken(): number[] {
    const { words } = this.#memory;
    return Array.from({ length: words[H.starters] }, (_, process) => words[processAt(process) + P.steps]);
  }

  /** All values drawn in the run, by process and order. */
  draws(): unknown[][] {
    const { words } = this.#memory;
    const draws: unknown[][] = Array.from({ length: words[H.planned] }, () => []);
    for (let number = 0; number < Math.min(words[H.draws], LIMITS.drawsMax); number++) {
      const at = (PARTS.draws >> 2) + number * 4;
      draws[words[at]][words[at + 1]] = this.#values.read(at + 2);
    }
    return draws;
  }

  #args(at: number): unknown[] {
    if (this.#memory.words[at + O.argsTag] === 0) return [];
    const args = this.#values.read(at + O.argsTag);
    return Array.isArray(args) ? args : [args];
  }

  #end(run: RunNames, index: number): Pick<ProcessEnd, "end" | "reason"> {
    const { words } = this.#memory;
    const own = processAt(index);
    switch (words[own + P.state]) {
      case PROCESS.finished:
        return { end: "finished", reason: "" };
      case PROCESS.threw:
        return { end: "threw", reason: String(this.#values.read(own + P.endTag)) };
      case PROCESS.exited:
        return { end: "exited", reason: String(this.#values.read(own + P.endTag)) };
      case PROCESS.killed:
        return { end: "killed", reason: String(this.#values.read(own + P.endTag) ?? this.#howKilled(own)) };
      case PROCESS.outside:
        return { end: "blocked", reason: "waits for something that nobody will bring about" };
      default:
        return this.#blockedOrStopped(run, index);
    }
  }

  #howKilled(own: number): string {
    return this.#memory.words[own + P.thread] === 0 ? "SIGKILL" : "terminated";
  }

  #parent(run: RunNames, index: number): { startedBy?: string; thread?: number } {
    const own = processAt(index);
    const { [own + P.parent]: parent, [own + P.thread]: thread } = this.#memory.words;
    if (parent === 0) return {};
    return { startedBy: run.processes[parent - 1], ...(thread === 0 ? {} : { thread }) };
  }

  /** When a fault killed it: what it had begun before may have happened, after that it does nothing. */
  #death(index: number): { at?: number } {
    const { words } = this.#memory;
    const at = words[processAt(index) + P.diedAt];
    return at === 0 ? {} : { at };
  }

  #blockedOrStopped(run: RunNames, index: number): Pick<ProcessEnd, "end" | "reason"> {
    const { words } = this.#memory;
    const own = processAt(index);
    const blocked = words[own + P.blockedStack] === 1;
    const lastTask = blocked ? 0 : words[own + P.strandsUsed];
    const waitsFor: string[] = [];
    let listens = false;
    for (let task = blocked ? 0 : 1; task <= lastTask; task++) {
      const record = strandAt(index, task);
      if (words[record + S.state] === STRAND.ready || words[record + S.state] === STRAND.sleeping) {
        return { end: "stopped", reason: "" };
      }
      if (words[record + S.state] === STRAND.waiting || words[record + S.state] === STRAND.guarded)
        waitsFor.push(run.objects.nameOf(words[record + S.object]));
      if (words[record + S.state] === STRAND.listening) listens = true;
    }
    if (waitsFor.length === 0 && listens) return { end: "blocked", reason: "waits to hear from another process" };
    const server = words[own + P.server];
    if (waitsFor.length === 0 && server !== 0)
      return { end: "blocked", reason: `waits for a reply from ${this.#names.text(server)}` };
    if (waitsFor.length === 0) return { end: "stopped", reason: "" };
    return { end: "blocked", reason: `waits for ${[...new Set(waitsFor)].join(" and ")}` };
  }
}

export interface Decision {
  readonly strand: number;
  readonly fingerprint: number;
  readonly candidates: readonly number[];
  /** The step came by a preemption: the process before could have gone on. */
  readonly preempts: boolean;
  /** Its entry in the trace, from 1. */
  readonly entry: number;
  /** Of a step on files: the names that it touches. */
  readonly footprint?: Footprint;
}
