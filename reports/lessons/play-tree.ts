import type { PlayedRun, PlayedStep } from "../../harness/position.ts";
import type { TraceEntry } from "../../harness/trace.ts";

/**
 * The ways in which a run can go, as many as the limits let it have: what a page holds, so that a learner can be the scheduler
 * where no forkcheck runs. Every step in it was taken by a real run. Ways that differ only in the order of steps which have
 * nothing to do with each other meet again in the same position; and from each position some way leads to an end.
 */
export interface PlayTree {
  readonly processes: readonly string[];
  /** Every step that happens anywhere, once; its number and time are left out. */
  readonly steps: readonly TreeStep[];
  /** Everything that can be chosen anywhere, once. */
  readonly moves: readonly TreeMove[];
  /** What happens before the first choice: places in `steps`. */
  readonly opening: readonly number[];
  /** What can be chosen at each position; nothing at an end. The first one is the start. */
  readonly positions: readonly (readonly TreeChoice[])[];
  /** By their place in `positions`. */
  readonly ends: Readonly<Record<number, TreeEnd>>;
  /** How many choices in it lead to where it was not followed; 0 if it has every order there is. */
  readonly open: number;
}

export interface TreeStep {
  /** Place of the process in `processes`. */
  readonly process: number;
  readonly kind: TraceEntry["kind"];
  readonly label: string;
  readonly detail: string;
}

interface TreeMove {
  readonly process: number;
  readonly label: string;
}

/**
 * A place in `moves`, one in `positions`, and what happens until then, places in `steps`: numbers alone, as there are thousands
 * of them. -1 for the position if this way was not followed.
 */
export type TreeChoice = readonly [move: number, to: number, ...happened: number[]];

export interface TreeEnd {
  /** What is violated, in one sentence; null if nothing is. */
  readonly violation: string | null;
  /** Of a run that takes the same steps for the same reasons. */
  readonly token: string;
  /** How processes ended that did not just finish: "waits for lock". */
  readonly ends: readonly { readonly process: number; readonly reason: string }[];
}

export interface TreeLimits {
  /** So many runs are executed at most: each adds the positions that it passes. */
  readonly runsMax: number;
}

/**
 * Builds the tree: the ways with the fewest preemptions first, and of those the ones that part early.
 *
 * @param play a run that begins with these choices and goes on without a preemption
 */
export async function buildPlayTree(
  play: (guide: readonly number[]) => Promise<PlayedRun>,
  { runsMax }: TreeLimits,
): Promise<PlayTree> {
  const builder = new Builder();
  builder.begin(await play([]));
  let runs = 1;
  for (let place = builder.next(); place !== undefined; place = builder.next()) {
    if (builder.join(place)) continue;
    if (runs < runsMax) {
      runs++;
      builder.add(place, await play(place.guide));
    } else builder.leave();
  }
  return builder.tree;
}

class Builder {
  readonly tree = {
    processes: [] as string[],
    steps: [] as TreeStep[],
    moves: [] as TreeMove[],
    opening: [] as number[],
    positions: [] as TreeChoice[][],
    ends: {} as Record<number, TreeEnd>,
    open: 0,
  };
  readonly #steps = new Map<string, number>();
  readonly #moves = new Map<string, number>();
  /** What happens at a step and right behind it, by the step's name. */
  readonly #happened = new Map<string, readonly number[]>();
  /** Where one gets from a state. */
  readonly #ways = new Map<string, Way>();
  /** What is still to be followed, by preemptions. */
  readonly #open: Place[][] = [];

  begin(run: PlayedRun): void {
    this.tree.processes.push(...run.ends.map(({ process }) => process));
    const before = this.#between(run, -1);
    const { happened } = this.#wayAlong(run, 0, 0);
    this.tree.opening.push(...before, ...happened);
  }

  /** The choice to follow next. */
  next(): Place | undefined {
    return this.#open.find((places) => places.length > 0)?.shift();
  }

  /** The choice leads to where another one has led before, so it need not be followed: true if so. */
  join({ from, choice, step }: Place): boolean {
    const way = this.#ways.get(step.state);
    const happened = this.#happened.get(step.name);
    if (way === undefined || happened === undefined) return false;
    this.#choose(from, choice, { to: way.to, happened: [...happened, ...way.happened] });
    return true;
  }

  /** Adds what a run shows that takes the choice. */
  add({ from, choice, guide, preemptions }: Place, run: PlayedRun): void {
    this.#choose(from, choice, this.#wayWith(run, guide.length - 1, preemptions));
  }

  leave(): void {
    this.tree.open++;
  }

  /** The way with the run's step at `index`, and on to the position behind it. */
  #wayWith(run: PlayedRun, index: number, preemptions: number): Way {
    const happened = this.#between(run, index);
    const { strand, choices } = run.moments[index];
    const { name, state } = choices.find((choice) => choice.strand === strand) ?? NOT_KNOWN;
    if (name !== "") this.#happened.set(name, happened);
    const way = this.#ways.get(state) ?? this.#wayAlong(run, index + 1, preemptions);
    if (state !== "") this.#ways.set(state, way);
    return { to: way.to, happened: [...happened, ...way.happened] };
  }

  /** The way from where the run stands before its step at `index`. */
  #wayAlong(run: PlayedRun, index: number, preemptions: number): Way {
    const { positions } = this.tree;
    const to = positions.length;
    if (index === run.moments.length) {
      positions.push([]);
      this.tree.ends[to] = this.#end(run);
      return { to, happened: [] };
    }
    const { strand, choices } = run.moments[index];
    if (choices.length === 1) return this.#wayWith(run, index, preemptions);
    positions.push(choices.map(({ process, label }) => [this.#move(process, label), NOT_FOLLOWED]));
    const guide = run.moments.slice(0, index).map((moment) => moment.strand);
    for (const [choice, step] of choices.entries()) {
      const count = preemptions + (step.preempts ? 1 : 0);
      if (step.strand === strand) this.#choose(to, choice, this.#wayWith(run, index, count));
      else
        (this.#open[count] ??= []).push({ from: to, choice, step, guide: [...guide, step.strand], preemptions: count });
    }
    return { to, happened: [] };
  }

  #choose(from: number, choice: number, { to, happened }: Way): void {
    const choices = this.tree.positions[from];
    choices[choice] = [choices[choice][0], to, ...happened];
  }

  #end({ violation, token, ends }: PlayedRun): TreeEnd {
    return {
      violation: violation?.message ?? null,
      token,
      ends: ends
        .filter(({ end }) => end !== "finished")
        .map(({ process, reason }) => ({ process: this.#process(process), reason })),
    };
  }

  /** What happened at a step and behind it, before the next one; step -1 is the beginning. */
  #between({ moments, trace }: PlayedRun, index: number): readonly number[] {
    const end = (moments[index + 1]?.entry ?? trace.length + 1) - 1;
    return trace.slice(index < 0 ? 0 : moments[index].entry - 1, end).map((entry) => this.#step(entry));
  }

  #step({ process, kind, label, detail }: TraceEntry): number {
    const step: TreeStep = { process: this.#process(process), kind, label, detail };
    const key = JSON.stringify(step);
    const known = this.#steps.get(key);
    if (known !== undefined) return known;
    this.#steps.set(key, this.tree.steps.length);
    return this.tree.steps.push(step) - 1;
  }

  #move(process: string, label: string): number {
    const key = `${process} ${label}`;
    const known = this.#moves.get(key);
    if (known !== undefined) return known;
    this.#moves.set(key, this.tree.moves.length);
    return this.tree.moves.push({ process: this.#process(process), label }) - 1;
  }

  #process(name: string): number {
    return this.tree.processes.indexOf(name);
  }
}

/** A choice that is to be followed. */
interface Place {
  /** Where it stands, and which one of the choices there it is. */
  readonly from: number;
  readonly choice: number;
  readonly step: PlayedStep;
  /** The choice with all that lead to it. */
  readonly guide: readonly number[];
  readonly preemptions: number;
}

interface Way {
  readonly to: number;
  readonly happened: readonly number[];
}

const NOT_FOLLOWED = -1;
const NOT_KNOWN = { name: "", state: "" };
