import { futexWait, futexWake } from "../../primitives/memory/linux.ts";
import { PARTS, type LaneMemory } from "./lane-memory.ts";

/**
 * Whose turn it is. In a lane exactly one process runs at a time: the one that holds the baton. Each has a word to sleep
 * on; passing the baton is one store and one wake, and since all of a lane's processes are pinned to one core, the kernel
 * goes straight from one to the other.
 *
 * Agent 0 is the conductor, agent i + 1 the worker that plays process i.
 */
export class Baton {
  readonly #turns: Int32Array;
  readonly #address: number;
  readonly #own: number;

  constructor(memory: LaneMemory, own: number) {
    this.#turns = memory.words.subarray(PARTS.turns >> 2);
    this.#address = memory.region.address + PARTS.turns;
    this.#own = own;
  }

  passTo(agent: number): void {
    Atomics.store(this.#turns, agent, 1);
    futexWake(this.#address + agent * 4, 1);
  }

  /** Sleeps until it is this process's turn. */
  await(): void {
    while (Atomics.exchange(this.#turns, this.#own, 0) === 0) {
      futexWait(this.#address + this.#own * 4, 0, -1);
    }
  }

  /**
   * As `await`, until a point on the monotonic clock; returns whether the turn came.
   *
   * @param isMeant whether a turn that has come is one that is waited for: one may have been given back late
   */
  awaitUntil(deadlineNs: number, nowNs: () => number, isMeant: () => boolean = anyTurn): boolean {
    for (;;) {
      if (Atomics.exchange(this.#turns, this.#own, 0) === 0) {
        if (nowNs() >= deadlineNs) return false;
        futexWait(this.#address + this.#own * 4, 0, deadlineNs);
      } else if (isMeant()) return true;
    }
  }
}

function anyTurn(): boolean {
  return true;
}
