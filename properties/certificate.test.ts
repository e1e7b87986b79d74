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
  readonly #fails: Fails;
  /** Somebody may wait for a limited time, as far as anybody knows. */
  readonly #timed: boolean;
  #program: Program = { prefix: [], parallel: [], suffix: [] };

  constructor(fails: Fails, timed: boolean) {
    super();
    this.#fails = fails;
    this.#timed = timed;
  }

  async prepare(input: unknown): Promise<{ processes: number }> {
    this.#program = input as Program;
    return { processes: this.#program.parallel.length };
  }

  async attempt({ guide }: Plan): Promise<Attempt> {
    return { ...attemptOf(this.#program, guide, this.#fails), timed: this.#timed };
  }

  async prove(visit: (run: ProofRun) => boolean): Promise<"holds" | "fails" | "undecided"> {
    for (const history of historiesOf(this.#program).keys()) {
      if (!visit({ steps: 1, timed: this.#timed })) return "undecided";
      if (this.#fails(history, this.#program)) return "fails";
    }
    return "holds";
  }
}

type Fails = (history: string, program: Program) => boolean;

function attemptOf(program: Program, guide: readonly number[], fails: Fails): Attempt {
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
  const judgement = fails(machine.history.join(" "), program) ? { property: "p", message: "m", operations: [] } : null;
  return { judgement, measure, steps, draws: [], faults: [] };
}

/**
 * Of all histories there are about one in `oneIn`, chosen by a number. Where somebody waits for a limited time, what begins with a
 * prefix fails in ways of its own.
 */
function failing(choice: number, oneIn: number, timed: boolean): Fails {
  return (history, { prefix, parallel }) => {
    let hash = timed && prefix.length > 0 && parallel.length > 1 ? ~choice : choice;
    for (const letter of withoutNames(history)) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193) >>> 0;
    return (hash ^ (hash >>> 15)) % oneIn === 0;
  };
}

const ENOUGH = { atOnceRunsMax: 600, smallerRunsMax: 150, runsMax: 40_000, boundedRunsMax: 20_000 };

test.each([
  ["from below", { ...ENOUGH, atOnceRunsMax: 40_000 }],
  ["when the known failure was made smaller", { ...ENOUGH, atOnceRunsMax: 20 }],
  ["by preemptions", { ...ENOUGH, atOnceRunsMax: 20, runsMax: 200 }],
  [
    "by preemptions, as far as few runs go",
    { ...ENOUGH, atOnceRunsMax: 0, smallerRunsMax: 0, runsMax: 0, boundedRunsMax: 400 },
  ],
])(
  "what is certified is true: no program of as many processes and calls or fewer fails, compared with all there are: %s",
  async (_, limits) => {
    const sizesFound = new Set<string>();
    const certificates = { whole: 0, within: 0 };
    for (let choice = 1; choice <= 60; choice++) {
      const timed = choice % 2 === 0;
      const fails = failing(choice, 20 + choice * 4, timed);
      const least = RUNS.flatMap(({ size, programs }) => {
        const counts = programs.flatMap(({ program, histories }) =>
          histories.filter(([history]) => fails(history, program)).map(([, c]) => c),
        );
        return counts.length === 0 ? [] : [{ ...size, preemptions: Math.min(...counts) }];
      });
      const known = RUNS.flatMap(({ programs }) => programs).findLast(({ program, histories }) =>
        histories.some(([history]) => fails(history, program)),
      );
      if (known === undefined) continue;
      const subject = new MachineSubject(fails, timed);
      // A run of it that fails, larger than any that is to be found.
      const attempt: Attempt = {
        ...attemptOf(known.program, [], () => true),
        measure: { ...attemptOf(known.program, [], () => true).measure, preemptions: 99 },
      };
      const failure = { input: { value: known.program, context: undefined }, attempt };
      const smallest = await smallestOfSpace(subject, failure, limits);
      const { processes, operations } = subject.space.sizeOf(smallest!.input as Program);
      const { minimal, minimalWithin = minimal ? Infinity : -1 } = smallest!;
      certificates.whole += minimal ? 1 : 0;
      certificates.within += minimalWithin >= 0 && !minimal ? 1 : 0;
      const { preemptions } = smallest!.attempt.measure;
      sizesFound.add(`${processes}/${operations}/${preemptions}`);
      const smaller = least.filter(
        (other) =>
          other.processes <= processes &&
          other.operations <= operations &&
          other.preemptions <= minimalWithin &&
          (other.processes < processes || other.operations < operations || other.preemptions < preemptions),
      );
      expect({ choice, found: smallest!.input, smaller }).toEqual({ choice, found: smallest!.input, smaller: [] });
    }
    expect(sizesFound.size).toBeGreaterThan(5);
    const { whole, within } = certificates;
    expect(limits.boundedRunsMax < ENOUGH.boundedRunsMax ? within : whole).toBeGreaterThan(3);
  },
);

const RUNS = SIZES.map((size) => ({
  size,
  programs: allPrograms(SIZE, size.processes, size.operations).map((program) => ({
    program,
    histories: [...historiesOf(program)],
  })),
}));
