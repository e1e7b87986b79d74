import { expect, test } from "vitest";
import type { Measure } from "../harness/measure.ts";
import { OnlyRuns } from "../harness/shrink/fixtures/only-runs.ts";
import { smallestOfSpace } from "../harness/shrink/whole-space.ts";
import type { Attempt, Plan, ProofRun, Subject } from "../harness/shrink/subject.ts";
import { STRANDS_PER_PROCESS } from "../harness/strategies/strategy.ts";
import { allPrograms, CHOICES, historiesOf, NumberMachine, withoutNames } from "./fixtures/number-machine.ts";
import { ProgramSpace } from "./program-space.ts";
import type { Program } from "./program.ts";

const SIZE = { processesMax: 3, callsMax: 2, prefixMax: 1, suffixMax: 1 };
/** Of all sizes there are, those that can be gone through at once. */
const SIZES = [
  ...[1, 2, 3, 4].map((operations) => ({ processes: 1, operations })),
  ...[2, 3, 4].map((operations) => ({ processes: 2, operations })),
  { processes: 3, operations: 3 },
];

class MachineSubject extends OnlyRuns implements Subject {
  readonly space = new ProgramSpace(CHOICES, SIZE, true);
  readonly #fails: (history: string) => boolean;
  /** Somebody may wait for a limited time, as far as anybody knows. */
  readonly #timed: boolean;
  #program: Program = { prefix: [], parallel: [], suffix: [] };

  constructor(fails: (history: string) => boolean, timed: boolean) {
    super();
    this.#fails = fails;
    this.#timed = timed;
  }

  async prepare(input: unknown): Promise<{ processes: number }> {
    this.#program = input as Program;
    return { processes: this.#program.parallel.length };
  }

  async attempt({ guide }: Plan): Promise<Attempt> {
    return attemptOf(this.#program, guide, this.#fails);
  }

  async prove(visit: (run: ProofRun) => boolean): Promise<"holds" | "fails" | "undecided"> {
    for (const history of historiesOf(this.#program).keys()) {
      if (!visit({ steps: 1, timed: this.#timed })) return "undecided";
      if (this.#fails(history)) return "fails";
    }
    return "holds";
  }
}

function attemptOf(program: Program, guide: readonly number[], fails: (history: string) => boolean): Attempt {
  const machine = new NumberMachine(program);
  const steps: { strand: number; candidates: number[]; preempts: boolean }[] = [];
  let [last, switches] = [-1, 0];
  for (let enabled = machine.enabled(); enabled.length > 0; enabled = machine.enabled()) {
    const wanted = steps.length < guide.length ? guide[steps.length] / STRANDS_PER_PROCESS : last;
    const next = enabled.includes(wanted) ? wanted : enabled[0];
    const preempts = last >= 0 && next !== last && enabled.includes(last);
    const candidates = enabled.map((process) => process * STRANDS_PER_PROCESS);
    steps.push({ strand: next * STRANDS_PER_PROCESS, candidates, preempts });
    if (last >= 0 && next !== last) switches++;
    machine.take(next);
    last = next;
  }
  const measure: Measure = {
    processes: program.parallel.length,
    operations: machine.history.filter((event) => event.startsWith("(")).length,
    faults: 0,
    preemptions: steps.filter((step) => step.preempts).length,
    switches,
    steps: steps.length,
    inputSize: JSON.stringify(program).length,
  };
  const judgement = fails(machine.history.join(" ")) ? { property: "p", message: "m", operations: [] } : null;
  return { judgement, measure, steps, draws: [], faults: [] };
}

/** Of all histories there are about one in `oneIn`, chosen by a number. */
function failing(choice: number, oneIn: number): (history: string) => boolean {
  return (history) => {
    let hash = choice;
    for (const letter of withoutNames(history)) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193) >>> 0;
    return (hash ^ (hash >>> 15)) % oneIn === 0;
  };
}

test("what is certified is true: no program of as many processes and calls or fewer fails, compared with all there are", async () => {
  const runs = SIZES.map((size) => ({
    size,
    programs: allPrograms(SIZE, size.processes, size.operations).map((program) => ({
      program,
      histories: [...historiesOf(program)],
    })),
  }));
  const sizesFound = new Set<string>();
  for (let choice = 1; choice <= 60; choice++) {
    const fails = failing(choice, 20 + choice * 4);
    const least = runs.flatMap(({ size, programs }) => {
      const counts = programs.flatMap(({ histories }) =>
        histories.filter(([history]) => fails(history)).map(([, c]) => c),
      );
      return counts.length === 0 ? [] : [{ ...size, preemptions: Math.min(...counts) }];
    });
    const known = runs
      .flatMap(({ programs }) => programs)
      .findLast(({ histories }) => histories.some(([history]) => fails(history)));
    if (known === undefined) continue;
    const subject = new MachineSubject(fails, choice % 2 === 0);
    // A run of it that fails, larger than any that is to be found.
    const attempt: Attempt = {
      ...attemptOf(known.program, [], () => true),
      measure: { ...attemptOf(known.program, [], () => true).measure, preemptions: 99 },
    };
    const smallest = await smallestOfSpace(subject, { input: { value: known.program, context: undefined }, attempt });
    expect(smallest).toMatchObject({ minimal: true });
    const { processes, operations } = subject.space.sizeOf(smallest!.input as Program);
    const { preemptions } = smallest!.attempt.measure;
    sizesFound.add(`${processes}/${operations}/${preemptions}`);
    const smaller = least.filter(
      (other) =>
        other.processes <= processes &&
        other.operations <= operations &&
        (other.processes < processes || other.operations < operations || other.preemptions < preemptions),
    );
    expect({ choice, found: smallest!.input, smaller }).toEqual({ choice, found: smallest!.input, smaller: [] });
  }
  expect(sizesFound.size).toBeGreaterThan(5);
});
