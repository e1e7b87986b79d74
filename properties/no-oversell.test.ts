import { expect, test } from "vitest";
import { noOversell } from "./no-oversell.ts";
import { sketch } from "./sketch.ts";

const property = noOversell({ operation: "buy", stock: ({ tickets }: { tickets: number }) => tickets });

test("two sales of one ticket are a violation that names both", () => {
  const history = sketch(
    `p1  1..4  buy() = "bought"
     p2  2..5  buy() = "bought"
     p3  3..6  buy() = "sold out"`,
    { input: { tickets: 1 } },
  );
  expect(property.check(history)).toEqual({ message: "2 tickets sold, 1 in stock", operations: [0, 1] });
});

test("a sale that never returned may not have happened", () => {
  const history = sketch(
    `p1  1..4  buy() = "bought"
     p2  2..   buy()
     p3  3..5  buy() ! "no connection"`,
    { input: { tickets: 1 } },
  );
  expect(property.check(history)).toBeNull();
});

test("one sale too many is enough to show it", () => {
  const history = sketch(
    `p1 1..2 buy() = "bought"
    p2 3..4 buy() = "bought"
    p3 5..6 buy() = "bought"`,
    { input: { tickets: 1 } },
  );
  expect(property.check(history)).toEqual({ message: "3 tickets sold, 1 in stock", operations: [0, 1] });
});

test("what counts as sold, and what is sold, can be said", () => {
  const rooms = noOversell({ operation: "enter", stock: 0, sold: (result) => result === true, noun: "room" });
  expect(rooms.check(sketch(`p1 1..2 enter() = true`))?.message).toBe("1 room sold, 0 in stock");
  expect(rooms.check(sketch(`p1 1..2 enter() = false`))).toBeNull();
});

test("a stock that is no number is refused with the value that was given", () => {
  expect(() => property.check(sketch("", { input: {} }))).toThrow(/The stock for "buy" is undefined\. Give `stock`/);
});
