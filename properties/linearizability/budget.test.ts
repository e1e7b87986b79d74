import { afterAll, describe, expect, test } from "vitest";
import { STATUS, statusOf } from "../../cli/status.ts";
import { Checker } from "../../harness/check.ts";
import type { History, Operation } from "../../harness/history.ts";
import type { Scenario } from "../../harness/scenario.ts";
import { columnsOf } from "../columns.ts";
import { outOfBudget } from "../fixtures/modelled-objects.ts";
import { type Consistency, checkConsistency, linearizability, UndecidedError } from "../linearizability.ts";
import type { Model } from "../model.ts";
import { casRegisterModel, keyValueMapModel, queueModel, stackModel } from "../models/index.ts";
import { noNeedlessWait } from "../no-needless-wait.ts";
import type { Budget, Undecided } from "./verdict.ts";

/** So many calls at once, and behind them one that no order explains. */
const AT_ONCE = 10;

type Call = readonly [operation: string, ...args: unknown[]];

/** As many as a search through all orders, and not through all sets, can do in a moment. */
const FEW_AT_ONCE = 7;

/** All calls overlap; then one process asks and gets an answer that cannot be. */
function crowd(call: (index: number) => Call, [asked, ...args]: Call, answer: unknown, count = AT_ONCE): Operation[] {
  const outcome = "returned";
  const operation = (
    id: number,
    [name, ...given]: Call,
    invoked: number,
    returned: number,
    result: unknown,
  ): Operation => ({
    id,
    process: `p${id}`,
    operation: name,
    object: null,
    args: given,
    result,
    outcome,
    invoked,
    returned,
    depth: 0,
  });
  return [
    ...Array.from({ length: count }, (_, id) => operation(id, call(id), id, 100 + id, undefined)),
    operation(count, [asked, ...args], 200, 201, answer),
  ];
}

const history = (operations: readonly Operation[]): History => ({
  input: null,
  operations,
  processes: [],
  final: null,
});

/** Each way that a search can take, with a history which makes it search. */
const SEARCHES: Readonly<Record<string, readonly [Model<any>, Consistency, Operation[]]>> = {
  frontier: [casRegisterModel(0), "linearizable", crowd((id) => ["write", id], ["read"], -1)],
  "frontier, part by part": [
    keyValueMapModel(),
    "linearizable",
    crowd((id) => ["append", "k", id], ["get", "k"], -1, FEW_AT_ONCE),
  ],
  "frontier, with a value twice": [
    stackModel(),
    "linearizable",
    crowd((id) => ["push", Math.max(1, id)], ["pop"], null, FEW_AT_ONCE),
  ],
  quiescent: [casRegisterModel(0), "quiescent", crowd((id) => ["write", id], ["read"], -1)],
  sequential: [queueModel(), "sequential", crowd((id) => ["put", id], ["get"], -1, FEW_AT_ONCE)],
};

/** Each limit, with the words that name it. */
const LIMITS: readonly (readonly [string, Budget])[] = [
  ["configurationsMax (1)", { configurationsMax: 1 }],
  ["keptMax (1)", { keptMax: 1 }],
  ["the time that was given", { expired: () => true }],
];

describe.each(Object.entries(SEARCHES))("%s", (_, [model, consistency, operations]) => {
  const verdict = (budget: Budget) => checkConsistency(columnsOf(history(operations)), model, consistency, budget);

  test("decides within its budget", () => expect(verdict({}).verdict).toBe("violated"));

  test.each(LIMITS)("is undecided beyond %s, and says how far it got", (limit, budget) => {
    const undecided = verdict(budget);
    expect(undecided).toMatchObject({
      verdict: "undecided",
      reason: expect.stringContaining(`the search reached ${limit}`),
      explained: expect.any(Number),
      responses: operations.length,
    });
    const { explained } = undecided as Undecided;
    expect(explained).toBeGreaterThanOrEqual(0);
    expect(explained).toBeLessThan(operations.length);
  });

  test.each(LIMITS)("throws as a property beyond %s", (_limit, budget) => {
    const property = linearizability({ model, consistency, budget });
    expect(() => property.check(history(operations))).toThrow(UndecidedError);
  });
});

describe("who waits for ever", () => {
  const puts = crowd((id) => ["put", id], ["get"], undefined, FEW_AT_ONCE);
  const waits: History = {
    ...history(puts.map((one) => (one.id < FEW_AT_ONCE ? one : { ...one, outcome: "pending", returned: null }))),
    processes: [{ process: `p${FEW_AT_ONCE}`, role: "p", end: "blocked", reason: "" }],
  };
  test("is decided within the budget", () =>
    expect(noNeedlessWait({ model: queueModel() }).check(waits)).toMatchObject({
      message: expect.stringContaining("needs not"),
    }));
  test.each(LIMITS)("is undecided beyond %s", (limit, budget) => {
    const property = noNeedlessWait({ model: queueModel(), budget });
    expect(() => property.check(waits)).toThrow(
      new RegExp(`${limit.replaceAll(/[()]/g, "\\$&")}, after \\d of ${FEW_AT_ONCE} responses`),
    );
  });
});

test("a run that nobody could decide makes the check end in trouble, with a status that is neither pass nor failure", async () => {
  const checker = new Checker();
  afterAll(() => checker[Symbol.asyncDispose]());
  const result = await checker.check(outOfBudget as unknown as Scenario, { runs: 50, seed: 1, jobs: 1 });
  expect(result).toMatchObject({ verdict: "error", property: "undecided" });
  expect(result.message).toMatch(/undecided: the search reached configurationsMax \(1\), after \d+ of \d+ responses/);
  expect(statusOf([result])).toBe(STATUS.couldNotWork);
});
