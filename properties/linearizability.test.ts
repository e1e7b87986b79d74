import { expect, test } from "vitest";
import { linearizability, queueModel, registerModel, sketch, UndecidedError } from "./index.ts";

const staleRead = sketch(`
  p1  1..2   x.write(1)
  p2  3..4   x.read() = 0
`);

test("a read that returns what was replaced before it began is not linearizable, and is sequentially consistent", () => {
  const model = registerModel(0);
  expect(linearizability({ model }).check(staleRead)).toEqual({
    message: "p2's read returned its initial value, which 1 had replaced for good",
    operations: [0, 1],
  });
  expect(linearizability({ model, consistency: "sequential" }).check(staleRead)).toBeNull();
});

test("two reads by one process that go back in time are not sequentially consistent", () => {
  const history = sketch(`
    p1  1..2   x.write(1)
    p2  3..4   x.read() = 1
    p2  5..6   x.read() = 0
    p3  7..8   x.read() = 1
  `);
  expect(linearizability({ model: registerModel(0), consistency: "sequential" }).check(history)).toEqual({
    message: "no order that keeps each process's own explains these 2 answers",
    operations: [1, 2],
  });
});

test("quiescent consistency forgives an order within one busy period, and none across a quiet moment", () => {
  const quiescent = linearizability({ model: queueModel(), consistency: "quiescent" });
  const busy = `
    p3  1..10  queue.put(3)
    p1  2..3   queue.put(1)
    p2  4..5   queue.put(2)
    c1  11..12 queue.get() = 2
    c1  13..14 queue.get() = 1`;
  const quiet = busy.replace("1..10 ", "1..2 ").replace("2..3", "3..4").replace("4..5", "5..6");
  expect(quiescent.check(sketch(busy))).toBeNull();
  expect(quiescent.check(sketch(quiet))).not.toBeNull();
  expect(linearizability({ model: queueModel() }).check(sketch(busy))).not.toBeNull();
});

test("a search that reaches its limit is no pass: it throws, and says how far it got", () => {
  const property = linearizability({ model: registerModel(0), budget: { configurationsMax: 1 } });
  const history = sketch(`
    p1  1..4   x.write(1)
    p2  2..5   x.write(1)
    p3  3..6   x.write(2)
    p4  7..8   x.read() = 1
  `);
  expect(() => property.check(history)).toThrow(UndecidedError);
  expect(() => property.check(history)).toThrow(/configurationsMax \(1\), after \d of 4 responses\. Raise that limit/);
});

test("an operation that the model does not know is an error that names both", () => {
  const property = linearizability({ model: registerModel(0) });
  expect(() => property.check(sketch(`p1 1..2 x.frobnicate()`))).toThrow(
    'The model "register" has no operation "frobnicate". Name the model of the object that has it',
  );
});

test("each object is checked by itself", () => {
  const history = sketch(`
    p1  1..2   x.write(1)
    p1  3..4   y.read() = 0
  `);
  expect(linearizability({ model: registerModel(0) }).check(history)).toBeNull();
});
