import { closeSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import { registryOf } from "./agents.ts";
import { createPipe, openPipeOf } from "./linux.ts";
import { AGENT_DOORBELL, AGENT_RUNG, agentIndex, AGENTS_MAX } from "./lobby.ts";
import type { Region } from "./region.ts";

const RING = new Uint8Array(1);

/**
 * How a process whose tasks await is told to look: a pipe of its own, watched by its event loop, whose writing end any
 * process of the region can open through /proc. So an awaiting task takes no thread and no place in libuv's pool.
 *
 * It keeps the process running only while `keepAlive(true)`.
 */
export class Doorbell {
  readonly #lobby: Int32Array;
  readonly #rung: number;
  readonly #socket: Socket;

  constructor(region: Region, agent: number, answer: () => void) {
    this.#lobby = region.lobby;
    const index = agentIndex(agent % AGENTS_MAX);
    this.#rung = index + AGENT_RUNG;
    const { readFd, writeFd } = createPipe();
    this.#socket = new Socket({ fd: readFd, readable: true, writable: false });
    this.#socket.on("data", () => {
      // Cleared before looking: a ring that comes while we look is heard afterwards.
      Atomics.store(this.#lobby, this.#rung, 0);
      answer();
    });
    this.#socket.unref();
    Atomics.store(this.#lobby, index + AGENT_DOORBELL, writeFd + 1);
  }

  keepAlive(yes: boolean): void {
    if (yes) this.#socket.ref();
    else this.#socket.unref();
  }
}

/** Rings the doorbells of other processes, and remembers how to reach them. */
export class Ringer {
  readonly #region: Region;
  readonly #lines = new Map<number, { readonly agent: number; readonly fd: number }>();

  constructor(region: Region) {
    this.#region = region;
  }

  /** A process that cannot be reached is dead, or looks for itself within the detection time. */
  ring(agent: number): void {
    const slot = agent % AGENTS_MAX;
    if (Atomics.exchange(this.#region.lobby, agentIndex(slot) + AGENT_RUNG, 1) === 1) return;
    try {
      writeSync(this.#line(slot, agent), RING);
    } catch {
      // The pipe is full (it has been rung often enough) or its reader is gone.
    }
  }

  #line(slot: number, agent: number): number {
    const known = this.#lines.get(slot);
    if (known?.agent === agent) return known.fd;
    if (known !== undefined) closeSync(known.fd);
    this.#lines.delete(slot);
    const registry = registryOf(this.#region);
    const doorbell = Atomics.load(this.#region.lobby, agentIndex(slot) + AGENT_DOORBELL);
    const fd = openPipeOf(registry.pid(slot), doorbell - 1);
    // Only now is it certain that the pid was still that process's when its pipe was opened.
    if (!registry.isAlive(agent)) {
      closeSync(fd);
      throw new Error("the process has ended");
    }
    this.#lines.set(slot, { agent, fd });
    return fd;
  }
}
