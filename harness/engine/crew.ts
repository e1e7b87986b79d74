import { isStopped } from "../../primitives/memory/linux.ts";
import type { Baton } from "./baton.ts";
import { COMMAND, H, P, PARTS, PROCESS, type LaneMemory } from "./lane-memory.ts";
import { isSignal, Patience, Standstill, STOPPED_IN_WORDS, type Mishap } from "./outside.ts";
import { processAt } from "./strands.ts";
import { ScenarioError, StoppedError } from "./trouble.ts";
import type { Values } from "./values.ts";

/**
 * The workers of a lane as its runs need them: all there, with the scenario loaded. Whom somebody kills or stops from outside
 * is replaced.
 */
export class Crew {
  readonly #memory: LaneMemory;
  readonly #baton: Baton;
  readonly #workers: Workers;
  readonly #values: Values;
  readonly #standstills: Standstill[] = [];

  constructor(memory: LaneMemory, baton: Baton, workers: Workers, values: Values) {
    this.#memory = memory;
    this.#baton = baton;
    this.#workers = workers;
    this.#values = values;
  }

  /**
   * Takes care that workers 0 ... count - 1 are there and have loaded the program.
   *
   * @throws {ScenarioError} it can't be loaded
   */
  async makeReady(count: number): Promise<void> {
    const { words } = this.#memory;
    await this.#workers.ensure(count);
    const version = words[H.programVersion];
    const loading = Array.from({ length: count }, (_, worker) => worker).filter(
      (worker) => this.#loadedAt(worker) !== version,
    );
    if (loading.length === 0) return;
    words[H.command] = COMMAND.load;
    const told = new Map<number, number>();
    const deaths = new Map<number, number>();
    const patience = new Patience();
    this.#tellToLoad(loading, told);
    while (loading.some((worker) => Math.abs(this.#loadedAt(worker)) !== version)) {
      this.#baton.awaitUntil(now() + LOOK_EVERY_NS, now);
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#workers.stopping) throw new StoppedError();
      await this.#killTheStopped(loading.filter((worker) => Math.abs(this.#loadedAt(worker)) !== version));
      const lost = loading.filter((worker) => this.#workers.lost.has(worker));
      for (const worker of lost) this.#countDeath(worker, deaths);
      if (lost.length > 0) {
        await this.#workers.ensure(count);
        this.#tellToLoad(loading, told);
        patience.renew();
      }
      if (patience.look() > LOAD_MS_MAX) {
        throw new ScenarioError(
          `a worker needed more than ${LOAD_MS_MAX / 1000} s to load the scenario (limit: loadMsMax). Look for a top-level await that never ends.`,
        );
      }
    }
    // Every worker gave the baton back; the last of these must not be taken for the end of a run.
    this.#baton.awaitUntil(0, now);
    const failed = loading.find((worker) => this.#loadedAt(worker) < 0);
    if (failed !== undefined) {
      throw new ScenarioError(
        `a worker could not load the scenario: ${String(this.#values.read(processAt(failed) + P.endTag))}`,
      );
    }
  }

  /** Who of the run under way is dead, and was not meant to be. */
  dead(): Loss | null {
    const { words } = this.#memory;
    for (const [process, reason] of this.#workers.lost) {
      if (process < words[H.processes] && words[processAt(process) + P.state] !== PROCESS.killed)
        return { process, reason, kind: "died" };
    }
    return null;
  }

  /**
   * Who of the run under way has been stopped from outside, and is dead now.
   *
   * @param atOnce the run has been given up already: it does not matter for how long
   */
  async halted(atOnce = false): Promise<Loss | null> {
    const { words } = this.#memory;
    // Whom a fault has stopped is let go on by the conductor.
    const playing = Array.from({ length: words[H.processes] }, (_, process) => process).filter(
      (process) => words[processAt(process) + P.paused] === 0,
    );
    const [process] = await this.#killTheStopped(playing, atOnce);
    return process === undefined ? null : { process, reason: STOPPED_IN_WORDS, kind: "halted" };
  }

  /** Kills who takes no step. */
  async stuck(process: number): Promise<Loss> {
    const reason = `took no step for ${this.#workers.watchdogMs / 1000} s (limit: watchdogMs)`;
    await this.#kill(process, reason);
    return { process, reason, kind: "stuck" };
  }

  async #killTheStopped(candidates: readonly number[], atOnce = false): Promise<number[]> {
    const stopped = candidates.filter((worker) => {
      const pid = this.#memory.words[(PARTS.pids >> 2) + worker];
      return atOnce ? isStopped(pid) : (this.#standstills[worker] ??= new Standstill()).isTooLong(pid);
    });
    for (const worker of stopped) await this.#kill(worker, STOPPED_IN_WORDS);
    return stopped;
  }

  async #kill(worker: number, why: string): Promise<void> {
    this.#workers.mishaps.push({ worker, what: why });
    await this.#workers.kill(worker);
  }

  /** One death by a signal may have come from outside. */
  #countDeath(worker: number, deaths: Map<number, number>): void {
    const reason = this.#workers.lost.get(worker) as string;
    const count = (deaths.get(worker) ?? 0) + 1;
    deaths.set(worker, count);
    if (isSignal(reason) && count <= DEATHS_PARDONED) return;
    throw new ScenarioError(
      `a worker ended ${count === 1 ? "" : `${count} times, one after the other, `}while it loaded the scenario (${reason}). Look at what the module does when it is imported.`,
    );
  }

  /** Gives each of them the baton once: who has been replaced is another one. */
  #tellToLoad(workers: readonly number[], told: Map<number, number>): void {
    for (const worker of workers) {
      const pid = this.#memory.words[(PARTS.pids >> 2) + worker];
      if (told.get(worker) === pid) continue;
      told.set(worker, pid);
      this.#baton.passTo(worker + 1);
    }
  }

  #loadedAt(worker: number): number {
    return Atomics.load(this.#memory.words, (PARTS.loaded >> 2) + worker);
  }
}

/** Where the workers come from: the pool, seen from the conductor. Worker i plays process i. */
export interface Workers {
  /** Workers that are gone, with what they died of. */
  readonly lost: ReadonlyMap<number, string>;
  /** What befell workers that nobody here did to them; whoever reports that takes it out. */
  readonly mishaps: Mishap[];
  /** Somebody wants this lane to end. */
  readonly stopping: boolean;
  readonly watchdogMs: number;
  /** Resolves when workers 0 ... count - 1 are all alive and waiting. */
  ensure(count: number): Promise<void>;
  /** Kills a worker; resolves when it is gone. */
  kill(worker: number): Promise<void>;
  /** A fault has killed the worker: that it is lost is no mishap. */
  expect(worker: number): void;
  /** What befell the worker was the program's doing, and is no mishap. */
  forgive(worker: number): void;
  /** Resolves when the worker is known to be lost. */
  gone(worker: number): Promise<void>;
}

/** Why a run came to no end of its own. */
export interface Loss {
  readonly process: number;
  readonly reason: string;
  /** `halted`: somebody stopped the worker from outside; `stopped`: somebody wants the lane to end. */
  readonly kind: "died" | "stuck" | "halted" | "stopped";
}

const LOOK_EVERY_NS = 10e6;
const LOAD_MS_MAX = 30_000;
const DEATHS_PARDONED = 1;

const hrtime = process.hrtime.bigint;

function now(): number {
  return Number(hrtime());
}
