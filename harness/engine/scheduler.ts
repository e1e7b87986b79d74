import { FAULT_KINDS } from "../fault.ts";
import { dependent, writes, type AnnouncedStep } from "../dependency.ts";
import { STRATEGIES } from "../strategies/index.ts";
import type { Choice, Strategy } from "../strategies/strategy.ts";
import { Family } from "./family.ts";
import { FaultEffects } from "./fault-effects.ts";
import { FaultTable } from "./fault-table.ts";
import { footprintOf } from "./footprints.ts";
import { KIND } from "./kinds.ts";
import {
  D,
  ENDING,
  ENTRY,
  H,
  LIMITS,
  O,
  P,
  PARTS,
  PROCESS,
  S,
  SIZES,
  STRAND,
  STRAND_BITS,
  T,
  type LaneMemory,
} from "./lane-memory.ts";
import { nextDouble } from "./random.ts";
import { isIdle } from "./recorder.ts";
import { Standstill } from "./standstill.ts";
import { anyoneLive, couldGoOn, forEachDeadline, isEnabled, longestWaiting, processAt, strandAt } from "./strands.ts";

/**
 * The scheduler: announces steps, picks the next one, moves virtual time, writes the trace. All of its state lies in the
 * lane's memory, and its code is run by whichever process holds the baton; so a step that the same process continues
 * costs no system call. It never touches the clock, and it never waits: that is the baton's part.
 */
export class Scheduler implements Choice {
  count = 0;
  readonly state: Float64Array;
  readonly #memory: LaneMemory;
  readonly faults: FaultTable;
  readonly effects: FaultEffects;
  readonly family: Family;
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  readonly #standstill: Standstill;
  readonly #candidates = new Int32Array(LIMITS.processesMax * LIMITS.strandsMax);
  #strategy: Strategy = STRATEGIES[0];

  constructor(memory: LaneMemory) {
    this.#memory = memory;
    this.#words = memory.words;
    this.#doubles = memory.doubles;
    this.faults = new FaultTable(memory);
    this.effects = new FaultEffects(memory, this.faults, this);
    this.family = new Family(memory, this);
    this.#standstill = new Standstill(memory, this);
    this.state = memory.doubles.subarray(PARTS.strategy >> 3, (PARTS.strategy >> 3) + SIZES.strategyDoubles);
  }

  /** Every process calls this when it enters a run; the conductor's call also starts the strategy. */
  enter(starting: boolean): void {
    this.#strategy = STRATEGIES[this.#words[H.strategy]];
    if (starting) this.#strategy.begin?.(this);
  }

  /**
   * Makes the next step of a strand known. `task` 0 is the step in which the process's stack is blocked; others belong to
   * awaiting tasks. `thinkMs` is the longest that a step of kind `think` may take; `byteLength` see `AnnouncedStep`.
   */
  announce(
    process: number,
    task: number,
    kind: number,
    object: number,
    label: number,
    { thinkMs = 0, byteLength = 0 }: AnnouncedDetails = NO_DETAILS,
  ): number {
    const words = this.#words;
    const record = strandAt(process, task);
    words[record + S.state] = STRAND.ready;
    words[record + S.kind] = kind;
    words[record + S.object] = object;
    words[record + S.label] = label;
    words[record + S.byteLength] = byteLength;
    if (kind === KIND.think) {
      this.#doubles[(record + S.deadline) >> 1] = thinkMs;
      words[H.timed] = 1;
    }
    const own = processAt(process);
    if (task === 0) words[own + P.blockedStack] = 1;
    else if (task > words[own + P.strandsUsed]) words[own + P.strandsUsed] = task;
    if (words[H.faults] !== 0) this.#arm(process, task);
    if (this.#strategy.announced !== undefined) this.#strategy.announced(this, this.#strandOf(process, task));
    return record;
  }

  /** The announced step is enabled only while its word holds `value`. */
  guard(record: number, value: number): void {
    this.#words[record + S.state] = STRAND.guarded;
    this.#words[record + S.order] = value;
  }

  /** The announced step has to wait until `ms` of virtual time have passed. */
  delay(record: number, ms: number): void {
    if (!(ms > 0)) return;
    this.#words[record + S.state] = STRAND.sleeping;
    this.#doubles[(record + S.deadline) >> 1] = this.now() + ms;
    this.#words[H.timed] = 1;
  }

  /** The step just granted found nothing to do: it waits for a wake of its object. */
  fallAsleep(process: number, task: number, object: number, deadlineMs: number): void {
    const words = this.#words;
    const record = strandAt(process, task);
    words[record + S.state] = STRAND.waiting;
    words[record + S.kind] = KIND.resume;
    words[record + S.object] = object;
    words[record + S.label] = 0;
    words[record + S.order] = words[H.waitSequence]++;
    this.#doubles[(record + S.deadline) >> 1] = deadlineMs;
    if (deadlineMs !== Infinity) words[H.timed] = 1;
    if (task === 0) words[processAt(process) + P.blockedStack] = 1;
    words[this.#entryAt(words[processAt(process) + P.lastEntry]) + T.flags] |= ENTRY.fellAsleep;
    if (words[H.faults] === 0) return;
    this.#arm(process, task);
    // It may have looked before somebody died, and nobody else is going to wake it.
    if (words[H.deaths] > 0) this.effects.wakeAfterDeath(process, task);
  }

  /** Wakes at most `count` strands that wait for the object, longest waiting first; returns how many. */
  wakeWaiters(object: number, count: number): number {
    let woken = 0;
    while (woken < count) {
      const record = longestWaiting(this.#words, object);
      if (record < 0) break;
      this.makeReady(record, KIND.resume);
      woken++;
    }
    return woken;
  }

  makeReady(record: number, kind: number): void {
    this.#words[record + S.state] = STRAND.ready;
    this.#words[record + S.kind] = kind;
    if (this.#strategy.announced === undefined && this.#words[H.faults] === 0) return;
    const position = (record - (PARTS.strands >> 2)) / SIZES.strandWords;
    const process = position >> STRAND_BITS;
    const task = position & (LIMITS.strandsMax - 1);
    if (this.#words[H.faults] !== 0) this.#arm(process, task);
    this.#strategy.announced?.(this, this.#strandOf(process, task));
  }

  /**
   * The strand that is to move next, its step entered into the trace; -1 if the run is over (`H.ending` says how); REST if nobody
   * can move, but may have to hear from a server first.
   */
  pick(): number {
    const words = this.#words;
    this.#standstill.notice();
    for (;;) {
      if (words[H.ending] !== ENDING.none) return -1;
      if (words[H.steps] >= words[H.stepsMax] || words[H.entries] >= LIMITS.entriesMax - 1)
        return this.end(ENDING.stepLimit);
      while (!this.#gather() || this.#standstill.among(this.#candidates, this.count)) {
        if (this.#leapToNextDeadline()) continue;
        if (this.count > 0) break;
        if (!anyoneLive(words)) return this.end(ENDING.finished);
        if (words[H.servers] === 1 && words[H.silent] === 0) return REST;
        return this.end(ENDING.deadlock);
      }
      let index = 0;
      if (this.count > 1) words[H.choices]++;
      if (this.count > 1 || this.#strategy.everyStep === true) {
        index = this.#mayBeUnfair() ? Math.floor(this.random() * this.count) : this.#strategy.choose(this);
        if (index < 0) return this.end(ENDING.pruned);
      }
      const strand = this.#candidates[index];
      const fault = this.faults.turnFor(strand);
      if (fault < 0) return this.#grant(strand);
      this.#strike(strand, fault);
    }
  }

  /** A run this long may be one only because somebody is never let to move. */
  #mayBeUnfair(): boolean {
    return this.#strategy.fair !== true && this.#words[H.steps] > this.#words[H.stepsMax] / 2;
  }

  /** Somebody can move without any time passing. */
  get anyoneReady(): boolean {
    return this.#gather();
  }

  end(ending: number): number {
    if (this.#words[H.ending] === ENDING.none) this.#words[H.ending] = ending;
    return -1;
  }

  /** Virtual time in milliseconds since the run began. */
  now(): number {
    return this.#doubles[(PARTS.headerDoubles >> 3) + D.clock];
  }

  /** By how many milliseconds the wall clock was set forward. */
  wallOffset(): number {
    return this.#doubles[(PARTS.headerDoubles >> 3) + D.wallOffset];
  }

  /** Starts a trace entry for an event of `process`; returns its word index. */
  enterEvent(process: number, kind: number, label: number): number {
    const words = this.#words;
    let number = Atomics.add(words, H.entries, 1) + 1;
    if (number > LIMITS.entriesMax) {
      Atomics.sub(words, H.entries, 1);
      this.end(ENDING.stepLimit);
      number = LIMITS.entriesMax;
    }
    const entry = (PARTS.trace >> 2) + (number - 1) * SIZES.entryWords;
    words[entry + T.kind] = kind;
    words[entry + T.process] = process;
    words[entry + T.strand] = words[processAt(process) + P.strand];
    words[entry + T.object] = 0;
    words[entry + T.label] = label;
    words[entry + T.flags] = 0;
    words[entry + T.detailTag] = 0;
    words[entry + T.source] = 0;
    words[entry + T.operation] = 0;
    words[entry + T.candidates] = 0;
    words[entry + T.byteLength] = 0;
    this.#doubles[(entry + T.time) >> 1] = this.now();
    return entry;
  }

  // What a strategy sees.

  strand(index: number): number {
    return this.#candidates[index];
  }

  kind(index: number): number {
    const strand = this.#candidates[index];
    const fault = this.faults.turnFor(strand);
    return fault >= 0 ? this.faults.kindOfTurn(fault) : this.#words[this.#recordOf(strand) + S.kind];
  }

  object(index: number): number {
    const strand = this.#candidates[index];
    return this.faults.turnFor(strand) >= 0 ? 0 : this.#words[this.#recordOf(strand) + S.object];
  }

  dependent(index: number, other: number): boolean {
    const strand = this.#candidates[index];
    const otherStrand = this.#candidates[other];
    if (strand >> STRAND_BITS === otherStrand >> STRAND_BITS) return true;
    return dependent(this.announcedStep(strand), this.announcedStep(otherStrand));
  }

  guarded(index: number): boolean {
    const strand = this.#candidates[index];
    if (this.faults.turnFor(strand) >= 0) return false;
    return this.#words[this.#recordOf(strand) + S.state] === STRAND.guarded;
  }

  writes(index: number): boolean {
    return writes(this.announcedStep(this.#candidates[index]));
  }

  /** What a strand has announced, or is waiting to do; or what a fault is going to do in place of that. */
  announcedStep(strand: number): AnnouncedStep {
    const fault = this.faults.turnFor(strand);
    if (fault >= 0) return { kind: this.faults.kindOfTurn(fault), object: 0, label: 0, byteLength: 0 };
    const words = this.#words;
    const record = this.#recordOf(strand);
    return {
      kind: words[record + S.kind],
      object: words[record + S.object],
      label: words[record + S.label],
      byteLength: words[record + S.byteLength],
      ...footprintOf(this.#memory, words[record + S.kind], words[record + S.byteLength]),
    };
  }

  idle(strand: number): boolean {
    const words = this.#words;
    const own = processAt(strand >> STRAND_BITS);
    const number = words[own + P.lastEntry];
    if (number === 0) return false;
    const entry = this.#entryAt(number);
    if (words[entry + T.strand] !== (strand & (LIMITS.strandsMax - 1))) return false;
    return isIdle(words, entry);
  }

  fingerprint(strand: number): number {
    const fault = this.faults.turnFor(strand);
    if (fault >= 0) return this.fingerprintOf(this.faults.kindOfTurn(fault), 0, 0);
    return this.#fingerprintOfStep(strand);
  }

  #fingerprintOfStep(strand: number): number {
    const record = this.#recordOf(strand);
    return this.fingerprintOf(
      this.#words[record + S.kind],
      this.#words[record + S.object],
      this.#words[record + S.label],
    );
  }

  /** What identifies a step across edits of the program: its kind and the names involved, 1 ... 2^31 - 1. */
  fingerprintOf(kind: number, object: number, label: number): number {
    let hash = Math.imul(kind, 0x9e3779b1) ^ Math.imul(this.#objectName(object), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15) ^ label, 0xc2b2ae35);
    return (hash ^ (hash >>> 16)) & 0x7fffffff || 1;
  }

  get last(): number {
    return this.#words[H.lastStrand];
  }

  get steps(): number {
    return this.#words[H.steps];
  }

  get processes(): number {
    return this.#words[H.planned];
  }

  get places(): number {
    return this.#words[H.processes];
  }

  role(process: number): number {
    return this.#words[processAt(process) + P.role];
  }

  random(): number {
    return nextDouble(this.#words, H.random);
  }

  thinkMs(strand: number): number {
    const record = this.#recordOf(strand);
    return this.#words[record + S.kind] === KIND.think ? this.#doubles[(record + S.deadline) >> 1] : 0;
  }

  get scheduleLength(): number {
    return this.#words[H.scheduleLength];
  }

  schedule(index: number): number {
    return this.#words[(PARTS.schedule >> 2) + index];
  }

  diverged(strand: number): void {
    if (this.#words[H.divergedAt] !== 0) return;
    this.#words[H.divergedAt] = this.#words[H.entries] + 1;
    this.#words[H.divergedStrand] = strand;
  }

  // The parts of pick, in order.

  /** Collects the enabled strands, by ascending process and task; false if there is none. */
  #gather(): boolean {
    const words = this.#words;
    const processes = words[H.processes];
    let count = 0;
    for (let process = 0; process < processes; process++) {
      const own = processAt(process);
      if (words[own + P.state] !== PROCESS.live || words[own + P.paused] !== 0) continue;
      const first = strandAt(process, 0);
      if (words[own + P.blockedStack] === 1) {
        const strand = process * LIMITS.strandsMax + words[own + P.strand];
        if (isEnabled(words, first) || this.faults.turnFor(strand) >= 0) this.#candidates[count++] = strand;
        continue;
      }
      const used = words[own + P.strandsUsed];
      for (let task = 1; task <= used; task++) {
        const strand = process * LIMITS.strandsMax + task;
        const state = words[first + task * SIZES.strandWords + S.state];
        if (state === STRAND.ready || (state !== STRAND.free && this.faults.turnFor(strand) >= 0)) {
          this.#candidates[count++] = strand;
        }
      }
    }
    this.count = count;
    return count > 0;
  }

  /** Nobody can move: virtual time goes on to the next deadline. False if there is none. */
  #leapToNextDeadline(): boolean {
    let next = this.#words[H.faults] === 0 ? Infinity : this.effects.firstEndOfPause();
    forEachDeadline(this.#memory, (deadline) => {
      if (deadline < next) next = deadline;
    });
    if (next === Infinity) return false;
    if (this.#words[H.faults] !== 0) this.effects.endPauses(next);
    const clock = (PARTS.headerDoubles >> 3) + D.clock;
    if (next > this.#doubles[clock]) this.#doubles[clock] = next;
    this.#standstill.end();
    forEachDeadline(this.#memory, (deadline, record) => {
      if (deadline > next) return;
      const slept = this.#words[record + S.state] === STRAND.sleeping;
      this.makeReady(record, slept ? this.#words[record + S.kind] : KIND.timeout);
    });
    return true;
  }

  #grant(strand: number): number {
    const words = this.#words;
    const own = processAt(strand >> STRAND_BITS);
    const record = this.#recordOf(strand);
    if (this.#strategy.granted !== undefined) this.#strategy.granted(this, strand);
    this.#standstill.count(strand);

    const entry = this.#enterStep(strand, words[record + S.kind], record);
    if (words[record + S.state] === STRAND.guarded) words[entry + T.flags] |= ENTRY.guarded;
    if (words[H.faults] !== 0) this.#befall(strand, entry);
    words[own + P.strand] = strand & (LIMITS.strandsMax - 1);
    words[own + P.steps]++;
    words[own + P.lastEntry] = words[H.entries];
    words[own + P.blockedStack] = 0;
    words[record + S.state] = STRAND.free;
    words[record + S.byteLength] = 0;
    this.#stampInvocations(own, words[H.entries]);
    return strand;
  }

  /** Writes down that it is the strand's turn; returns the entry's word index. */
  #enterStep(strand: number, kind: number, record: number): number {
    const words = this.#words;
    const process = strand >> STRAND_BITS;
    let flags = this.count > 1 ? ENTRY.choice : 0;
    const last = words[H.lastStrand];
    const lastProcess = last >> STRAND_BITS;
    if (last >= 0 && lastProcess !== process) {
      words[H.switches]++;
      flags |= ENTRY.switched;
      if (couldGoOn(words, lastProcess)) {
        words[H.preemptions]++;
        flags |= ENTRY.preempted;
      }
    }

    const number = ++words[H.entries];
    const entry = (PARTS.trace >> 2) + (number - 1) * SIZES.entryWords;
    words[entry + T.kind] = kind;
    words[entry + T.process] = process;
    words[entry + T.strand] = strand & (LIMITS.strandsMax - 1);
    words[entry + T.object] = words[record + S.object];
    words[entry + T.label] = words[record + S.label];
    words[entry + T.flags] = flags;
    words[entry + T.detailTag] = 0;
    words[entry + T.source] = 0;
    words[entry + T.operation] = 0;
    words[entry + T.byteLength] = words[record + S.byteLength];
    words[entry + T.candidates] = words[H.keepCandidates] === 1 ? this.#keepCandidates() : 0;
    this.#doubles[(entry + T.time) >> 1] = this.now();

    words[H.steps]++;
    words[H.progress]++;
    words[H.lastStrand] = strand;
    return entry;
  }

  // Faults.

  #arm(process: number, task: number): void {
    const strand = this.#strandOf(process, task);
    this.faults.arm(strand, strandAt(process, task), processAt(process), this.#fingerprintOfStep(strand));
  }

  /** A fault that befalls the step itself is noted with it; faults that wait for a later step like it count it. */
  #befall(strand: number, entry: number): void {
    const fault = this.faults.armedFor(strand);
    if (fault >= 0) {
      this.#words[entry + T.flags] |= (FAULT_KINDS.indexOf(this.faults.kind(fault)) + 1) << ENTRY.faultShift;
      this.faults.strike(fault, this.#words[H.entries]);
    }
    this.faults.taken(strand, this.#fingerprintOfStep(strand));
  }

  /** It is a fault's turn, in place of the strand's step. */
  #strike(strand: number, fault: number): void {
    const words = this.#words;
    const process = strand >> STRAND_BITS;
    const record = this.#recordOf(strand);
    if (this.#strategy.granted !== undefined) this.#strategy.granted(this, strand);
    const entry = this.#enterStep(strand, this.faults.kindOfTurn(fault), record);
    const kind = this.faults.kind(fault);
    words[entry + T.flags] |= (FAULT_KINDS.indexOf(kind) + 1) << ENTRY.faultShift;
    // What it was about to do, for who reads the trace.
    words[entry + T.before] = words[record + S.kind];
    this.faults.strike(fault, words[H.entries]);
    this.effects.apply(kind, fault, process, record);
    // Another fault may be waiting for the same step.
    if (words[processAt(process) + P.state] === PROCESS.live) {
      this.#arm(process, words[processAt(process) + P.blockedStack] === 1 ? 0 : strand & (LIMITS.strandsMax - 1));
    }
  }

  /** An operation begins with its first step: operations invoked since the process's last step get this one's number. */
  #stampInvocations(own: number, number: number): void {
    const words = this.#words;
    let next = words[own + P.unstamped];
    while (next !== 0) {
      const operation = (PARTS.operations >> 2) + (next - 1) * SIZES.operationWords;
      words[operation + O.invoked] = number;
      next = words[operation + O.nextUnstamped];
    }
    words[own + P.unstamped] = 0;
  }

  /** Stores the list of candidates; returns where, + 1. */
  #keepCandidates(): number {
    const words = this.#words;
    const used = words[H.candidatesUsed];
    if (used + this.count + 1 > LIMITS.candidatesMax) return 0;
    const start = (PARTS.candidates >> 2) + used;
    words[start] = this.count;
    for (let index = 0; index < this.count; index++) words[start + 1 + index] = this.#candidates[index];
    words[H.candidatesUsed] = used + this.count + 1;
    return used + 1;
  }

  /** A name's hash for an object, so that it survives a change in the order of allocation; names themselves are negative. */
  #objectName(object: number): number {
    if (object <= 0) return object;
    const words = this.#words;
    let low = 0;
    let high = words[H.objectCount] - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const at = (PARTS.objects >> 2) + middle * SIZES.objectWords;
      if (object < words[at]) high = middle - 1;
      else if (object >= words[at + 1]) low = middle + 1;
      else return words[at + 2] ^ (object - words[at]);
    }
    return object;
  }

  #entryAt(number: number): number {
    return (PARTS.trace >> 2) + (number - 1) * SIZES.entryWords;
  }

  #recordOf(strand: number): number {
    const process = strand >> STRAND_BITS;
    const blocked = this.#words[processAt(process) + P.blockedStack] === 1;
    return strandAt(process, blocked ? 0 : strand & (LIMITS.strandsMax - 1));
  }

  #strandOf(process: number, task: number): number {
    return process * LIMITS.strandsMax + (task === 0 ? this.#words[processAt(process) + P.strand] : task);
  }
}

/** See `pick`. */
export const REST = -2;

export interface AnnouncedDetails {
  readonly thinkMs?: number;
  readonly byteLength?: number;
}

const NO_DETAILS: AnnouncedDetails = {};
