import { FAULT_KINDS, type FaultKind } from "../fault.ts";
import { monotonicNow } from "../../primitives/memory/monotonic.ts";
import type { Baton } from "./baton.ts";
import { faultsOfNamedStep } from "./fault-table.ts";
import { KIND } from "./kinds.ts";
import { ENDING, ENTRY, H, P, PARTS, PROCESS, SIGNAL, T, type LaneMemory } from "./lane-memory.ts";
import { entryAt, entryNumber } from "./recorder.ts";
import type { Scheduler } from "./scheduler.ts";
import { processAt } from "./strands.ts";

/**
 * Faults in free mode, where they happen for real: a process sends itself SIGKILL or SIGSTOP before the step at which the
 * fault is to strike, or SIGKILL half way through a copy; it sleeps for a moment only where it is to wake up for no reason,
 * and takes no step on a file which is to fail. What it cannot do to itself, to die asleep, to go on and to begin anew, the
 * conductor does, which looks every few milliseconds.
 */
export class FreeFaults {
  readonly #words: Int32Array;
  readonly #scheduler: Scheduler;
  readonly #baton: Baton;
  readonly #bell = new Int32Array(new SharedArrayBuffer(4));

  constructor(memory: LaneMemory, scheduler: Scheduler, baton: Baton) {
    this.#words = memory.words;
    this.#scheduler = scheduler;
    this.#baton = baton;
  }

  // The process's part.

  /** It is about to take its next step. Does not return where it dies before that. */
  befall(process: number, kind: number, object: number, label: number): void {
    const words = this.#words;
    const step = ++words[processAt(process) + P.steps];
    if (words[H.faults] === 0) return;
    const fault = this.#scheduler.faults.dueAt(process, step, BEFORE_A_STEP);
    if (fault < 0) return;
    if (this.#scheduler.faults.kind(fault) === "pause") {
      this.#standStill(process, fault, { kind, object, label });
    } else {
      this.#claimOwnDeath(process);
      this.#strikeDead(process, fault, { kind, object, label });
      this.#killItself();
    }
  }

  /** It takes the step of copying something into shared memory; does not return where it dies half way. */
  befallCopy(process: number, copyHalf: () => void): void {
    const fault = this.#inStep(process, ["cut"]);
    if (fault < 0) return;
    this.#claimOwnDeath(process);
    const last = this.#words[processAt(process) + P.lastEntry];
    this.#strike(fault, entryAt(last));
    copyHalf();
    this.#die(process, last);
    this.#killItself();
  }

  /** It takes a step of the user's that names a file; returns what befalls that, or null. */
  befallFile(process: number, writes: boolean): FaultKind | null {
    const fault = this.#inStep(process, faultsOfNamedStep(writes));
    if (fault < 0) return null;
    this.#strike(fault, entryAt(this.#words[processAt(process) + P.lastEntry]));
    return this.#kindOf(fault);
  }

  /**
   * It is about to fall asleep: if it is to die before its next step, that may be there. Returns the number of the fault that
   * is to wake it for no reason, or -1.
   */
  fallAsleep(process: number): number {
    const words = this.#words;
    if (words[H.faults] === 0) return -1;
    const fault = this.#scheduler.faults.dueAt(process, words[processAt(process) + P.steps] + 1, ASLEEP);
    if (fault < 0 || this.#kindOf(fault) === "wake") return fault;
    Atomics.compareExchange(words, processAt(process) + P.signal, SIGNAL.none, SIGNAL.due);
    return -1;
  }

  /** It has woken up for no reason. */
  wakeUp(process: number, fault: number, object: number): void {
    this.#enter(process, fault, KIND.spurious, { kind: KIND.resume, object, label: 0 });
  }

  /** It has come to its end; does not return if the conductor has just killed it. */
  leave(process: number): void {
    if (this.#words[processAt(process) + P.signal] === SIGNAL.none) return;
    if (Atomics.exchange(this.#words, processAt(process) + P.signal, SIGNAL.none) === SIGNAL.sent) this.#stop();
  }

  /** One process fewer: the last one ends the run. */
  finished(): void {
    const words = this.#words;
    if (Atomics.add(words, H.finished, 1) + 1 < words[H.processes]) return;
    if (words[H.ending] === ENDING.none) words[H.ending] = ENDING.finished;
    this.#baton.passTo(0);
  }

  /** The run is cut off. */
  reachedStepLimit(): void {
    this.#scheduler.end(ENDING.stepLimit);
    this.#baton.passTo(0);
  }

  // The conductor's part.

  /** Kills those who are to die asleep, lets the roles of dead ones begin anew, and lets those go on who have stood still for long enough. */
  attend(): void {
    const words = this.#words;
    if (words[H.faults] === 0 || words[H.free] === 0) return;
    for (let process = 0; process < words[H.processes]; process++) {
      const own = processAt(process);
      const pid = words[(PARTS.pids >> 2) + process];
      if (this.#claim(process, SIGNAL.due)) {
        globalThis.process.kill(pid, "SIGKILL");
        const fault = this.#scheduler.faults.dueAt(process, words[own + P.steps] + 1, DEATHS);
        const object = words[entryAt(words[own + P.lastEntry]) + T.object];
        this.#strikeDead(process, fault, { kind: KIND.resume, object, label: 0 });
      }
      if (this.#isToBegin(process)) this.#begin(process);
      const paused = Atomics.load(words, own + P.paused);
      // Again and again, until it says that it goes on: the first may come before it has stopped.
      if (paused !== 0 && monotonicNow() >= this.#scheduler.faults.until(paused - 1)) {
        Atomics.add(words, H.progress, 1);
        globalThis.process.kill(pid, "SIGCONT");
      }
    }
  }

  /** It begins the role of one that has been killed anew, and nothing is left of that one. */
  #isToBegin(process: number): boolean {
    const words = this.#words;
    const own = processAt(process);
    if (Atomics.load(words, own + P.restartOf) === 0 || words[own + P.lastEntry] !== 0) return false;
    for (let other = 0; other < words[H.processes]; other++) {
      const killed = Atomics.load(words, processAt(other) + P.state) === PROCESS.killed;
      if (killed && isThere(words[(PARTS.pids >> 2) + other])) return false;
    }
    return true;
  }

  #begin(process: number): void {
    const entry = this.#scheduler.enterEvent(process, KIND.restart, 0);
    this.#words[entry + T.flags] = ENTRY.choice;
    this.#words[processAt(process) + P.lastEntry] = entryNumber(entry);
    Atomics.add(this.#words, H.steps, 1);
    Atomics.add(this.#words, H.progress, 1);
    this.#baton.passTo(process + 1);
  }

  /** Finds a place for one that is to begin the role anew. */
  #succeed(dead: number): void {
    const words = this.#words;
    for (let process = words[H.starters]; process < words[H.processes]; process++) {
      const own = processAt(process);
      if (Atomics.compareExchange(words, own + P.state, PROCESS.absent, PROCESS.live) !== PROCESS.absent) continue;
      Atomics.sub(words, H.finished, 1);
      words[own + P.role] = words[processAt(dead) + P.role];
      words[own + P.strand] = 1;
      Atomics.store(words, own + P.restartOf, words[processAt(dead) + P.restartOf] || dead + 1);
      return;
    }
  }

  #standStill(process: number, fault: number, before: StepAhead): void {
    const paused = processAt(process) + P.paused;
    const until = monotonicNow() + this.#scheduler.faults.ms(fault);
    this.#enter(process, fault, KIND.pause, before);
    this.#scheduler.faults.holdUntil(fault, until);
    Atomics.store(this.#words, paused, fault + 1);
    globalThis.process.kill(globalThis.process.pid, "SIGSTOP");
    // The signal may take a moment to arrive.
    while (monotonicNow() < until) Atomics.wait(this.#bell, 0, 0, 1);
    Atomics.store(this.#words, paused, 0);
  }

  /** The number of the fault of these kinds that befalls the step just entered, or -1. */
  #inStep(process: number, kinds: readonly FaultKind[]): number {
    const words = this.#words;
    return words[H.faults] === 0
      ? -1
      : this.#scheduler.faults.dueAt(process, words[processAt(process) + P.steps], kinds);
  }

  #strikeDead(process: number, fault: number, before: StepAhead): void {
    const entry = this.#enter(process, fault, KIND.kill, before);
    if (this.#kindOf(fault) === "restart") this.#succeed(process);
    this.#die(process, entry);
  }

  /** It is dead from this entry of the trace on. */
  #die(process: number, entry: number): void {
    const own = processAt(process);
    this.#words[own + P.diedAt] = entry;
    Atomics.store(this.#words, own + P.state, PROCESS.killed);
    Atomics.add(this.#words, H.deaths, 1);
    this.finished();
  }

  /** Writes the fault into the trace; returns the entry's number. */
  #enter(process: number, fault: number, turn: number, { kind, object, label }: StepAhead): number {
    const words = this.#words;
    const entry = this.#scheduler.enterEvent(process, turn, label);
    words[entry + T.object] = object;
    words[entry + T.before] = kind;
    words[entry + T.flags] = ENTRY.choice;
    this.#strike(fault, entry);
    Atomics.add(words, H.steps, 1);
    return entryNumber(entry);
  }

  #strike(fault: number, entry: number): void {
    this.#words[entry + T.flags] |= (FAULT_KINDS.indexOf(this.#kindOf(fault)) + 1) << ENTRY.faultShift;
    this.#scheduler.faults.strike(fault, entryNumber(entry));
  }

  #kindOf(fault: number): FaultKind {
    return this.#scheduler.faults.kind(fault);
  }

  /** Exactly one of the process and the conductor may carry the death out. */
  #claim(process: number, from: number): boolean {
    return Atomics.compareExchange(this.#words, processAt(process) + P.signal, from, SIGNAL.sent) === from;
  }

  #claimOwnDeath(process: number): void {
    if (!this.#claim(process, SIGNAL.none) && !this.#claim(process, SIGNAL.due)) this.#stop();
  }

  #killItself(): never {
    globalThis.process.kill(globalThis.process.pid, "SIGKILL");
    this.#stop();
  }

  /** Nothing more is done here: the signal is on its way. */
  #stop(): never {
    for (;;) Atomics.wait(this.#bell, 0, 0);
  }
}

const BEFORE_A_STEP: readonly FaultKind[] = ["kill", "restart", "pause"];
const ASLEEP: readonly FaultKind[] = ["kill", "restart", "wake"];
const DEATHS: readonly FaultKind[] = ["kill", "restart"];

/** A process of the system; one that has died is there until it has been waited for. */
function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

interface StepAhead {
  readonly kind: number;
  readonly object: number;
  readonly label: number;
}
