import { expect, test } from "vitest";
import { describePartlyControlled } from "./partly-controlled.ts";

const partly = {
  used: ["sockets"],
  confirmedBy: 0,
  unconfirmed: [],
  redone: { runs: 4, differing: 0, otherReplies: 0 },
};

test("of runs that were under control nothing is said", () => {
  expect(describePartlyControlled({})).toEqual([]);
});

test("what the runs used is named, and how a failure was confirmed", () => {
  expect(describePartlyControlled({ partlyControlled: partly })).toEqual([
    "Partly controlled: the runs used sockets, which no schedule orders.",
  ]);
  const used = ["sockets", "other programs"];
  expect(describePartlyControlled({ partlyControlled: { ...partly, used, confirmedBy: 5 } })).toEqual([
    "Partly controlled: the runs used sockets and other programs, which no schedule orders. The failure was confirmed: each of 5 replays failed in the same way.",
  ]);
});

test("runs that went another way are told, and the first violations that were not confirmed", () => {
  const violation = { property: "one-holder", message: "there were two", replays: 5, failed: 2 };
  const unconfirmed = [violation, violation, violation, violation];
  const redone = { runs: 4, differing: 1, otherReplies: 2 };
  const [first, second, , , last] = describePartlyControlled({ partlyControlled: { ...partly, unconfirmed, redone } });
  expect(first).toMatch(/Of 4 runs done again 1 went another way, and 2 took the same steps and had other replies\./);
  expect(second).toBe(
    "Not confirmed, and so no failure: one-holder was violated (there were two), and in 2 of 5 replays again.",
  );
  expect(last).toBe("1 more violation was not confirmed.");
});
