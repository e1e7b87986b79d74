import { expect, test } from "vitest";
import { columnsOf } from "../columns.ts";
import { checkLinearizable } from "../linearizability/check.ts";
import { joinableCounterModel, queueModel, semaphoreModel } from "../models/index.ts";
import type { Model } from "../model.ts";
import { sketch } from "../sketch.ts";

/**
 * Rules for these objects that are simple, sound and in print, and that the oracle showed to be incomplete: the monitors must
 * leave these histories to the frontier checker.
 */
test("a taskDone that returned forces a put that is still open, so that it cannot be late for a join", () => {
  const history = `
    c1  1..2   tasks.taskDone()
    p1  1..9   tasks.put(1)
    p2  3..4   tasks.put(2)
    m   5..6   tasks.join()`;
  expect(verdictOf(history, joinableCounterModel())).toBe("violated");
});

test("a taskDone that never returned cannot both end a join's wait and leave its put to another taskDone", () => {
  const history = `
    p1  1..2   tasks.put(1)
    c1  1..    tasks.taskDone()
    m   3..4   tasks.join()
    c2  5..6   tasks.taskDone()`;
  expect(verdictOf(history, joinableCounterModel())).toBe("violated");
});

test("a release of a bounded semaphore forces an acquire that never returned, whose permit is then gone", () => {
  const history = `
    p1  1..2   permits.release()
    p2  1..    permits.acquire()
    p3  3..4   permits.acquire() = true
    p4  3..4   permits.acquire() = true
    p5  5..6   permits.acquire() = true`;
  expect(verdictOf(history, semaphoreModel(2, { bounded: true }))).toBe("violated");
  expect(verdictOf(history, semaphoreModel(2))).toBe("holds");
});

test("a value that came out first was in first, even if no moment of a bounded queue is overfull by itself", () => {
  const history = `
    p1  1..2   queue.put(1)
    p2  1..2   queue.put(2)
    p3  1..4   queue.put(3)
    c1  3..4   queue.get() = 3`;
  expect(verdictOf(history, queueModel(2))).toBe("violated");
  expect(verdictOf(history, queueModel(3))).toBe("holds");
});

function verdictOf(text: string, model: Model<any>): string {
  return checkLinearizable(columnsOf(sketch(text)), model).verdict;
}
