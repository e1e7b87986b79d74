import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Generated } from "../arbitrary.ts";
import { KIND } from "../engine/kinds.ts";
import { HappensBefore, numberOf } from "../exhaustive/happens-before.ts";
import type { Fault } from "../fault.ts";
import { compareMeasures, type Measure } from "../measure.ts";
import { BoundedSearch } from "./bounded-search.ts";
import { OnlyRuns } from "./fixtures/only-runs.ts";
import { shrink } from "./shrink.ts";
import type { Attempt, FaultPlace, Plan, Subject } from "./subject.ts";

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

class Toy extends OnlyRuns implements Subject {
  runs = 0;
  #program: Program = [];
  readonly #inputs: readonly Program[];
  readonly #fails: typeof fails;

  constructor(inputs: readonly Program[], failing = fails) {
    super();
    this.#inputs = inputs;
    this.#fails = failing;
  }

  async prepare(input: unknown): Promise<{ processes: number }> {
    this.#program = input as Program;
    return { processes: this.#program.length };
  }

  async attempt({ guide, places = false }: Plan): Promise<Attempt> {
    this.runs++;
    const attempt = attemptOf(guide, this.#program, this.#fails);
    if (!places) return attempt;
    const known = placesOf(attempt.steps, this.#program);
    return { ...attempt, steps: attempt.steps.map((step, index) => ({ ...step, place: known[index] })) };
  }

  readonly prove: Required<Subject>["prove"] = async () => "undecided";

  override sampleInputs(): Generated<unknown>[] {
    return this.#inputs.map((value) => ({ value, context: undefined }));
  }
}

/** Three processes do not survive a death, two do. */
class DeadlyToy extends Toy {
  #processes = 0;

  override async prepare(input: unknown): Promise<{ processes: number }> {
    this.#processes = (input as Program).length;
    return await super.prepare(input);
  }

  override async attempt({ faults = [], ...plan }: Partial<Plan> & Pick<Plan, "guide">): Promise<Attempt> {
    const { measure, ...attempt } = await super.attempt({ draws: [], ...plan });
    const judgement = this.#fails(faults) ? { property: "p", message: "m", operations: [] } : null;
    return { ...attempt, judgement, measure: { ...measure, faults: faults.length }, faults };
  }

  override readonly prove: Required<Subject>["prove"] = async (_, { faults = [] }) =>
    this.#fails(faults) ? "fails" : "holds";

  override faultPlaces(): FaultPlace[] {
    return [0, 1].map((process) => {
      return { strand: strandOf(process), fingerprint: 1, occurrence: 1, step: 1, asleep: false };
    });
  }

  #fails(faults: readonly Fault[]): boolean {
    return faults.length > 0 && this.#processes > 2;
  }
}

const strandOf = (process: number): number => process * 64 + 1;

function attemptOf(guide: readonly number[], processes: Program, failing = fails): Attempt {
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
  const judgement = failing(order, processes) ? { property: "p", message: "m", operations: [] } : null;
  return { judgement, measure, steps, draws: [], faults: [] };
}

function placesOf(steps: Attempt["steps"], processes: Program): number[] {
  const at = processes.map(() => 0);
  const order = new HappensBefore();
  for (const { strand } of steps) {
    const process = (strand - 1) / 64;
    const access = processes[process][at[process]++];
    const kind = access[0] === "r" ? KIND.read : KIND.write;
    const word = { object: 8 * (1 + Number(access[1])), label: 0, byteLength: 0, guard: null };
    order.add({ strand, kind, ...word, before: 0, enabler: -1, epoch: 0 });
  }
  return order.digests().map(numberOf);
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

  test("where something smaller has too many schedules, it says up to how many preemptions it was searched, and no more", async () => {
    const writes = (count: number): Access[] => Array.from({ length: count }, () => "w0");
    const smaller = [writes(9), writes(9)];
    const larger = [["w1"], ["w1"], ["w1"]] as Program;
    // Two fail where they take turns again and again, three always.
    const failing = (order: readonly number[]): boolean =>
      Math.max(...order) > 1 || order.filter((process, index) => index > 0 && process !== order[index - 1]).length > 6;
    const input = { value: larger, context: undefined };
    const attempt = attemptOf([], larger, failing);
    const shrunken = await shrink(new Toy([smaller, larger], failing), { input, attempt });
    expect(shrunken).toMatchObject({ input: larger, minimal: false });
    const within = shrunken.minimalWithin as number;
    expect(within).toBeGreaterThan(0);
    expect(await failuresWithin(within)).toBe(0);
    expect(await failuresWithin(6)).toBeGreaterThan(0);

    async function failuresWithin(preemptions: number): Promise<number> {
      const toy = new Toy([], failing);
      await toy.prepare(smaller);
      const search = new BoundedSearch();
      let failures = 0;
      for (let level = 0; level <= preemptions; level++) {
        await search.visitLevel(
          toy,
          level,
          () => true,
          ({ judgement }) => (failures += judgement === null ? 0 : 1),
        );
      }
      return failures;
    }
  });

  test("soon gives up what has too many schedules: ten processes of which one has to be interrupted", async () => {
    const ten = Array.from({ length: 10 }, (): Access[] => ["r0", "w0", "r0"]);
    const toy = new Toy([]);
    const order = ten.flatMap((_, process) => [process]).flatMap((process) => [process, process]);
    const attempt = attemptOf([...order, ...order].map(strandOf), ten);
    const shrunken = await shrink(toy, { input: { value: ten, context: undefined }, attempt });
    expect(shrunken.minimal).toBe(false);
    expect(shrunken.minimalWithin).toBeUndefined();
    expect(shrunken.attempt.measure).toMatchObject({ processes: 10, preemptions: 1, switches: 10 });
    expect(toy.runs).toBeLessThan(1500);
  });

  test("where nothing is found from below, the failure is still known to fail without the processes that it does not need", async () => {
    const writers = (count: number): Program =>
      Array.from({ length: count }, () => Array.from({ length: 8 }, (): Access => "w0"));
    // The first two have to take turns at each step.
    const failing = (order: readonly number[]): boolean => {
      const both = order.filter((process) => process < 2);
      return both.every((process, index) => process !== both[index - 1]);
    };
    const turns = Array.from({ length: 8 }, () => [2, 0, 3, 1]).flat();
    const input = { value: writers(4), context: undefined };
    const attempt = attemptOf(turns.map(strandOf), writers(4), failing);
    const shrunken = await shrink(new Toy([writers(2), writers(3)], failing), { input, attempt });
    expect(shrunken.attempt.judgement).not.toBeNull();
    expect(shrunken.attempt.measure).toMatchObject({ processes: 2, switches: 15 });
  });

  test("a smaller program in which the fault does nothing is proved to hold with it, and not searched schedule by schedule", async () => {
    const smaller: Program = [0, 1].map(() => Array.from({ length: 9 }, (): Access => "w0"));
    const larger: Program = [["w0"], ["w0"], ["w0"]];
    const toy = new DeadlyToy([smaller, larger]);
    const fault: Fault = { kind: "kill", strand: strandOf(0), fingerprint: 1, occurrence: 1, ms: 0 };
    await toy.prepare(larger);
    const attempt = await toy.attempt({ guide: [], faults: [fault] });
    const shrunken = await shrink(toy, { input: { value: larger, context: undefined }, attempt });
    expect(shrunken).toMatchObject({ input: larger, minimal: true, attempt: { faults: [{ kind: "kill" }] } });
    expect(toy.runs).toBeLessThan(2000);
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
