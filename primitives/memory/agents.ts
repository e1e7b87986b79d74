import { processStart } from "./linux.ts";
import {
  AGENT_DOORBELL,
  AGENT_ID,
  AGENT_PID,
  AGENT_RUNG,
  AGENT_STARTED_HIGH,
  AGENT_STARTED_LOW,
  agentIndex,
  AGENTS_MAX,
} from "./lobby.ts";
import { probe } from "./probe.ts";
import type { Region } from "./region.ts";

/** Agents are numbered from 1; a number stays below this, so that a word has room for flags beside it. */
export const AGENT_MAX = 2 ** 29 - 1;

/** A living process is looked up again after this long at the earliest, in milliseconds. */
const LOOK_AGAIN_MS = 20;

/** Who acts here, as the objects of `region` know it. Never 0. */
export function agentIn(region: Region): number {
  if (probe !== null) return probe.agent();
  return region === lastRegion ? lastAgent : ownAgent(region);
}

/** Whether the process behind `agent` still lives. Never a step; cheap enough for every look at a contended object. */
export function isAlive(region: Region, agent: number): boolean {
  if (probe !== null) return probe.alive === undefined || probe.alive(agent);
  return registryOf(region).isAlive(agent);
}

/** This process's number in the region; it enters itself the first time. */
export function ownAgent(region: Region): number {
  lastAgent = registryOf(region).own();
  lastRegion = region;
  return lastAgent;
}

export function registryOf(region: Region): Registry {
  let registry = registries.get(region);
  if (registry === undefined) registries.set(region, (registry = new Registry(region)));
  return registry;
}

// Any steady clock will do, and this one is read in a quarter of the time of the one for deadlines.
const sinceStart = performance.now.bind(performance);

const registries = new WeakMap<Region, Registry>();
// Nearly every process uses one region; asking a map for each acquire would cost more than the acquire.
let lastRegion: Region | null = null;
let lastAgent = 0;

/**
 * The processes that use a region: pid and start time, since a pid alone is given out again. A number is a slot and how
 * often that slot has been used, so the number of a dead process is never that of a living one.
 */
export class Registry {
  readonly #lobby: Int32Array;
  /** Per slot, the number last seen alive, and when. */
  readonly #seenAlive = new Int32Array(AGENTS_MAX);
  readonly #seenAtMs = new Float64Array(AGENTS_MAX);
  #own = 0;

  constructor(region: Region) {
    this.#lobby = region.lobby;
  }

  own(): number {
    if (this.#own === 0) this.#own = this.#enter();
    return this.#own;
  }

  isAlive(agent: number): boolean {
    if (agent === this.#own) return true;
    const slot = agent % AGENTS_MAX;
    if (this.at(slot) !== agent) return false;
    const nowMs = sinceStart();
    if (this.#seenAlive[slot] === agent && nowMs - this.#seenAtMs[slot] < LOOK_AGAIN_MS) return true;
    const start = processStart(this.pid(slot));
    if (start === null || start !== this.#start(slot)) return false;
    this.#seenAlive[slot] = agent;
    this.#seenAtMs[slot] = nowMs;
    return true;
  }

  /** The number in a slot; 0 if it was never used, negative while somebody enters itself. */
  at(slot: number): number {
    return Atomics.load(this.#lobby, agentIndex(slot) + AGENT_ID);
  }

  pid(slot: number): number {
    return Atomics.load(this.#lobby, agentIndex(slot) + AGENT_PID);
  }

  /** The process id behind a number, for people; 0 if it is gone. */
  pidOf(agent: number): number {
    const slot = agent % AGENTS_MAX;
    return this.at(slot) === agent ? this.pid(slot) : 0;
  }

  #start(slot: number): bigint {
    const index = agentIndex(slot);
    const low = BigInt(Atomics.load(this.#lobby, index + AGENT_STARTED_LOW) >>> 0);
    return (BigInt(Atomics.load(this.#lobby, index + AGENT_STARTED_HIGH)) << 32n) | low;
  }

  #enter(): number {
    const start = processStart(process.pid);
    if (start === null) throw new Error(`this process (${process.pid}) is not in /proc. Mount /proc to share memory.`);
    for (const takeDead of [false, true]) {
      for (let slot = 0; slot < AGENTS_MAX; slot++) {
        const before = this.at(slot);
        if (before < 0 || (before !== 0 && !(takeDead && !this.isAlive(before)))) continue;
        // Slot 0 begins at AGENTS_MAX, because no number is 0. The first time round comes again after 2^19 uses.
        const next = before === 0 ? AGENTS_MAX + slot : (before + AGENTS_MAX) & AGENT_MAX;
        const number = next < AGENTS_MAX ? next + AGENTS_MAX : next;
        const index = agentIndex(slot);
        if (Atomics.compareExchange(this.#lobby, index + AGENT_ID, before, -number) !== before) continue;
        Atomics.store(this.#lobby, index + AGENT_PID, process.pid);
        Atomics.store(this.#lobby, index + AGENT_STARTED_LOW, Number(BigInt.asIntN(32, start)));
        Atomics.store(this.#lobby, index + AGENT_STARTED_HIGH, Number(start >> 32n));
        Atomics.store(this.#lobby, index + AGENT_DOORBELL, 0);
        Atomics.store(this.#lobby, index + AGENT_RUNG, 0);
        Atomics.store(this.#lobby, index + AGENT_ID, number);
        return number;
      }
    }
    throw new RangeError(
      `${AGENTS_MAX} processes use this shared memory at the same time, which is the most there may be. ` +
        "Let some of them end, or give them a memory of their own.",
    );
  }
}
