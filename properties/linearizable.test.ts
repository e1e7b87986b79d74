import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { Checker } from "../harness/check.ts";
import type { Scenario } from "../harness/scenario.ts";
import { linearizable, queueModel, unique } from "./index.ts";
import * as objects from "./fixtures/modelled-objects.ts";
import { type Program, programs } from "./program.ts";

const checker = new Checker();
afterAll(() => checker[Symbol.asyncDispose]());
const checked = (scenario: object, options: object = {}) =>
  checker.check(scenario as Scenario, { runs: 300, seed: 1, jobs: 1, endOnFailure: true, ...options });

const size = { processesMax: 3, callsMax: 3, prefixMax: 2, suffixMax: 2 };
const choices = [
  { operation: "put", args: [unique], weight: 1 },
  { operation: "get", args: [], weight: 3 },
];

describe("a program", () => {
  test("is of the size that was asked for, and now and then has a single process", () => {
    const sizes = fc.sample(programs(choices, size), { numRuns: 300, seed: 1 }).map(({ prefix, parallel, suffix }) => {
      const calls = parallel.map(({ length }) => length);
      expect(Math.max(prefix.length, suffix.length)).toBeLessThanOrEqual(2);
      expect(Math.min(...calls)).toBeGreaterThan(0);
      // What a single process calls was meant for three.
      expect(Math.max(...calls)).toBeLessThanOrEqual(calls.length === 1 ? 9 : 3);
      return calls.length;
    });
    expect([...new Set(sizes)].sort()).toEqual([1, 2, 3]);
  });

  test("calls by weight, and gives every unique argument a number of its own", () => {
    const made = fc.sample(programs(choices, size), { numRuns: 300, seed: 1 });
    const all = made.map(({ prefix, parallel, suffix }) => [...prefix, ...parallel.flat(), ...suffix]);
    for (const calls of all) {
      const values = calls.filter(([name]) => name === "put").map(([, value]) => value);
      expect(values).toEqual(values.map((_, at) => at + 1));
    }
    const gets = all.flat().filter(([name]) => name === "get").length;
    expect(gets / all.flat().length).toBeCloseTo(0.75, 1);
  });

  test("shrinks from its value alone, as one that comes out of a token must", () => {
    const arbitrary = programs(choices, size);
    const program: Program = { prefix: [["get"]], parallel: [[["put", 1], ["get"]], [["get"]]], suffix: [] };
    expect(arbitrary.canShrinkWithoutContext(program)).toBe(true);
    const smaller = [...arbitrary.shrink(program, undefined)].map(({ value }) => value);
    expect(smaller).toContainEqual({ ...program, prefix: [] });
    expect(smaller).toContainEqual({ ...program, parallel: [[["put", 1], ["get"], ["get"]]] });
  });
});

test("prefix, parallel part and suffix follow each other, and only the first and the last are by one process", async () => {
  const { verdict, counterexample } = await checked(objects.neverRight, { runs: 50 });
  expect(verdict).toBe("fail");
  const { history, input } = counterexample!;
  expect(input).toEqual(objects.INPUT);
  const calls = history.filter(({ depth }) => depth === 0);
  const named = (name: string) => calls.filter(({ operation }) => operation === name);
  const [before] = named("before");
  const [after] = named("after");
  expect([before.process, after.process]).toEqual(["process 1", "process 1"]);
  for (const during of named("during")) {
    expect(before.returned).toBeLessThan(during.invoked);
    expect(during.returned).toBeLessThan(after.invoked);
  }
});

test("an error that the model lists is an answer, and any other is the role's end", async () => {
  expect(await checked(objects.refuses)).toMatchObject({ verdict: "pass" });
  expect(await checked(objects.breaksDown)).toMatchObject({
    verdict: "fail",
    property: "no-uncaught-error",
    message: expect.stringContaining("RangeError: out of cells"),
  });
});

test("an object may choose, where its model does", async () => {
  expect(await checked(objects.bag)).toMatchObject({ verdict: "pass" });
  expect(await checked(objects.bagThatForgets)).toMatchObject({ verdict: "fail", property: "linearizable" });
});

test("what waits for ever and need not is found, and what has to wait is no deadlock", async () => {
  expect(await checked(objects.latch)).toMatchObject({ verdict: "pass" });
  expect(await checked(objects.latchInSilence)).toMatchObject({ verdict: "fail", property: "no-needless-wait" });
});

test("a weaker consistency forgives what linearizability does not", async () => {
  expect(await checked(objects.cachedRead)).toMatchObject({ verdict: "fail", property: "linearizable" });
  expect(await checked(objects.cachedReadSequentially)).toMatchObject({ verdict: "pass" });
});

test("calls that look at the same word in vain are no loop: what takes one more of them is found, and certified", async () => {
  const { verdict, counterexample } = await checked(objects.tiredOfCalls, { runs: 5000, endOnFailure: false });
  const parallel = [Array.from({ length: 5 }, () => ["read"]), [["write", 1]]];
  expect(verdict).toBe("fail");
  expect(counterexample).toMatchObject({ input: { parallel }, preemptions: 1, minimal: true });
});

test("a call that looks more often in vain than anybody is followed for is found, and nothing is claimed of what is smaller", async () => {
  const { verdict, counterexample } = await checked(objects.tiredOfLooks, { runs: 5000, endOnFailure: false });
  expect(verdict).toBe("fail");
  expect(counterexample).toMatchObject({ processes: 2, minimal: false });
  expect(counterexample).not.toHaveProperty("minimalWithin");
});

test.each(["gateWithALimit", "gateWithASleep"] as const)(
  "whose time is up only while others are held back fails in no program that stands for it, and is found all the same: %s",
  async (name) => {
    const { counterexample } = await checked(objects[name], { endOnFailure: false });
    expect(counterexample).toMatchObject({ operations: 3, input: { suffix: [["open"]] }, minimal: true });
  },
);

test("an operation that is no method says so, with its name", async () => {
  expect(await checked(objects.misspelt)).toMatchObject({
    verdict: "fail",
    message: expect.stringContaining('"psh" is no method of what `create` returned. Say what it does'),
  });
});

test.each([
  [{ operations: {} }, /was given no operations, so there is no program to run\. List them by name/],
  [{ operations: { put: [3] } }, /The arguments of "put" are no list of arbitraries/],
  [{ operations: { put: { weight: 0 } } }, /The weight of "put" is 0\. Give it a whole number of at least 1/],
  [{ operations: { get: [] }, processesMax: 1 }, /processesMax is 1\. Give it a whole number from 2 to 50/],
])("wrong options are refused: %j", (wrong, message) => {
  const declare = () => linearizable(import.meta.url, { create: () => ({}), model: queueModel(), ...(wrong as any) });
  expect(declare).toThrow(message);
});
