import { dependent } from "../dependency.ts";
import { conflict, type ExecutedStep, type Execution } from "../exhaustive/execution.ts";
import { processOf } from "../strategies/strategy.ts";
import type { TraceEntry } from "../trace.ts";
import { isStep, KIND, kindName } from "./kinds.ts";
import type { Lane } from "./lane.ts";
import { ARENA_START, H, type LaneMemory } from "./lane-memory.ts";

/**
 * Distrust of the relation that a proof leaves runs out by: now and then a run is done again with two neighbours the other
 * way round that have nothing to do with each other, and nothing but their order may be different.
 */
export class SwappedNeighbours {
  readonly #every: number;
  #runs = 0;
  #swaps = 0;
  /** In how many of the swaps a kind of step took part. */
  readonly #kinds = new Map<string, number>();

  /** @param every so many runs one is done again; 0 for none */
  constructor(every: number) {
    this.#every = every;
  }

  /** Where in the run the two are, if this is a run to distrust: those of whose kinds the fewest were swapped. Else -1. */
  choose({ steps }: Execution): number {
    if (this.#every === 0 || this.#runs++ % this.#every !== 0) return -1;
    let best = -1;
    let fewest = Infinity;
    const last = steps.length - 1;
    for (let turn = 0; turn < last; turn++) {
      // Among equals another one each time.
      const at = (turn + this.#runs) % last;
      if (!mayBeSwapped(steps[at], steps[at + 1], at)) continue;
      const swaps = Math.min(...kindsOf(steps[at], steps[at + 1]).map((kind) => this.#kinds.get(kind) ?? 0));
      if (swaps >= fewest) continue;
      best = at;
      fewest = swaps;
    }
    return best;
  }

  swapped(first: ExecutedStep, second: ExecutedStep): void {
    this.#swaps++;
    for (const kind of new Set(kindsOf(first, second))) this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + 1);
  }

  claims(): string[] {
    if (this.#swaps === 0) return [];
    const kinds = [...this.#kinds].map(([kind, swaps]) => `${kind} ${swaps}`).sort();
    return [
      `swapping neighbours that have nothing to do with each other changed nothing, ${this.#swaps} times (${kinds.join(", ")})`,
    ];
  }
}

/** What the two are, by name; those that touch the same, and had no effect, by another one. */
function kindsOf(first: ExecutedStep, second: ExecutedStep): string[] {
  const meet = dependent(first, second);
  return [first, second].map(({ kind, effectless }) =>
    meet && effectless === true ? `${kindName(kind)} without effect` : kindName(kind),
  );
}

/** The one does not follow the other for any reason. */
function mayBeSwapped(first: ExecutedStep, second: ExecutedStep, at: number): boolean {
  if (processOf(first.strand) === processOf(second.strand) || second.enabler === at || first.epoch !== second.epoch)
    return false;
  return !conflict(first, second);
}

/** What a run left, but for the order of what different processes did. */
export class Remains {
  readonly #byProcess = new Map<string, TraceEntry[]>();
  readonly #bytes: Uint8Array;
  readonly #entries: readonly TraceEntry[];

  /** Of the lane's last run. */
  constructor(lane: Lane, { words, bytes }: LaneMemory) {
    this.#entries = lane.trace();
    for (const entry of this.#entries) {
      const own = this.#byProcess.get(entry.process);
      if (own === undefined) this.#byProcess.set(entry.process, [entry]);
      else own.push(entry);
    }
    this.#bytes = bytes.slice(ARENA_START, ARENA_START + words[H.arenaUsed]);
  }

  /** The run's steps number `at` and `at + 1`, from 0. */
  stepsAt(at: number): [TraceEntry, TraceEntry] {
    const steps = this.#entries.filter(({ kind }) => isStep(KIND[kind]));
    return [steps[at], steps[at + 1]];
  }

  /** In what the other run's are different, in words; null if in nothing. */
  differenceFrom(other: Remains): string | null {
    for (const [process, own] of this.#byProcess) {
      const others = other.#byProcess.get(process) ?? [];
      for (let at = 0; at < Math.max(own.length, others.length); at++) {
        if (textOf(own.at(at)) !== textOf(others.at(at)))
          return `${process} did '${textOf(own.at(at))}', and then '${textOf(others.at(at))}'`;
      }
    }
    return Buffer.compare(this.#bytes, other.#bytes) === 0 ? null : "the shared memory at the end was another one";
  }
}

function textOf(entry: TraceEntry | undefined): string {
  return entry === undefined ? "nothing more" : `${entry.label} ${entry.detail}`.trim();
}
