import { KIND } from "../engine/kinds.ts";
import { isLocal } from "../dependency.ts";
import { forget, looksAt, remember, roundOf, WATCH_SIZE } from "./look-loop.ts";
import { indexOfStrand, processOf, STRANDS_PER_PROCESS, type Choice } from "./strategy.ts";

/**
 * Who waits by looking, at the moment of a choice: see look-loop.ts. What is found here, while a run goes on, is found again by
 * harness/engine/look-loops.ts from what was written down of it; both go by the same rules.
 */
export class WaitingInVain {
  /** Where the strategy keeps what it watches: `places` of processes, each `size` long. */
  readonly #from: number;

  constructor(from: number) {
    this.#from = from;
  }

  begin({ state, places }: Choice): void {
    state.fill(0, this.#from, this.#from + places * SIZE);
  }

  /** To be called before each choice: the step before it is over, and shows whether it has changed something. */
  settle(choice: Choice): void {
    const { last, state, places } = choice;
    if (last < 0 || choice.idle(last)) return;
    const own = this.#watchOf(last);
    forget(state, own);
    const reach = state[own + REACH];
    if (reach === REACHES.nothing) return;
    for (let process = 0; process < places; process++) {
      const other = this.#watchOf(process * STRANDS_PER_PROCESS);
      if (other === own) continue;
      if (reach === REACHES.everything || looksAt(state, other, state[own + OBJECT])) forget(state, other);
    }
  }

  /** To be called for each step granted. */
  watch(choice: Choice, strand: number): void {
    const { state } = choice;
    const index = indexOfStrand(choice, strand);
    const own = this.#watchOf(strand);
    const kind = choice.kind(index);
    const object = choice.object(index);
    state[own + REACH] = reachOf(kind, choice.writes(index));
    state[own + OBJECT] = object;
    if (isLook(kind, object)) remember(state, own, nameOf(choice, strand), object);
    else forget(state, own);
  }

  /** The strand is about to begin once more what it did in vain. */
  waits(choice: Choice, strand: number): boolean {
    return roundOf(choice.state, this.#watchOf(strand), nameOf(choice, strand)) > 0;
  }

  #watchOf(strand: number): number {
    return this.#from + processOf(strand) * SIZE;
  }
}

/** Whether a step of that kind can be one of a loop that waits by looking: it takes its object as it finds it, perhaps. */
export function isLook(kind: number, object: number): boolean {
  return object > 0 && (kind === KIND.read || kind === KIND.write || kind === KIND.update);
}

/** What others look at that is another thing behind a step of that kind which has changed something. */
export function reachOf(kind: number, writes: boolean): number {
  switch (kind) {
    case KIND.write:
    case KIND.update:
      return REACHES.object;
    case KIND.kill:
    case KIND.jump:
      return REACHES.everything;
    default:
      return writes && !isLocal(kind) ? REACHES.everything : REACHES.nothing;
  }
}

export const REACHES = { nothing: 0, object: 1, everything: 2 } as const;

// Places behind a process's watch: what its last step reaches, and its object.
const REACH = WATCH_SIZE;
const OBJECT = WATCH_SIZE + 1;
const SIZE = WATCH_SIZE + 2;

/** Strands of one process are watched together, and told apart by this. */
function nameOf(choice: Choice, strand: number): number {
  return choice.fingerprint(strand) * STRANDS_PER_PROCESS + (strand % STRANDS_PER_PROCESS);
}
