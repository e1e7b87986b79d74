import type { Baton } from "./baton.ts";
import { ENDING, H, P, PROCESS, type LaneMemory } from "./lane-memory.ts";
import type { Scheduler } from "./scheduler.ts";
import { canMove, processAt } from "./strands.ts";

/** The connections of one process to servers outside of the run. */
export interface ServerConnections {
  /** So long nobody hears anything, where nobody can do anything else, before that counts as a deadlock. */
  readonly silenceMs: number;
  /** Before the process lets others move: hears what has come, and waits for what it has asked for. */
  settle(alone: boolean): void;
  /** Servers hear that the process is gone. */
  closeAll(): void;
  /** Hears what others may have brought about; the process can do nothing else. */
  listen(waitMs: number): void;
}

/**
 * Finds out whether processes that wait for servers have heard from them. Only a process itself can look at its connections, and
 * most of them are parked: so whoever holds the baton gives it to each of these for a look, and gets it back.
 */
export class ServerWatch {
  /** This process's own; null where Node is not under control. */
  connections: ServerConnections | null = null;
  readonly #words: Int32Array;
  readonly #scheduler: Scheduler;
  readonly #baton: Baton;
  readonly #process: number;

  constructor(memory: LaneMemory, scheduler: Scheduler, baton: Baton, process: number) {
    this.#words = memory.words;
    this.#scheduler = scheduler;
    this.#baton = baton;
    this.#process = process;
  }

  /** Sleeps until it is this process's turn. Others may ask meanwhile whether it has heard something. */
  awaitTurn(): void {
    const words = this.#words;
    this.#baton.await();
    while (words[H.asking] !== 0 && words[H.aborting] === 0) {
      const asker = words[H.asking] - 1;
      words[H.asking] = 0;
      this.connections?.listen(words[H.askingMs]);
      this.#baton.passTo(asker);
      this.#baton.await();
    }
  }

  /** Before the next step is chosen: whoever can move because of a server is to be among the candidates. */
  look(): void {
    const words = this.#words;
    if (words[H.servers] === 0 || words[H.ending] !== ENDING.none) return;
    if (words[H.touched] === 1) {
      words[H.touched] = 0;
      this.#askAll(LATE_REPLY_MS);
    }
    if (!this.#scheduler.anyoneReady) this.#askAll(LATE_REPLY_MS);
  }

  /** Nobody can move, now or later, unless somebody hears from a server: for some real time that may happen. */
  listenInSilence(): void {
    const words = this.#words;
    const usualMs = this.connections?.silenceMs ?? 0;
    const silenceMs = words[H.patient] === 1 ? Math.max(usualMs, PATIENT_SILENCE_MS) : usualMs;
    for (let waitedMs = 0; waitedMs < silenceMs && !this.#scheduler.anyoneReady;) {
      // The watchdog is not to take this for an endless loop.
      words[H.progress]++;
      const asked = this.#askAll(SLICE_MS);
      if (asked === 0 || words[H.aborting] === 1) break;
      waitedMs += asked * SLICE_MS;
    }
    words[H.silent] = 1;
  }

  /** Asks all who can do nothing else; returns how many these are. */
  #askAll(waitMs: number): number {
    const words = this.#words;
    let asked = 0;
    for (let process = 0; process < words[H.processes]; process++) {
      const own = processAt(process);
      if (words[own + P.state] !== PROCESS.live || words[own + P.server] === 0 || words[own + P.paused] !== 0) continue;
      if (words[own + P.blockedStack] === 1 || canMove(words, process)) continue;
      asked++;
      if (process === this.#process) {
        this.connections?.listen(waitMs);
        continue;
      }
      words[H.asking] = this.#process + 2;
      words[H.askingMs] = waitMs;
      this.#baton.passTo(process + 1);
      this.#baton.await();
      if (words[H.aborting] === 1) break;
    }
    return asked;
  }
}

/** What a step at a server brings to others comes at the same moment as its own reply, give or take this much. */
const LATE_REPLY_MS = 2;
/** More than the second after which PostgreSQL ends a deadlock among its clients by an error for one of them. */
const PATIENT_SILENCE_MS = 5000;
/** A process at a time listens for so long. */
const SLICE_MS = 5;
