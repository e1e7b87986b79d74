import type { Position } from "../../harness/position.ts";
import type { TraceEntry } from "../../harness/trace.ts";

/**
 * All ways in which a run can go, as far as the bounds let it: what a page holds, so that a learner can be the scheduler
 * where no forkcheck runs. Every position in it was reached by a real run.
 */
export interface PlayTree {
  readonly processes: readonly string[];
  /** Every step that happens anywhere, once; its number and time are left out. */
  readonly steps: readonly TreeStep[];
  /** The first one is the start. */
  readonly positions: readonly TreePosition[];
  /** A learner may make a process that could go on wait so often; null if as often as she likes. */
  readonly preemptionsMax: number | null;
}

export interface TreeStep {
  /** Place of the process in `processes`. */
  readonly process: number;
  readonly kind: TraceEntry["kind"];
  readonly label: string;
  readonly detail: string;
}

interface TreePosition {
  /** What happened since the position before: places in `steps`. */
  readonly happened: readonly number[];
  readonly choices: readonly TreeChoice[];
  /** null while there are choices. */
  readonly end: TreeEnd | null;
}

interface TreeChoice {
  readonly process: number;
  readonly label: string;
  /** Place in `positions`. */
  readonly to: number;
}

export interface TreeEnd {
  /** What is violated, in one sentence; null if nothing is. */
  readonly violation: string | null;
  readonly token: string;
  /** How processes ended that did not just finish: "waits for lock". */
  readonly ends: readonly { readonly process: number; readonly reason: string }[];
}

export interface TreeLimits {
  /** A tree with more positions than this is not built. */
  readonly positionsMax: number;
}

/**
 * Builds the tree with as many preemptions as the limit allows.
 *
 * @param at where a run stands after some choices; called once for each list of choices
 * @throws {RangeError} even without a preemption there are more positions than the limit
 */
export async function buildPlayTree(
  at: (guide: readonly number[]) => Promise<Position>,
  { positionsMax }: TreeLimits,
): Promise<PlayTree> {
  const known = new Map<string, Position>();
  const look = async (guide: readonly number[]): Promise<Position> => {
    const key = guide.join();
    const before = known.get(key);
    if (before !== undefined) return before;
    const position = await at(guide);
    known.set(key, position);
    return position;
  };
  let largest: PlayTree | null = null;
  for (let preemptionsMax = 0; ; preemptionsMax++) {
    const builder = new Builder(look, positionsMax);
    if (!(await builder.build([], 0, preemptionsMax))) break;
    largest = { ...builder.tree, preemptionsMax: builder.withheld ? preemptionsMax : null };
    if (!builder.withheld) break;
  }
  if (largest !== null) return largest;
  throw new RangeError(
    `there are more than ${positionsMax} positions (limit: positionsMax), even without a preemption`,
  );
}

class Builder {
  /** Some choice was not offered, because it would have been a preemption too many. */
  withheld = false;
  readonly tree = { processes: [] as string[], steps: [] as TreeStep[], positions: [] as TreePosition[] };
  readonly #at: (guide: readonly number[]) => Promise<Position>;
  readonly #positionsMax: number;
  readonly #places = new Map<string, number>();

  constructor(at: (guide: readonly number[]) => Promise<Position>, positionsMax: number) {
    this.#at = at;
    this.#positionsMax = positionsMax;
  }

  /** @returns whether it was done within the limit */
  async build(guide: readonly number[], shown: number, left: number): Promise<boolean> {
    let position = await this.#at(guide);
    if (this.tree.processes.length === 0) this.tree.processes.push(...position.ends.map(({ process }) => process));
    let open = this.#allowed(position, left);
    while (open.length === 1) {
      position = await this.#at([...position.guide, open[0].strand]);
      open = this.#allowed(position, left);
    }
    if (this.tree.positions.length >= this.#positionsMax) return false;
    const place = this.tree.positions.length;
    const choices: TreeChoice[] = [];
    this.tree.positions.push({
      happened: position.trace.slice(shown).map((entry) => this.#step(entry)),
      choices,
      end: position.choices.length > 0 ? null : this.#end(position),
    });
    for (const { strand, process, label, preempts } of open) {
      choices.push({ process: this.#process(process), label, to: this.tree.positions.length });
      if (!(await this.build([...position.guide, strand], position.trace.length, preempts ? left - 1 : left))) {
        return false;
      }
    }
    return this.tree.positions[place] !== undefined;
  }

  #step({ process, kind, label, detail }: TraceEntry): number {
    const step: TreeStep = { process: this.#process(process), kind, label, detail };
    const key = JSON.stringify(step);
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    this.#places.set(key, this.tree.steps.length);
    return this.tree.steps.push(step) - 1;
  }

  #end({ violation, token, ends }: Position): TreeEnd {
    return {
      violation: violation?.message ?? null,
      token,
      ends: ends
        .filter(({ end }) => end !== "finished")
        .map(({ process, reason }) => ({ process: this.#process(process), reason })),
    };
  }

  /** Without a preemption left, a process that can go on goes on. */
  #allowed({ choices }: Position, left: number): Position["choices"] {
    const allowed = left > 0 ? choices : choices.filter(({ preempts }) => !preempts);
    if (allowed.length < choices.length) this.withheld = true;
    return allowed;
  }

  #process(name: string): number {
    return this.tree.processes.indexOf(name);
  }
}
