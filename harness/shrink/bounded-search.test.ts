import { expect, test } from "vitest";
import { bruteForce, effortOf, isLess, orderText, type Effort } from "../exhaustive/fixtures/brute-force.ts";
import { Model, type ModelProgram } from "../exhaustive/fixtures/model.ts";
import { randomProgram } from "../exhaustive/fixtures/random-program.ts";
import { HappensBefore, numberOf } from "../exhaustive/happens-before.ts";
import { STRANDS_PER_PROCESS } from "../strategies/strategy.ts";
import { BoundedSearch } from "./bounded-search.ts";
import { OnlyRuns } from "./fixtures/only-runs.ts";
import type { Attempt, Plan, Subject } from "./subject.ts";

/** Runs of a model, with their places. */
class ModelSubject extends OnlyRuns implements Subject {
  readonly #program: ModelProgram;
  readonly #words: readonly number[];
  readonly #runs: (order: string, effort: Effort) => void;

  constructor(program: ModelProgram, words: readonly number[], runs: (order: string, effort: Effort) => void) {
    super();
    this.#program = program;
    this.#words = words;
    this.#runs = runs;
  }

  async attempt({ guide, draws }: Plan): Promise<Attempt> {
    const model = new Model(this.#program, this.#words);
    const taken: number[] = [];
    const choices: number[][] = [];
    for (let enabled = model.enabled(); enabled.length > 0; enabled = model.enabled()) {
      const wanted = taken.length < guide.length ? guide[taken.length] / STRANDS_PER_PROCESS : taken[taken.length - 1];
      const next = enabled.includes(wanted) ? wanted : enabled[0];
      model.take(next);
      choices.push(enabled);
      taken.push(next);
    }
    const effort = effortOf(taken, choices);
    this.#runs(orderText(model), effort);
    const order = new HappensBefore();
    for (const step of model.steps) order.add(step);
    const places = order.digests().map(numberOf);
    const steps = taken.map((process, index) => ({
      strand: process * STRANDS_PER_PROCESS,
      candidates: choices[index].map((other) => other * STRANDS_PER_PROCESS),
      preempts: index > 0 && taken[index - 1] !== process && choices[index].includes(taken[index - 1]),
      place: places[index],
    }));
    const measure = { processes: 0, operations: 0, faults: 0, steps: steps.length, inputSize: 0, ...effort };
    return { judgement: null, measure, steps, draws, faults: [] };
  }

  async prepare(): Promise<null> {
    return null;
  }
}

test("with places it comes to each partial order of 500 random programs with as few preemptions and switches as there can be", async () => {
  let [compared, visited, all] = [0, 0, 0];
  for (let seed = 1; compared < 500; seed++) {
    const { program, words } = randomProgram(seed);
    const expected = bruteForce(program, words, 400);
    if (expected === null) continue;
    compared++;
    const least = new Map<string, Effort>();
    const astray: unknown[] = [];
    let level = 0;
    const subject = new ModelSubject(program, words, (order, effort) => {
      visited++;
      if (effort.preemptions !== level) astray.push({ seed, level, ...effort });
      if (isLess(effort, least.get(order))) least.set(order, effort);
    });
    const search = new BoundedSearch({ places: true });
    for (; !search.exhausted; level++) {
      await search.visitLevel(
        subject,
        level,
        () => true,
        () => {},
      );
    }
    all += expected.runs;
    expect(astray).toEqual([]);
    expect({ seed, least: sorted(least) }).toEqual({ seed, least: sorted(expected.least) });
  }
  expect(visited).toBeLessThan(all);
});

test("it knows early how many runs a level takes whose branches are equally large: 9 processes in any order", async () => {
  const program: ModelProgram = Array.from({ length: 9 }, () => [{ do: "write", word: 0, value: 1 }]);
  const subject = new ModelSubject(program, [0], () => {});
  const search = new BoundedSearch();
  let runs = 0;
  await search.visitLevel(
    subject,
    0,
    () => runs < 500,
    () => runs++,
  );
  expect(Math.round(search.expected)).toBe(362_880 - 500);
});

function sorted(least: ReadonlyMap<string, Effort>): unknown {
  return [...least].sort(([a], [b]) => (a < b ? -1 : 1));
}
