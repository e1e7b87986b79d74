import { KIND } from "./kinds.ts";
import { H, P, PROCESS, T, type LaneMemory } from "./lane-memory.ts";
import { entryAt } from "./recorder.ts";
import { processAt } from "./strands.ts";

/**
 * Tells, of a run in free mode in which nothing has happened for long, whether somebody is caught somewhere or all wait for
 * each other. Who waits looks up every now and then, and takes steps in doing so; these are no progress.
 */
export class FreeWatch {
  readonly #words: Int32Array;
  /** By process: as many steps it had taken when the run last moved. */
  readonly #steps: number[] = [];

  constructor(memory: LaneMemory) {
    this.#words = memory.words;
  }

  /** The run moves. */
  moved(): void {
    for (const [process, steps] of this.#live()) this.#steps[process] = steps;
  }

  /** It has not moved for too long: who has taken no step at all and waits for nobody; -1 if all wait. */
  caught(): number {
    const words = this.#words;
    for (const [process, steps] of this.#live()) {
      const last = words[processAt(process) + P.lastEntry];
      const waits = last !== 0 && words[entryAt(last) + T.kind] === KIND.wait;
      if (steps === this.#steps[process] && !waits) return process;
    }
    return -1;
  }

  /** Each process that lives, with the number of its steps. */
  #live(): [process: number, steps: number][] {
    const words = this.#words;
    return Array.from({ length: words[H.processes] }, (_, process) => process)
      .filter((process) => words[processAt(process) + P.state] === PROCESS.live)
      .map((process) => [process, words[processAt(process) + P.steps]]);
  }
}
