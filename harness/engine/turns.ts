import { real } from "../node/originals.ts";
import type { Baton } from "./baton.ts";
import { H, P, PARTS, SIGNAL, STRAND_BITS, type LaneMemory } from "./lane-memory.ts";
import type { ProcessLife } from "./process-life.ts";
import { REST, type Scheduler } from "./scheduler.ts";
import { processAt } from "./strands.ts";
import { ServerWatch } from "./server-watch.ts";

/** Who comes after one process: runs the scheduler, and passes the baton on. Those who were killed get their signal on the way. */
export class Turns {
  readonly servers: ServerWatch;
  readonly #words: Int32Array;
  readonly #scheduler: Scheduler;
  readonly #baton: Baton;
  readonly #life: ProcessLife;
  readonly #process: number;
  readonly #own: number;

  constructor(memory: LaneMemory, scheduler: Scheduler, baton: Baton, life: ProcessLife, process: number) {
    this.#words = memory.words;
    this.#scheduler = scheduler;
    this.#baton = baton;
    this.#life = life;
    this.#process = process;
    this.#own = processAt(process);
    this.servers = new ServerWatch(memory, scheduler, baton, process);
  }

  /** Gives the baton to whoever is next, and sleeps until it is this process's turn. */
  takeTurns(): void {
    if (!this.#passOn()) this.servers.awaitTurn();
  }

  /** This process takes no further step. */
  passOnForGood(): "over" | "aborted" {
    return this.#passOn() && this.#words[H.aborting] === 1 ? "aborted" : "over";
  }

  /** Gives the baton to whoever is next; true if that is this process. */
  #passOn(): boolean {
    const words = this.#words;
    this.#life.finishCut();
    const starting = words[H.starting] + 1;
    if (starting < words[H.starters] && words[H.ending] === 0) {
      words[H.starting] = starting;
      this.#baton.passTo(starting + 1);
      return false;
    }
    this.servers.look();
    if (words[H.aborting] === 1) return true;
    let strand = this.#scheduler.pick();
    while (strand === REST) {
      if (words[H.doomed] !== 0) this.#signalDoomed();
      this.servers.listenInSilence();
      if (words[H.aborting] === 1) return true;
      strand = this.#scheduler.pick();
    }
    if (words[H.servers] === 1) words[H.silent] = 0;
    if (words[H.doomed] !== 0) this.#signalDoomed();
    const next = strand < 0 ? -1 : strand >> STRAND_BITS;
    if (next === this.#process) return true;
    const dying = words[this.#own + P.signal] === SIGNAL.due;
    if (dying) this.#note(this.#process);
    this.#baton.passTo(next + 1);
    if (dying) real.kill(real.pid, "SIGKILL");
    return false;
  }

  /**
   * Who was killed by a fault and is not this process gets its signal at once: it is parked, and holds nothing. This one itself
   * only tells its servers, for now.
   */
  #signalDoomed(): void {
    const words = this.#words;
    if (words[this.#own + P.signal] === SIGNAL.due) this.servers.connections?.closeAll();
    for (let process = 0; process < words[H.processes]; process++) {
      if (process === this.#process || words[processAt(process) + P.signal] !== SIGNAL.due) continue;
      this.#note(process);
      real.kill(words[(PARTS.pids >> 2) + process], "SIGKILL");
    }
  }

  /** Before the baton is passed on: who holds it next is not to find the process among the doomed. */
  #note(process: number): void {
    this.#words[processAt(process) + P.signal] = SIGNAL.sent;
    this.#words[H.doomed]--;
  }
}
