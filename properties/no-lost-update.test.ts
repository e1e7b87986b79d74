import { expect, test } from "vitest";
import { noLostUpdate } from "./no-lost-update.ts";
import { sketch } from "./sketch.ts";

const property = noLostUpdate({ operation: "buy", stock: 2, left: (final: { left: number }) => final.left });

test("two sales that left one ticket of two lost an update", () => {
  const history = sketch(
    `p1  1..4  buy() = "bought"
     p2  2..5  buy() = "bought"`,
    { final: { left: 1 } },
  );
  expect(property.check(history)).toEqual({ message: "2 tickets sold and 1 left, 2 in stock", operations: [0, 1] });
});

test("a sale that never returned explains one missing ticket, not two", () => {
  const pending = `p1  1..  buy()`;
  expect(property.check(sketch(pending, { final: { left: 1 } }))).toBeNull();
  expect(property.check(sketch(pending, { final: { left: 2 } }))).toBeNull();
  expect(property.check(sketch(pending, { final: { left: 0 } }))).toEqual({
    message: "0 tickets sold and 0 left, 2 in stock, whatever became of 1 unfinished sale",
    operations: [0],
  });
});

test("a scenario without a final reading is told to give one", () => {
  expect(() => property.check(sketch(""))).toThrow(/the history has no final reading\. Give the scenario a `final`/);
});
