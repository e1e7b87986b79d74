import { expect, test } from "vitest";
import type { Execution, Executor, Plan, Step } from "../exhaustive/execution.ts";
import { explore } from "../exhaustive/explore.ts";
import { bruteForce } from "../exhaustive/fixtures/brute-force.ts";
import { Model, type Instruction, type ModelProgram } from "../exhaustive/fixtures/model.ts";
import { randomExchangingProgram, randomProgram } from "../exhaustive/fixtures/random-program.ts";
import { HappensBefore } from "../exhaustive/happens-before.ts";
import { processOf, STRANDS_PER_PROCESS } from "../strategies/strategy.ts";
import { FirstSteps } from "./first-steps.ts";
import { wayRound } from "./way-round.ts";

/** Runs a model as a lane does that does not know who is asleep, and who is to move first. */
class RoundExecutor implements Executor {
  readonly #make: () => Model;
  readonly #firstSteps: FirstSteps;

  constructor(make: () => Model, firstSteps: FirstSteps) {
    this.#make = make;
    this.#firstSteps = firstSteps;
  }

  async execute(plan: Plan): Promise<Execution> {
    for (let { guide } = plan; ;) {
      const model = this.#make();
      const candidates: number[][] = [];
      for (let enabled = model.enabled(); enabled.length > 0; enabled = model.enabled()) {
        const wanted = guide.at(candidates.length);
        candidates.push(enabled.map((process) => process * STRANDS_PER_PROCESS));
        model.take(wanted === undefined ? enabled[0] : wanted / STRANDS_PER_PROCESS);
      }
      const blocked = Array.from({ length: PROCESSES }, (_, process) => model.announced(process)).filter(
        (step) => step !== null,
      );
      const execution = this.#firstSteps.told({ steps: model.steps, blocked, pruned: false });
      const round = wayRound(execution, candidates, plan, this.#firstSteps);
      if (round === null) return execution;
      if (typeof round === "number") return { steps: execution.steps.slice(0, round), blocked: [], pruned: true };
      guide = round;
    }
  }
}

const PROCESSES = 3;

test(
  "each run is like one that was executed, but for which of the equal processes is which; fewer are executed than there are",
  { timeout: 240_000 },
  async () => {
    let compared = 0;
    let [whole, executed] = [0, 0];
    for (let seed = 1; compared < 100; seed++) {
      const { program: random, words } = seed % 8 < 4 ? randomProgram(seed) : randomExchangingProgram(seed);
      const [first, second] = random;
      // Two or three are alike, and not always the first ones.
      const alike = [
        [0, 1],
        [0, 2],
        [1, 2],
        [0, 1, 2],
      ][seed % 4];
      const program = Array.from({ length: PROCESSES }, (_, process) => (alike.includes(process) ? first : second));
      const expected = bruteForce(program, words, BRUTE_FORCE_RUNS_MAX);
      if (expected === null || first.length === 0) continue;
      compared++;
      const all = await ordersOf(program, words, []);
      const some = await ordersOf(program, words, [alike]);
      expect(all.runs).toBe(expected.orders.size);
      const names = permutations(alike);
      const found = new Set(some.orders.flatMap((order) => names.map((name) => name(order))));
      expect({ seed, orders: [...found].sort() }).toEqual({ seed, orders: all.orders.map(asItIs).sort() });
      whole += all.runs;
      executed += some.runs;
    }
    expect(executed).toBeLessThan(whole * 0.7);
  },
);

test("a run is led round a first step that comes too early, and never to one", () => {
  const model = new Model([[READ], [READ], [READ]], [0]);
  const asleep = [0, 2].map((process) => model.announced(process) as Step);
  for (const process of [1, 0, 2]) model.take(process);
  const all = [0, 1, 2].map((process) => process * STRANDS_PER_PROCESS);
  const round = (plan: Plan, alike: number[][]) => wayRound(model, [all, all, all], plan, new FirstSteps(alike));
  const plan = { guide: [], asleep: [], asleepFrom: 0 };
  expect(round(plan, [])).toBe(null);
  expect(round(plan, [[0, 1]])).toEqual([all[0]]);
  expect(round({ ...plan, asleep: asleep.slice(0, 1) }, [[0, 1]])).toEqual([all[2]]);
  expect(round({ ...plan, asleep }, [[0, 1]])).toEqual(0);
});

const READ: Instruction = { do: "read", word: 0 };
const BRUTE_FORCE_RUNS_MAX = 3000;

/** For each step, its process and the steps before it for a reason: without the order of first steps, which is none of the program's. */
type Order = readonly {
  readonly process: number;
  readonly past: readonly (readonly [process: number, number: number])[];
}[];

async function ordersOf(program: ModelProgram, words: readonly number[], alike: number[][]) {
  const orders: Order[] = [];
  const firstSteps = new FirstSteps(alike);
  const startsGuarded = alike.flat().some((process) => new Model(program, words).announced(process)?.guard !== null);
  const executor = new RoundExecutor(() => new Model(program, words), firstSteps);
  const { complete } = await explore(executor, {
    executionsMax: 100_000,
    visit(execution) {
      const { steps, pruned } = execution;
      // Who is blocked at its first step is tried before the others.
      const early = steps.findIndex((step, at) => !firstSteps.mayMove(processOf(step.strand), steps.slice(0, at)));
      expect(startsGuarded || early < 0).toBe(true);
      if (!pruned)
        orders.push(
          orderOf(
            program,
            words,
            steps.map(({ strand }) => processOf(strand)),
          ),
        );
      return false;
    },
  });
  expect(complete).toBe(true);
  return { orders, runs: orders.length };
}

function orderOf(program: ModelProgram, words: readonly number[], processes: readonly number[]): Order {
  const model = new Model(program, words);
  for (const process of processes) model.take(process);
  const order = new HappensBefore();
  for (const step of model.steps) order.add(step);
  const numbers = model.steps.map(
    (step, index) =>
      model.steps.slice(0, index + 1).filter((other) => processOf(other.strand) === processOf(step.strand)).length,
  );
  return model.steps.map((step, index) => ({
    process: processOf(step.strand),
    past: model.steps
      .slice(0, index)
      .flatMap((other, at) => (order.before(at, index) ? [[processOf(other.strand), numbers[at]] as const] : [])),
  }));
}

function asItIs(order: Order): string {
  return named(order, (process) => process);
}

/** The text of the order with other names for its steps: once for each way in which the equals can change places. */
function permutations(alike: readonly number[]): ((order: Order) => string)[] {
  const orders =
    alike.length === 2
      ? [
          [0, 1],
          [1, 0],
        ]
      : [
          [0, 1, 2],
          [0, 2, 1],
          [1, 0, 2],
          [1, 2, 0],
          [2, 0, 1],
          [2, 1, 0],
        ];
  return orders.map(
    (to) => (order: Order) =>
      named(order, (process) => (alike.includes(process) ? alike[to[alike.indexOf(process)]] : process)),
  );
}

function named(order: Order, to: (process: number) => number): string {
  const counts = new Map<number, number>();
  return order
    .map(({ process, past }) => {
      counts.set(process, (counts.get(process) ?? 0) + 1);
      const before = past.map(([other, number]) => `${to(other)}.${number}`).sort();
      return `${to(process)}.${counts.get(process)}:${before.join(",")}`;
    })
    .sort()
    .join("\n");
}
