import { KIND } from "../engine/kinds.ts";
import { STRANDS_PER_PROCESS } from "../strategies/strategy.ts";
import { conflict, type ExecutedStep, type Execution, type Executor, type Plan, type Step } from "./execution.ts";

/**
 * Small programs on words, run in this very process: what the exhaustive search is tested on. Blocking is as in the engine:
 * `take` and `lock` are enabled only while their word allows it, `wait` sleeps while its word holds a value until a `wake`.
 */
export type ModelProgram = readonly (readonly Instruction[])[];

export type Instruction =
  | { readonly do: "read"; readonly word: number }
  | { readonly do: "write"; readonly word: number; readonly value: number }
  | { readonly do: "add"; readonly word: number; readonly value: number }
  /** Takes one off, as soon as there is one: a lock if it begins with 1, a semaphore if with more. */
  | { readonly do: "take"; readonly word: number }
  /** Puts 0 where there is 1, as soon as there is. */
  | { readonly do: "lock"; readonly word: number }
  | { readonly do: "wait"; readonly word: number; readonly value: number }
  | { readonly do: "wake"; readonly word: number; readonly count: number }
  /** Leaves out the next `count` instructions if the last one found `value`: in the word; so many to wake; 1 for no wait. */
  | { readonly do: "skip"; readonly value: number; readonly count: number };

/** A state of the model; every step makes it another one. */
export class Model {
  readonly words: number[];
  readonly #program: ModelProgram;
  readonly #at: number[];
  readonly #seen: number[];
  /** Of each word, who sleeps on it, and since which step; longest first. */
  readonly #queues: number[][];
  readonly #wokenBy: number[];
  readonly #asleep: boolean[];
  readonly steps: ExecutedStep[] = [];

  constructor(program: ModelProgram, words: readonly number[]) {
    this.#program = program;
    this.words = [...words];
    this.#at = program.map(() => 0);
    this.#seen = program.map(() => 0);
    this.#queues = words.map(() => []);
    this.#wokenBy = program.map(() => -1);
    this.#asleep = program.map(() => false);
    for (const process of program.keys()) this.#skip(process);
  }

  /** What the process does next; null if it has ended. */
  announced(process: number): Step | null {
    const strand = process * STRANDS_PER_PROCESS;
    if (this.#asleep[process] || this.#wokenBy[process] >= 0) {
      const asleep = this.#asleep[process];
      return { strand, kind: KIND.resume, object: 0, label: 0, byteLength: 0, guard: asleep ? () => false : null };
    }
    const instruction = this.#program[process][this.#at[process]];
    if (instruction === undefined || instruction.do === "skip") return null;
    const guard = GUARDS[instruction.do] ?? null;
    return { strand, kind: KINDS[instruction.do], object: 4 + instruction.word * 8, label: 0, byteLength: 0, guard };
  }

  enabled(): number[] {
    return [...this.#program.keys()].filter((process) => {
      const step = this.announced(process);
      if (step === null || this.#asleep[process]) return false;
      return step.guard === null || step.guard(this.words[(step.object - 4) / 8]);
    });
  }

  take(process: number): void {
    const step = this.announced(process) as Step;
    if (step.kind === KIND.resume) {
      this.steps.push({ ...step, before: 0, enabler: this.#wokenBy[process], epoch: 0 });
      this.#wokenBy[process] = -1;
      return;
    }
    const instruction = this.#program[process][this.#at[process]] as Exclude<Instruction, { do: "skip" }>;
    const before = this.words[instruction.word];
    this.steps.push({ ...step, before, enabler: -1, epoch: 0 });
    this.#at[process]++;
    this.#seen[process] = before;
    this.#act(process, instruction, before);
    this.#skip(process);
  }

  #act(process: number, instruction: Exclude<Instruction, { do: "skip" }>, before: number): void {
    switch (instruction.do) {
      case "write":
        this.words[instruction.word] = instruction.value;
        break;
      case "add":
        this.words[instruction.word] = before + instruction.value;
        break;
      case "take":
      case "lock":
        this.words[instruction.word] = before - 1;
        break;
      case "wait":
        this.#seen[process] = before === instruction.value ? 0 : 1;
        if (before !== instruction.value) break;
        this.#queues[instruction.word].push(process);
        this.#asleep[process] = true;
        break;
      case "wake": {
        const woken = this.#queues[instruction.word].splice(0, instruction.count);
        for (const sleeper of woken) {
          this.#asleep[sleeper] = false;
          this.#wokenBy[sleeper] = this.steps.length - 1;
        }
        this.#seen[process] = woken.length;
        break;
      }
      default:
    }
  }

  #skip(process: number): void {
    for (;;) {
      const instruction = this.#program[process][this.#at[process]];
      if (instruction?.do !== "skip") return;
      this.#at[process] += 1 + (this.#seen[process] === instruction.value ? instruction.count : 0);
    }
  }
}

/** Executes plans on the model. */
export class ModelExecutor implements Executor {
  readonly #program: ModelProgram;
  readonly #words: readonly number[];

  constructor(program: ModelProgram, words: readonly number[]) {
    this.#program = program;
    this.#words = words;
  }

  async execute(plan: Plan): Promise<Execution> {
    const model = new Model(this.#program, this.#words);
    for (const strand of plan.guide) {
      const process = strand / STRANDS_PER_PROCESS;
      if (!model.enabled().includes(process)) break;
      model.take(process);
    }
    let asleep = plan.asleep.map((strand) => strand / STRANDS_PER_PROCESS);
    for (let enabled = model.enabled(); enabled.length > 0; enabled = model.enabled()) {
      const next = enabled.find((process) => !asleep.includes(process));
      if (next === undefined) return { steps: model.steps, blocked: [], pruned: true };
      const step = model.announced(next) as Step;
      asleep = asleep.filter((process) => !conflict(model.announced(process) as Step, step));
      model.take(next);
    }
    const blocked = [...this.#program.keys()]
      .map((process) => model.announced(process))
      .filter((step) => step !== null);
    return { steps: model.steps, blocked, pruned: false };
  }
}

const KINDS = {
  read: KIND.read,
  write: KIND.write,
  add: KIND.update,
  take: KIND.update,
  lock: KIND.update,
  wait: KIND.wait,
  wake: KIND.wake,
} as const;

const GUARDS: Readonly<Record<string, (value: number) => boolean>> = {
  take: (value) => value > 0,
  lock: (value) => value === 1,
};
