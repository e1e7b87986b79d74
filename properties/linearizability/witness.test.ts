import { expect, test } from "vitest";
import { type Columns, columnsOf, NEVER } from "../columns.ts";
import {
  barrierModel,
  keyValueMapModel,
  linearizability,
  lockModel,
  noNeedlessWait,
  queueModel,
  sketch,
} from "../index.ts";
import type { Model } from "../model.ts";
import { disturbed, drawFrom, randomHistory } from "../random-history.ts";
import { callOf, relevantTo } from "./problem.ts";
import { explains } from "./transitions.ts";
import { witnessOf } from "./witness.ts";
import { KINDS } from "./workloads.ts";

test("it says how far an order comes, in which state that ends, and what cannot come next", () => {
  const history = sketch(`
    p1  1..2    queue.put(1)
    p1  3..4    queue.put(2)
    c1  5..6    queue.get() = 1
    c2  7..9    queue.get() = 1
    p2  8..10   queue.put(3)`);
  expect(linearizability({ model: queueModel() }).witness!(history)).toEqual({
    operations: [0, 1, 2, 3, 4],
    order: [0, 1, 2, 4],
    states: ["[1]", "[1,2]", "[2]", "[2,3]"],
    blamed: [0, 2, 3],
    sentence:
      "The longest order that a queue allows explains 4 of 5 answers and ends at [2,3], where c2's get() → 1 cannot come next.",
  });
});

test("of a wait that need not be, it shows an order of the answers and the state in which it waits", () => {
  const free = sketch(`p1 1..2 lock.acquire() = true\np2 3.. lock.acquire()\np1 4..5 lock.release()\np2 blocked`);
  expect(noNeedlessWait({ model: lockModel() }).witness!(free)).toMatchObject({
    order: [0, 2],
    blamed: [1, 2],
    sentence: "An order explains all 2 answers and ends at free, where p2's acquire() need not wait.",
  });
});

test("of a map it shows the key that is wrong", () => {
  const history = sketch(`
    p1 1..2 map.put("a", 1)
    p1 3..4 map.put("b", 2)
    p2 5..6 map.get("b") = 3`);
  expect(linearizability({ model: keyValueMapModel() }).witness!(history)).toMatchObject({
    operations: [1, 2],
    order: [1],
    states: ['{"b":2}'],
  });
});

test("an operation of two phases stands in the order from its second one on", () => {
  const history = sketch(`
    p1 1..4 gate.wait()
    p2 2..3 gate.wait()
    p1 5..6 gate.wait()`);
  const witness = linearizability({ model: barrierModel(2) }).witness!(history);
  expect(witness?.order).toEqual([0, 1]);
});

test("there is none where all holds, nor of an order that may go back in time", () => {
  const lifo = sketch(`p1 1..2 queue.put(1)\np2 3..4 queue.put(2)\nc 5..6 queue.get() = 3`);
  expect(linearizability({ model: queueModel() }).witness!(sketch("p 1..2 queue.put(1)"))).toBeNull();
  expect(linearizability({ model: queueModel(), consistency: "sequential" }).witness!(lifo)).toBeNull();
  expect(noNeedlessWait({ model: queueModel() }).witness!(lifo)).toBeNull();
});

const plain = Object.values(KINDS).filter(({ model }) => model.phases === undefined);

test.each(plain.map((kind) => [kind.model.name, kind] as const))(
  "on random histories of a %s, the order is one, and none is longer",
  (_, { model, call, answers }) => {
    let wrong = 0;
    for (let seed = 1; seed <= 80; seed += 1) {
      const draw = drawFrom(seed);
      const operations = disturbed(randomHistory({ model, operations: 6, clients: 3, call }, draw), draw, answers);
      const columns = relevantTo(columnsOf({ input: undefined, operations, processes: [], final: undefined }), model);
      const witness = witnessOf(columns, model, [])!;
      const rows = witness.order.map((id) => columns.id.indexOf(id));
      expect([seed, statesAfter(columns, model, rows).length > 0]).toEqual([seed, true]);
      expect([seed, answeredIn(columns, rows)]).toEqual([seed, mostAnswered(columns, model)]);
      if (witness.sentence.includes("cannot come next")) wrong += 1;
    }
    expect(wrong).toBeGreaterThan(0);
  },
);

/** The definition, with nothing remembered: rows one after the other, none before what had returned before it. */
function statesAfter(columns: Columns, model: Model<any>, order: readonly number[]): readonly unknown[] {
  let states: readonly unknown[] = [model.init];
  for (const [at, row] of order.entries()) {
    const placed = order.slice(0, at);
    const missed = [...columns.ret.keys()].some(
      (other) => columns.ret[other] < columns.call[row] && !placed.includes(other),
    );
    if (missed || placed.includes(row)) return [];
    const { call, answer } = callOf(columns, row, model);
    states = states.flatMap((state) =>
      model.step(state, call).flatMap((step) => (explains(step, answer) ? [step.state] : [])),
    );
  }
  return states;
}

function mostAnswered(columns: Columns, model: Model<any>, order: readonly number[] = []): number {
  const longer = [...columns.id.keys()].map((row) => [...order, row]);
  return Math.max(
    answeredIn(columns, order),
    ...longer.map((next) => (statesAfter(columns, model, next).length > 0 ? mostAnswered(columns, model, next) : 0)),
  );
}

function answeredIn({ ret }: Columns, rows: readonly number[]): number {
  return rows.filter((row) => ret[row] !== NEVER).length;
}
