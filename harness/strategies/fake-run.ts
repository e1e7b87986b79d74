import { dependent, writes } from "../dependency.ts";
import { KIND } from "../engine/kinds.ts";
import { nextDouble, seedRandom } from "../engine/random.ts";
import { PLACES } from "./state-places.ts";
import { STRANDS_PER_PROCESS, type Choice, type Strategy } from "./strategy.ts";

/**
 * Runs a strategy on processes that are lists of steps, in this very process: for tests of strategies, and for trying one
 * out. `state` may be kept from run to run, as a lane keeps it.
 */
export function fakeRun(
  strategy: Strategy,
  program: FakeProgram,
  seed: number,
  state: Float64Array = new Float64Array(PLACES.end),
): number[] {
  const run = new FakeRun(program, seed, state);
  strategy.begin?.(run);
  for (let process = 0; process < program.length; process++) run.announce(strategy, process);
  const order: number[] = [];
  while (run.gather()) {
    const ask = run.count > 1 || strategy.everyStep === true;
    const strand = run.strand(ask ? strategy.choose(run) : 0);
    strategy.granted?.(run, strand);
    const process = strand / STRANDS_PER_PROCESS;
    order.push(process);
    run.take(process);
    run.announce(strategy, process);
  }
  return order;
}

/** For each process its steps; a step that spins repeats until the word that it names was written by somebody. */
export type FakeProgram = readonly (readonly FakeStep[])[];

export interface FakeStep {
  readonly kind: "read" | "write";
  readonly object: number;
  readonly spins?: boolean;
}

export function reads(object: number): FakeStep {
  return { kind: "read", object };
}

export function stores(object: number): FakeStep {
  return { kind: "write", object };
}

class FakeRun implements Choice {
  readonly state: Float64Array;
  readonly scheduleLength = 0;
  last = -1;
  steps = 0;
  count = 0;
  readonly #program: FakeProgram;
  readonly #random = new Int32Array(4);
  readonly #next: number[];
  readonly #written = new Set<number>();
  readonly #idle = new Set<number>();
  #candidates: number[] = [];

  constructor(program: FakeProgram, seed: number, state: Float64Array) {
    this.#program = program;
    this.#next = program.map(() => 0);
    this.state = state;
    seedRandom(this.#random, 0, seed);
  }

  gather(): boolean {
    this.#candidates = [...this.#program.keys()].filter((process) => this.#stepOf(process) !== undefined);
    this.count = this.#candidates.length;
    return this.count > 0 && this.steps < FAKE_STEPS_MAX;
  }

  announce(strategy: Strategy, process: number): void {
    if (this.#stepOf(process) !== undefined) strategy.announced?.(this, process * STRANDS_PER_PROCESS);
  }

  take(process: number): void {
    const step = this.#stepOf(process);
    if (step.kind === "write") this.#written.add(step.object);
    if (step.kind === "read") this.#idle.add(process);
    else this.#idle.delete(process);
    if (step.spins !== true || this.#written.has(step.object)) this.#next[process]++;
    this.steps++;
    this.last = process * STRANDS_PER_PROCESS;
  }

  get processes(): number {
    return this.#program.length;
  }

  strand(index: number): number {
    return this.#candidates[index] * STRANDS_PER_PROCESS;
  }

  kind(index: number): number {
    return KIND[this.#stepOf(this.#candidates[index]).kind];
  }

  object(index: number): number {
    return this.#stepOf(this.#candidates[index]).object;
  }

  writes(index: number): boolean {
    return writes({ kind: this.kind(index), object: this.object(index), label: 0, byteLength: 0 });
  }

  guarded(): boolean {
    return false;
  }

  dependent(index: number, other: number): boolean {
    return dependent(
      { kind: this.kind(index), object: this.object(index), label: 0, byteLength: 0 },
      { kind: this.kind(other), object: this.object(other), label: 0, byteLength: 0 },
    );
  }

  idle(strand: number): boolean {
    return this.#idle.has(strand / STRANDS_PER_PROCESS);
  }

  fingerprint(strand: number): number {
    const step = this.#stepOf(strand / STRANDS_PER_PROCESS);
    return step.object * 16 + KIND[step.kind];
  }

  role(process: number): number {
    return process;
  }

  random(): number {
    return nextDouble(this.#random, 0);
  }

  thinkMs(): number {
    return 0;
  }

  schedule(): number {
    return 0;
  }

  diverged(): void {}

  #stepOf(process: number): FakeStep {
    return this.#program[process][this.#next[process]];
  }
}

const FAKE_STEPS_MAX = 10_000;
