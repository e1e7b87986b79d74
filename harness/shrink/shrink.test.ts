import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Generated } from "../arbitrary.ts";
import { compareMeasures, type Measure } from "../measure.ts";
import { BoundedSearch } from "./bounded-search.ts";
import { shrink } from "./shrink.ts";
import type { Attempt, Plan, Subject } from "./subject.ts";

/**
 * Programs of a few processes, each a list of accesses to two words, executed in memory: what shrinking does to real
 * processes can be compared here with everything there is.
 */
type Access = "r0" | "r1" | "w0" | "w1";
type Program = readonly (readonly Access[])[];

const program: fc.Arbitrary<Program> = fc.array(
  fc.array(fc.constantFrom<Access>("r0", "r1", "w0", "w1"), { minLength: 1, maxLength: 3 }),
  { minLength: 1, maxLength: 3 },
);

/** It fails when some process reads a word that another wrote between two of its own accesses to it. */
function fails(order: readonly number[], processes: Program): boolean {
  const at = processes.map(() => 0);
  const writtenBy = [-1, -1];
  const touched = processes.map(() => [false, false]);
  for (const process of order) {
    const access = processes[process][at[process]++];
    const word = Number(access[1]);
    if (access[0] === "r" && touched[process][word] && writtenBy[word] >= 0 && writtenBy[word] !== process) return true;
    if (access[0] === "w") writtenBy[word] = process;
    touched[process][word] = true;
  }
  return false;
}

class Toy implements Subject {
  readonly stopping = false;
  runs = 0;
  #program: Program = [];
  readonly #inputs: readonly Program[];

  constructor(inputs: readonly Program[]) {
    this.#inputs = inputs;
  }

  async prepare(input: unknown): Promise<{ processes: number }> {
    this.#program = input as Program;
    return { processes: this.#program.length };
  }

  async attempt({ guide }: Plan): Promise<Attempt> {
    this.runs++;
    return attemptOf(guide, this.#program);
  }

  faultPlaces(): [] {
    return [];
  }

  smallerInputs(): Generated<unknown>[] {
    return [];
  }

  sampleInputs(): Generated<unknown>[] {
    return this.#inputs.map((value) => ({ value, context: undefined }));
  }
}

const strandOf = (process: number): number => process * 64 + 1;

function attemptOf(guide: readonly number[], processes: Program): Attempt {
  const left = processes.map((accesses) => accesses.length);
  const order: number[] = [];
  const steps: { strand: number; candidates: number[]; preempts: boolean }[] = [];
  while (left.some((count) => count > 0)) {
    const enabled = left.flatMap((count, process) => (count > 0 ? [process] : []));
    const wanted = guide.length > order.length ? (guide[order.length] - 1) / 64 : -1;
    const last = order.at(-1) ?? -1;
    const taken = enabled.includes(wanted) ? wanted : enabled.includes(last) ? last : enabled[0];
    const preempts = last >= 0 && last !== taken && left[last] > 0;
    steps.push({ strand: strandOf(taken), candidates: enabled.map(strandOf), preempts });
    order.push(taken);
    left[taken]--;
  }
  const measure: Measure = {
    processes: processes.length,
    operations: processes.flat().length,
    faults: 0,
    preemptions: steps.filter((step) => step.preempts).length,
    switches: order.filter((process, index) => index > 0 && process !== order[index - 1]).length,
    steps: order.length,
    inputSize: JSON.stringify(processes).length,
  };
  const judgement = fails(order, processes) ? { property: "p", message: "m", operations: [] } : null;
  return { judgement, measure, steps, draws: [], faults: [] };
}

function allOrders(processes: Program): number[][] {
  const left = processes.map((accesses) => accesses.length);
  if (left.every((count) => count === 0)) return [[]];
  return processes.flatMap((accesses, process) =>
    accesses.length === 0
      ? []
      : allOrders(processes.with(process, accesses.slice(1))).map((order) => [process, ...order]),
  );
}

describe("shrinking", () => {
  test("finds the smallest failure there is, and its certificate is true: compared with all orders of all inputs", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(program, { minLength: 1, maxLength: 4 }), async (inputs) => {
        const failing = inputs
          .flatMap((input) =>
            allOrders(input).map((order) => ({ input, attempt: attemptOf(order.map(strandOf), input) })),
          )
          .filter(({ attempt }) => attempt.judgement !== null);
        fc.pre(failing.length > 0);
        const smallest = failing.map(({ attempt }) => attempt.measure).sort(compareMeasures)[0];
        const first = failing[failing.length >> 1];
        const shrunken = await shrink(new Toy(inputs), {
          input: { value: first.input, context: undefined },
          attempt: first.attempt,
        });
        expect(shrunken.attempt.judgement).not.toBeNull();
        expect(shrunken.attempt.measure).toEqual(smallest);
        expect(shrunken.minimal).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  test("never returns something larger than what it was given", async () => {
    await fc.assert(
      fc.asyncProperty(program, fc.nat(), async (input, pick) => {
        const failing = allOrders(input).filter((order) => fails(order, input));
        fc.pre(failing.length > 0);
        const attempt = attemptOf(failing[pick % failing.length].map(strandOf), input);
        const shrunken = await shrink(new Toy([]), { input: { value: input, context: undefined }, attempt });
        expect(compareMeasures(shrunken.attempt.measure, attempt.measure)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 200 },
    );
  });
});

describe("the search by preemptions", () => {
  test("visits every order exactly once, those with fewer preemptions first", async () => {
    await fc.assert(
      fc.asyncProperty(program, async (input) => {
        const toy = new Toy([]);
        await toy.prepare(input);
        const search = new BoundedSearch();
        const seen: string[] = [];
        for (let preemptions = 0; !search.exhausted; preemptions++) {
          await search.visitLevel(
            toy,
            preemptions,
            () => true,
            (attempt) => {
              expect(attempt.measure.preemptions).toBe(preemptions);
              seen.push(attempt.steps.map(({ strand }) => strand).join());
            },
          );
        }
        const all = allOrders(input).map((order) => order.map(strandOf).join());
        expect(seen.sort()).toEqual(all.sort());
      }),
      { numRuns: 200 },
    );
  });
});
