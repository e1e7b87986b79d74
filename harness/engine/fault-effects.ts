import type { FaultKind } from "../fault.ts";
import type { Family } from "./family.ts";
import type { FaultTable } from "./fault-table.ts";
import { KIND } from "./kinds.ts";
import { D, ENDING, H, P, PARTS, PROCESS, S, SIGNAL, STRAND, type LaneMemory } from "./lane-memory.ts";
import { processAt, strandAt } from "./strands.ts";

/** What happens to processes, to those who sleep, and to time, when a fault strikes. */
export class FaultEffects {
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  readonly #faults: FaultTable;
  readonly #scheduler: Announcing;

  constructor(memory: LaneMemory, faults: FaultTable, scheduler: Announcing) {
    this.#words = memory.words;
    this.#doubles = memory.doubles;
    this.#faults = faults;
    this.#scheduler = scheduler;
  }

  /** The fault of that number befalls the process, whose step `record` is. */
  apply(kind: FaultKind, fault: number, process: number, record: number): void {
    switch (kind) {
      case "pause":
        for (const one of [process, ...this.#scheduler.family.threadsOf(process)])
          this.#words[processAt(one) + P.paused] = fault + 1;
        this.#faults.holdUntil(fault, this.#scheduler.now() + this.#faults.ms(fault));
        break;
      case "wake":
        this.#scheduler.makeReady(record, KIND.resume);
        break;
      case "clock":
        this.#doubles[(PARTS.headerDoubles >> 3) + D.wallOffset] += this.#faults.ms(fault);
        break;
      default:
        this.kill(process);
        if (kind === "restart") this.#restart(process);
    }
  }

  /** The process is dead from now on; whoever sleeps gets a chance to notice. */
  kill(process: number, signal: number = SIGKILL): void {
    const words = this.#words;
    const own = processAt(process);
    words[own + P.state] = PROCESS.killed;
    words[own + P.diedAt] = words[H.entries];
    words[own + P.paused] = 0;
    words[H.deaths]++;
    this.#scheduler.family.ended(process, 0, signal);
    // What a thread holds is seen from outside only where it is connected to a server.
    if (words[H.signals] === 1 && (words[own + P.thread] === 0 || words[H.servers] === 1)) {
      words[own + P.signal] = SIGNAL.due;
      words[H.doomed]++;
    }
    for (let other = 0; other < words[H.processes]; other++) {
      if (words[processAt(other) + P.state] !== PROCESS.live) continue;
      const blocked = words[processAt(other) + P.blockedStack] === 1;
      const last = blocked ? 0 : words[processAt(other) + P.strandsUsed];
      for (let task = blocked ? 0 : 1; task <= last; task++) {
        if (words[strandAt(other, task) + S.state] === STRAND.waiting) this.wakeAfterDeath(other, task);
      }
    }
  }

  /** Who sleeps may have looked at an owner before it died, and nobody else is going to wake it: once after each death. */
  wakeAfterDeath(process: number, task: number): void {
    const words = this.#words;
    // A blocked stack is the strand's whose code it runs.
    const strand = strandAt(process, task || words[processAt(process) + P.strand]);
    if (words[strand + S.deaths] === words[H.deaths]) return;
    words[strand + S.deaths] = words[H.deaths];
    this.#scheduler.makeReady(strandAt(process, task), KIND.resume);
  }

  /** Virtual time at which the first process goes on that stands still; Infinity if none does. */
  firstEndOfPause(): number {
    const words = this.#words;
    let first = Infinity;
    for (let process = 0; process < words[H.processes]; process++) {
      const paused = words[processAt(process) + P.paused];
      if (paused !== 0) first = Math.min(first, this.#faults.until(paused - 1));
    }
    return first;
  }

  endPauses(time: number): void {
    const words = this.#words;
    for (let process = 0; process < words[H.processes]; process++) {
      const own = processAt(process);
      if (words[own + P.paused] !== 0 && this.#faults.until(words[own + P.paused] - 1) <= time)
        words[own + P.paused] = 0;
    }
  }

  /** A fresh process is going to begin the dead one's role, as soon as it gets its turn. */
  #restart(dead: number): void {
    const words = this.#words;
    // Whoever has started a process may start another one; nobody else does.
    if (words[processAt(dead) + P.parent] !== 0) return;
    for (let process = words[H.starters]; process < words[H.processes]; process++) {
      const own = processAt(process);
      if (words[own + P.state] !== PROCESS.absent) continue;
      words[own + P.state] = PROCESS.live;
      words[own + P.restartOf] = words[processAt(dead) + P.restartOf] || dead + 1;
      words[own + P.role] = words[processAt(dead) + P.role];
      words[own + P.strand] = 1;
      this.#scheduler.announce(process, 1, KIND.restart, 0, 0);
      return;
    }
    // The program has started processes of its own meanwhile.
    this.#scheduler.end(ENDING.crowded);
  }
}

const SIGKILL = 9;

/** The scheduler, as far as faults make it do something. */
interface Announcing {
  readonly family: Pick<Family, "ended" | "threadsOf">;
  now(): number;
  announce(process: number, task: number, kind: number, object: number, label: number): number;
  makeReady(record: number, kind: number): void;
  end(ending: number): number;
}
