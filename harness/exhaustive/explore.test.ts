import { describe, expect, test } from "vitest";
import { bruteForce, orderText } from "./fixtures/brute-force.ts";
import { explore } from "./explore.ts";
import { ModelExecutor, type Instruction, type ModelProgram } from "./fixtures/model.ts";
import {
  randomAwaitingProgram,
  randomExchangingProgram,
  randomMortalProgram,
  randomProgram,
} from "./fixtures/random-program.ts";

const ADD: Instruction = { do: "add", word: 0, value: 1 };
const LOCKED: Instruction[] = [{ do: "take", word: 0 }, ADD];

describe("the number of runs is the number of partial orders", () => {
  test.each([
    ["fetch_add by 2 processes × 1", times(2, times(1, ADD)), [0], 2],
    ["fetch_add by 2 processes × 3", times(2, times(3, ADD)), [0], 20],
    ["fetch_add by 2 processes × 5", times(2, times(5, ADD)), [0], 252],
    ["fetch_add by 3 processes × 1", times(3, times(1, ADD)), [0], 6],
    ["fetch_add by 3 processes × 2", times(3, times(2, ADD)), [0], 90],
    ["a lock, 2 processes × 2", times(2, times(2, LOCKED).flat()), [1], 6],
    ["a lock, 3 processes × 1", times(3, LOCKED), [1], 6],
    ["a lock, 3 processes × 2", times(3, times(2, LOCKED).flat()), [1], 90],
    ["one writer, 2 readers", [[write(0, 1)], ...times(2, [read(0)])], [0], 4],
    ["one writer, 3 readers", [[write(0, 1)], ...times(3, [read(0)])], [0], 8],
    [
      "store buffering",
      [
        [write(0, 1), read(1)],
        [write(1, 1), read(0)],
      ],
      [0, 0],
      3,
    ],
    ["3 processes with nothing in common", [0, 1, 2].map((word) => times(5, { ...ADD, word })), [0, 0, 0], 1],
    ["two locks taken in both orders", [both(0, 1), both(1, 0)], [1, 1], 3],
    ["last_zero(2)", lastZero(2), [0, 0, 0], 5],
    ["last_zero(3)", lastZero(3), [0, 0, 0, 0], 12],
  ] as [string, ModelProgram, number[], number][])("%s", async (_name, program, words, golden) => {
    const { runs, orders, pruned } = await explored(program, words);
    expect({ runs, orders: orders.size, pruned }).toEqual({ runs: golden, orders: golden, pruned: 0 });
  });
});

test(
  "where a process dies, too: each partial order once, and it decides how the run ends",
  { timeout: 120_000 },
  async () => {
    let compared = 0;
    for (let seed = 1; compared < 200; seed++) {
      const { program, words } = randomMortalProgram(seed);
      const expected = bruteForce(program, words, BRUTE_FORCE_RUNS_MAX);
      if (expected === null) continue;
      compared++;
      const { orders } = await explored(program, words);
      const found = { seed, ambiguous: expected.ambiguous, orders: [...orders].sort() };
      expect(found).toEqual({ seed, ambiguous: false, orders: [...expected.orders].sort() });
    }
  },
);

test(
  "on 3,000 random programs it finds each partial order once, and no run is in vain",
  { timeout: 240_000 },
  async () => {
    const deadlocks = await eachOrderOnce(randomProgram, 3000, ({ blocked }) => blocked);
    expect(deadlocks).toBeGreaterThan(500);
  },
);

test(
  "where exchanges fail, or put what is there already, what they did not do counts: each partial order once",
  { timeout: 120_000 },
  async () => {
    const effectless = await eachOrderOnce(randomExchangingProgram, 1000, ({ passed }) => passed);
    expect(effectless).toBeGreaterThan(500);
  },
);

test(
  "where processes wait until one of several words is another: each partial order, and it decides how the run ends",
  { timeout: 120_000 },
  async () => {
    let compared = 0;
    let woken = 0;
    for (let seed = 1; compared < 500; seed++) {
      const { program, words } = randomAwaitingProgram(seed);
      const expected = bruteForce(program, words, BRUTE_FORCE_RUNS_MAX);
      if (expected === null) continue;
      compared++;
      const { orders, awaited } = await explored(program, words);
      if (awaited) woken++;
      const found = { seed, ambiguous: expected.ambiguous, orders: [...orders].sort() };
      expect(found).toEqual({ seed, ambiguous: false, orders: [...expected.orders].sort() });
    }
    expect(woken).toBeGreaterThan(200);
  },
);

test("a search that is cut off says that it is not complete", async () => {
  const executor = new ModelExecutor(times(2, times(3, ADD)), [0]);
  const result = await explore(executor, { executionsMax: 5, visit: () => false });
  expect(result).toEqual({ executions: 5, pruned: 0, complete: false });
});

const BRUTE_FORCE_RUNS_MAX = 400;

/** @returns how many of the programs are counted */
async function eachOrderOnce(
  random: typeof randomProgram,
  programs: number,
  counts: (result: Awaited<ReturnType<typeof explored>>) => boolean,
): Promise<number> {
  let compared = 0;
  let counted = 0;
  for (let seed = 1; compared < programs; seed++) {
    const { program, words } = random(seed);
    const expected = bruteForce(program, words, BRUTE_FORCE_RUNS_MAX);
    if (expected === null) continue;
    compared++;
    const result = await explored(program, words);
    if (counts(result)) counted++;
    const { runs, pruned } = result;
    const found = { seed, ambiguous: expected.ambiguous, runs, pruned, orders: [...result.orders].sort() };
    const orders = [...expected.orders].sort();
    expect(found).toEqual({ seed, ambiguous: false, runs: orders.length, pruned: 0, orders });
  }
  return counted;
}

async function explored(program: ModelProgram, words: readonly number[]) {
  const orders = new Set<string>();
  let blocked = false;
  let awaited = false;
  let passed = false;
  const { executions, pruned, complete } = await explore(new ModelExecutor(program, words), {
    executionsMax: 100_000,
    visit(execution) {
      if (!execution.pruned) orders.add(orderText(execution));
      blocked ||= execution.blocked.length > 0;
      awaited ||= execution.steps.some(({ awaits }) => awaits !== undefined);
      passed ||= execution.steps.some(({ effectless }) => effectless === true);
      return false;
    },
  });
  expect(complete).toBe(true);
  return { runs: executions, orders, pruned, blocked, awaited, passed };
}

function times<T>(count: number, value: T): T[] {
  return Array.from({ length: count }, () => value);
}

function read(word: number): Instruction {
  return { do: "read", word };
}

function write(word: number, value: number): Instruction {
  return { do: "write", word, value };
}

function both(first: number, second: number): Instruction[] {
  return [
    { do: "take", word: first },
    { do: "take", word: second },
    { do: "add", word: second, value: 1 },
    { do: "add", word: first, value: 1 },
  ];
}

/** One process looks for the last zero from behind, the others each write behind what they read. */
function lastZero(writers: number): ModelProgram {
  const search: Instruction[] = [];
  for (let word = writers; word >= 1; word--) {
    search.push(read(word), { do: "skip", value: 0, count: 2 * word - 1 });
  }
  search.push(read(0));
  const program: Instruction[][] = [search];
  for (let word = 1; word <= writers; word++) program.push([read(word - 1), write(word, 1)]);
  return program;
}
