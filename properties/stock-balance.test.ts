import { expect, test } from "vitest";
import { Checker } from "../harness/check.ts";
import type { Scenario } from "../harness/scenario.ts";
import { countedBadly, countedWell } from "./fixtures/counted-stock.ts";
import { sketch, stockBalance } from "./index.ts";

const locked = stockBalance({ operation: "buy", stock: 2, left: "stock", lock: "lock" });
const unlocked = stockBalance({ operation: "buy", stock: 2, left: "stock" });

const SOLD = `
  p1  1..9   buy() = "bought"
  p1  2..3   lock.acquire() = true
  p1  4..4   stock.set(1)
  p1  5..6   lock.release()`;

test("a sale that does not show in the stock while the lock is free is a violation", () => {
  const history = sketch(SOLD.replace("stock.set(1)", "stock.set(2)"));
  expect(locked.check(history)).toEqual({
    message: "1 ticket sold and 2 left while nobody held lock, 2 in stock",
    operations: [0, 2],
  });
});

test("a piece that is gone though nobody bought it is a violation, with whoever may have bought one", () => {
  const history = sketch(`${SOLD.replace("set(1)", "set(0)")}\np2  10..  buy()`);
  expect(locked.check(history)).toEqual({
    message: "0 tickets sold and 0 left while nobody held lock, 2 in stock",
    operations: [0, 2],
  });
});

test.each([
  ["a sale that is open may have sold or not", locked, SOLD],
  [
    "what is not right while somebody may hold the lock says nothing",
    locked,
    SOLD.replace("5..6   lock.release()", "5..    lock.release()")
      .replace("set(1)", "set(7)")
      .replace("1..9", "1.. ")
      .replace('= "bought"', ""),
  ],
  [
    "of two writes that overlap either may be the last",
    unlocked,
    `
    p1  1..8   buy() = "bought"
    p2  2..9   buy() = "bought"
    p1  3..6   stock.set(1)
    p2  4..7   stock.set(0)`,
  ],
  [
    "a sale that never returned may have been made",
    unlocked,
    `
    p1  1..    buy()
    p1  2..2   stock.set(1)
    p1  killed
    p2  3..6   buy() = "bought"
    p2  4..4   stock.set(0)`,
  ],
  [
    "a refused sale is none",
    unlocked,
    `
    p1  1..4   buy() = "sold out"
    p1  2..2   stock.sub(1) = 2
    p1  3..3   stock.add(1) = 1`,
  ],
  [
    "a holder that died gave the lock up when the next one got it",
    locked,
    `
    p1  1..    buy()
    p1  2..3   lock.acquire() = true
    p1  4..4   stock.set(1)
    p1  killed
    p2  5..9   buy() = "bought"
    p2  5..6   lock.acquire() = true
    p2  7..7   stock.set(0)
    p2  8..8   lock.release()`,
  ],
])("%s", (_, property, history) => {
  expect(property.check(sketch(history))).toBeNull();
});

test("after the holder's death the moments count again", () => {
  const history = sketch(`
    p1  1..    buy()
    p1  2..3   lock.acquire() = true
    p1  killed
    p2  5..9   buy() = "bought"
    p2  5..6   lock.acquire() = true
    p2  7..7   stock.set(2)
    p2  8..8   lock.release()`);
  expect(locked.check(history)?.message).toBe("1 ticket sold and 2 left while nobody held lock, 2 in stock");
});

test("without a lock the quiet moments count", () => {
  const lost = `
    p1  1..5   buy() = "bought"
    p2  2..6   buy() = "bought"
    p1  3..3   stock.set(1)
    p2  4..4   stock.set(1)`;
  expect(unlocked.check(sketch(lost))).toEqual({
    message: "2 tickets sold and 1 left while no sale was open, 2 in stock",
    operations: [0, 1, 3],
  });
});

test("a number that subtracts in two steps is caught, the real one holds", async () => {
  await using checker = new Checker();
  const options = { runs: 300, seed: 1, jobs: 1, endOnFailure: true };
  expect(await checker.check(countedBadly as unknown as Scenario, options)).toMatchObject({
    verdict: "fail",
    property: "stock-balance",
  });
  expect(await checker.check(countedWell as unknown as Scenario, options)).toMatchObject({ verdict: "pass" });
});
