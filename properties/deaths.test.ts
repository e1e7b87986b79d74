import { describe, expect, test } from "vitest";
import {
  linearizability,
  lockModel,
  type Model,
  mortal,
  noNeedlessWait,
  reentrantLockModel,
  semaphoreModel,
  sketch,
} from "./index.ts";

/** Whether the history holds, by the two properties that are held against a model. */
function holds(model: Model<any>, text: string): boolean {
  const history = sketch(text);
  const properties = [linearizability({ model }), noNeedlessWait({ model })];
  return properties.every((property) => property.check(history) === null);
}

const HELD = "p1 1..2 lock.acquire() = true\np1 killed at 4";

describe("a lock whose holder died", () => {
  test.each<[what: string, rest: string]>([
    ["is the next one's", "p2 5..6 lock.acquire() = true"],
    ["is the next one's who had waited for it", "p2 3..6 lock.acquire() = true"],
    [
      "is refused for as long as the death was not noticed",
      "p2 5..6 lock.tryAcquire() = false\np2 7..8 lock.tryAcquire() = true",
    ],
    [
      "is repaired, and then as before",
      "p2 5..6 lock.acquire() = true\np2 7..8 lock.markConsistent()\np2 9..10 lock.release()\np3 11..12 lock.acquire() = true",
    ],
    [
      "may be lost by who does not repair it",
      'p2 5..6 lock.acquire() = true\np2 7..8 lock.release()\np3 9..10 lock.acquire() ! "UnrecoverableError"',
    ],
    [
      "may be refused to who wants to hear of it",
      'p2 5..6 lock.acquire() ! "OwnerDiedError"\np2 7..8 lock.acquire() = true',
    ],
    ["goes on to the heir's heir", "p2 5..6 lock.acquire() = true\np2 killed at 7\np3 8..9 lock.acquire() = true"],
    [
      "is not one that the dead may take with him afterwards",
      "p1 3.. lock.acquire()\np2 5..6 lock.acquire() = true\np2 7..8 lock.release()\np3 9..10 lock.acquire() = true",
    ],
  ])("%s", (_what, rest) => {
    for (const model of [lockModel(), reentrantLockModel()]) expect(holds(model, `${HELD}\n${rest}`)).toBe(true);
  });

  test.each<[what: string, text: string]>([
    ["two who live had it", `${HELD}\np2 5..6 lock.acquire() = true\np3 7..8 lock.acquire() = true`],
    [
      "somebody had it before the holder died",
      "p1 1..2 lock.acquire() = true\np2 3..4 lock.acquire() = true\np1 killed at 5",
    ],
    ["who waits for it does so for ever", `${HELD}\np2 5.. lock.acquire()\np2 blocked`],
    [
      "it was lost though it was repaired",
      `${HELD}\np2 5..6 lock.acquire() = true\np2 7..8 lock.markConsistent()\np2 9..10 lock.release()\np3 11..12 lock.acquire() ! "UnrecoverableError"`,
    ],
    [
      "it was lost, and then was not",
      `${HELD}\np2 5..6 lock.acquire() = true\np2 7..8 lock.release()\np3 9..10 lock.acquire() ! "UnrecoverableError"\np3 11..12 lock.acquire() = true`,
    ],
    [
      "it was lost though nobody died",
      'p1 1..2 lock.acquire() = true\np1 3..4 lock.release()\np3 5..6 lock.acquire() ! "UnrecoverableError"\np2 1..2 lock.tryAcquire() = false\np2 killed at 3',
    ],
    [
      "it was free again though another one died",
      "p1 1..2 lock.acquire() = true\np2 3..4 lock.tryAcquire() = false\np2 killed at 5\np3 6..7 lock.acquire() = true",
    ],
    [
      "who has lost it by being overtaken releases it",
      `${HELD}\np2 5..6 lock.acquire() = true\np3 7..8 lock.release()`,
    ],
  ])("is wrong where %s", (_what, text) => {
    for (const model of [lockModel(), reentrantLockModel()]) expect(holds(model, text)).toBe(false);
  });

  test("stays held by the dead where the model is told so", () => {
    const model = lockModel({ death: "holds" });
    expect(holds(model, `${HELD}\np2 5..6 lock.acquire() = true`)).toBe(false);
    expect(holds(model, `${HELD}\np2 5.. lock.acquire()\np2 blocked`)).toBe(true);
  });
});

describe("a semaphore of which a holder died", () => {
  const TAKEN = "p1 1..2 permits.acquire() = true\np1 killed at 4";
  test.each<[what: string, text: string, permits: number, right: boolean]>([
    ["has his permit again", `${TAKEN}\np2 5..6 permits.acquire() = true`, 1, true],
    [
      "has his permit again, once",
      `${TAKEN}\np2 5..6 permits.acquire() = true\np3 7..8 permits.acquire() = true`,
      1,
      false,
    ],
    [
      "has all of his permits again",
      `p1 1..2 permits.acquire() = true\np1 3..4 permits.acquire() = true\np1 killed at 5\np2 6..7 permits.acquire() = true\np2 8..9 permits.acquire() = true`,
      2,
      true,
    ],
    [
      "had it not before he died",
      "p1 1..2 permits.acquire() = true\np2 3..4 permits.acquire() = true\np1 killed at 5",
      1,
      false,
    ],
    ["does not keep others waiting", `${TAKEN}\np2 5.. permits.acquire()\np2 blocked`, 1, false],
    [
      "keeps those waiting who are still too many",
      `${TAKEN}\np2 5..6 permits.acquire() = true\np3 7.. permits.acquire()\np3 blocked`,
      1,
      true,
    ],
    [
      "has nothing again that he had given back",
      "p1 1..2 permits.acquire() = true\np1 3..4 permits.release()\np1 killed at 5\np2 6..7 permits.acquire() = true\np3 8..9 permits.acquire() = true",
      1,
      false,
    ],
    [
      "has nothing again if it is a signal",
      `p2 1..2 permits.release()\np1 3..4 permits.acquire() = true\np1 killed at 5\np2 6.. permits.acquire()\np2 blocked`,
      0,
      true,
    ],
  ])("%s", (_what, text, permits, right) => {
    expect(holds(semaphoreModel(permits), text)).toBe(right);
  });

  test("that is bounded has its bound afterwards", () => {
    const model = semaphoreModel(1, { bounded: true });
    const given = `${TAKEN}\np2 5..6 permits.acquire() = true\np2 7..8 permits.release()`;
    expect(holds(model, `${given}\np2 9..10 permits.release() ! "OverReleaseError"`)).toBe(true);
    expect(holds(model, `${given}\np2 9..10 permits.release()`)).toBe(false);
  });
});

test("a model of one's own says what a death does", () => {
  const chair: Model<string | null> = {
    name: "chair",
    init: null,
    perProcess: true,
    step: (sitting, { operation, process }) =>
      operation === "sit"
        ? sitting === null
          ? [{ state: process }]
          : []
        : sitting === process
          ? [{ state: null }]
          : [],
  };
  const text = "p1 1..2 chair.sit()\np1 killed at 3\np2 4..5 chair.sit()";
  expect(holds(chair, text)).toBe(false);
  expect(
    holds({ ...chair, mortal: mortal(chair, (sitting, process) => (sitting === process ? null : sitting)) }, text),
  ).toBe(true);
});

test("what is blamed are operations that were called", () => {
  const history = sketch(`${HELD}\np2 5..6 lock.acquire() = true\np3 7..8 lock.acquire() = true`);
  const property = linearizability({ model: lockModel() });
  const { operations } = property.check(history)!;
  expect(operations.length).toBeGreaterThan(1);
  expect(operations.every((id) => id >= 0)).toBe(true);
  const witness = property.witness!(history)!;
  expect(witness.operations).toEqual([0, 1, 2]);
  expect(witness.sentence).toContain("explains 2 of 3 answers");
});
