import { describe, expect, test } from "vitest";
import type { History, Operation } from "../harness/history.ts";
import { columnsOf } from "./columns.ts";
import { explains } from "./linearizability/transitions.ts";
import { waitsRightly } from "./linearizability/waiting.ts";
import { KINDS } from "./linearizability/workloads.ts";
import { barrierModel, lockModel, noNeedlessWait, queueModel, semaphoreModel, sketch } from "./index.ts";
import type { Model } from "./model.ts";
import { disturbed, drawFrom, randomHistory } from "./random-history.ts";

test("a get that waits beside a value that nobody took was not woken", () => {
  const history = sketch(`
    c1  1..   queue.get()
    p1  2..3  queue.put(1)
    c1  blocked`);
  expect(noNeedlessWait({ model: queueModel() }).check(history)).toEqual({
    message: "c1 in get() waits for ever and needs not after p1's put(1)",
    operations: [0, 1],
  });
});

test.each([
  ["another get took the value", queueModel(), "c2  4..5  queue.get() = 1"],
  ["another get died, and may have taken the value with it", queueModel(), "c2  4..  queue.get()\nc2  killed"],
])("it waits rightly where %s", (_, model, rest) => {
  const history = sketch(`c1  1..  queue.get()\np1  2..3  queue.put(1)\n${rest}\nc1  blocked`);
  expect(noNeedlessWait({ model }).check(history)).toBeNull();
});

test("a lock that its holder never gave back is waited for rightly, and a free one is not", () => {
  const held = sketch(`p1 1..2 lock.acquire() = true\np2 3.. lock.acquire()\np2 blocked`);
  const free = sketch(`p1 1..2 lock.acquire() = true\np2 3.. lock.acquire()\np1 4..5 lock.release()\np2 blocked`);
  expect(noNeedlessWait({ model: lockModel() }).check(held)).toBeNull();
  expect(noNeedlessWait({ model: lockModel() }).check(free)?.operations).toEqual([1, 2]);
});

test("operations that wait for each other inside the object, and need not, are a deadlock of the object's", () => {
  const history = sketch(`p1 1.. permits.acquire()\np2 2.. permits.acquire()\np1 blocked\np2 blocked`);
  expect(noNeedlessWait({ model: semaphoreModel(1) }).check(history)?.operations).toHaveLength(2);
});

test("an operation of two phases has come to the first of them, and waits for the second", () => {
  const one = sketch(`p1 1.. gate.wait()\np1 blocked`);
  const both = sketch(`p1 1.. gate.wait()\np2 2.. gate.wait()\np1 blocked\np2 blocked`);
  expect(noNeedlessWait({ model: barrierModel(2) }).check(one)).toBeNull();
  expect(noNeedlessWait({ model: barrierModel(2) }).check(both)?.message).toBe(
    "p1 in wait() and p2 in wait() wait for ever and need not",
  );
});

test("what only tries may not wait at all", () => {
  const history = sketch(`p1 1..2 lock.acquire() = true\np2 3.. lock.tryAcquire()\np2 blocked`);
  expect(noNeedlessWait({ model: lockModel() }).check(history)).toEqual({
    message: "p2 waits for ever in tryAcquire(), which may not wait",
    operations: [1],
  });
});

test("a search that reaches its limit is undecided, and no pass", () => {
  const history = sketch(`p1 1..3 queue.put(1)\np2 2..4 queue.put(2)\nc1 5.. queue.get()\nc1 blocked`);
  expect(() => noNeedlessWait({ model: queueModel(), budget: { configurationsMax: 1 } }).check(history)).toThrow(
    /undecided: the search reached configurationsMax \(1\)/,
  );
});

describe("it agrees with every order of every choice of the dead's operations", () => {
  const names = [
    "lock",
    "re-entrant lock",
    "semaphore",
    "event",
    "queue",
    "bounded queue",
    "stack",
    "joinable counter",
  ];
  test.each(names)("%s", (name) => {
    const { model, call, answers } = KINDS[name];
    const seen = { rightly: 0, needless: 0 };
    for (let seed = 1; seed <= 400; seed += 1) {
      const draw = drawFrom(seed);
      const workload = { model, operations: 3 + draw(4), clients: 2 + draw(2), call, crashOneIn: draw(2) * 4 };
      const right = randomHistory(workload, draw);
      const operations = draw(2) === 0 ? right : disturbed(right, draw, answers);
      const pending = operations.filter(({ outcome }) => outcome === "pending");
      const waiting = new Set(pending.filter(() => draw(3) > 0).map(({ id }) => id));
      const truth = byEveryOrder(operations, model, waiting);
      const columns = columnsOf({ operations } as unknown as History);
      expect({ seed, rightly: waitsRightly(columns, model, waiting) }).toEqual({ seed, rightly: truth });
      seen[truth ? "rightly" : "needless"] += 1;
    }
    expect(Math.min(seen.rightly, seen.needless)).toBeGreaterThan(20);
  });
});

/** The definition: some order of all answers and of some of the dead's operations ends where nothing but refusals is left. */
function byEveryOrder(operations: readonly Operation[], model: Model<any>, waiting: ReadonlySet<number>): boolean {
  const others = operations.filter(({ id }) => !waiting.has(id));
  const process = (operation: Operation): string => (model.perProcess === true ? operation.process : "");
  const extend = (state: unknown, placed: ReadonlySet<number>): boolean => {
    const left = others.filter(({ id }) => !placed.has(id));
    const ends = operations.every(
      (operation) =>
        !waiting.has(operation.id) ||
        model.step(state, { ...operation, process: process(operation) }).every(({ refuses }) => refuses === true),
    );
    if (ends && left.every(({ outcome }) => outcome === "pending")) return true;
    return left.some((operation) => {
      if (left.some(({ returned }) => returned !== null && returned < operation.invoked)) return false;
      return model
        .step(state, { ...operation, process: process(operation) })
        .some((step) => explains(step, operation) && extend(step.state, new Set([...placed, operation.id])));
    });
  };
  return extend(model.init, new Set());
}
