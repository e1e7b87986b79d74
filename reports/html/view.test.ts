import { describe, expect, test } from "vitest";
import { layOut } from "../diagram/diagram.ts";
import { deadlock, longRun, lostItem, soldTwice } from "../fixtures/runs.ts";
import {
  callOf,
  describeStandings,
  findItem,
  listItems,
  listPrints,
  noFilter,
  placeStretches,
  sayItem,
  stepOf,
} from "./view.ts";

const lost = layOut(lostItem);
const long = layOut(longRun(400));

describe("the list of rows", () => {
  test("without a filter is the whole diagram", () => {
    expect(listItems(lost, noFilter)).toEqual(lost.rows);
  });

  test("leaves hidden processes out, and rows that touch other objects or do not contain the text", () => {
    const hidden = listItems(lost, { ...noFilter, hidden: new Set([0, 1]) });
    expect(hidden.every((item) => item.kind !== "fold" && item.column === 2)).toBe(true);
    expect(listItems(lost, { ...noFilter, object: "queue.tail" }).length).toBe(3);
    expect(listItems(lost, { ...noFilter, text: " GOT 7" }).length).toBe(1);
  });

  test("folds quiet stretches, and opens the ones asked for", () => {
    const folded = listItems(long, { ...noFilter, folded: true });
    expect(folded.length).toBeLessThan(160);
    const fold = folded.find((item) => item.kind === "fold")!;
    const opened = listItems(long, { ...noFilter, folded: true, opened: new Set([stepOf(long, folded[0]) + 1]) });
    expect(opened.length).toBe(folded.length + (fold.kind === "fold" ? fold.rows.length : 0) - 1);
  });
});

describe("a step", () => {
  test("is found in the list, within a fold too, or else the last row before it is", () => {
    const folded = listItems(long, { ...noFilter, folded: true });
    expect(findItem(long, folded, 1)).toBe(0);
    expect(findItem(long, folded, 4)).toBe(1);
    expect(findItem(long, folded, 8)).toBe(2);
    expect(findItem(lost, lost.rows, 12)).toBe(findItem(lost, lost.rows, 11));
    expect(findItem(lost, lost.rows, 16)).toBe(lost.rows.length - 2);
    expect(findItem(lost, [], 5)).toBe(0);
  });

  test("says where each process stands", () => {
    const sixth = lost.rows[findItem(lost, lost.rows, 6)];
    expect(describeStandings(lost, sixth)).toEqual([
      { process: "producer 1", state: "moves", operations: ["queue.put(7)"], source: "ticket-rush.ts:15" },
      {
        process: "producer 2",
        state: "pauses",
        operations: ["queue.put(8)"],
        source: "ticket-rush.ts:14",
      },
      { process: "consumer", state: "sleeps", operations: ["queue.get()"], source: "ticket-rush.ts:11" },
    ]);
    const last = lost.rows.at(-1)!;
    expect(describeStandings(lost, last).map(({ state }) => state)).toEqual(["finished", "killed", "blocked"]);
  });

  test("comes with what was printed up to it", () => {
    expect(listPrints(lost, 10, 5)).toEqual([]);
    expect(listPrints(lost, 11, 5).map(({ line }) => line)).toEqual(["got 7", "next"]);
    expect(listPrints(lost, 99, 1).map(({ line }) => line)).toEqual(["next"]);
  });

  test("can be said in a sentence", () => {
    expect(sayItem(layOut(soldTwice), layOut(soldTwice).rows[1])).toBe(
      "Step 2, buyer 2: read stock → 1. needed: buyer 1 pauses between its read and its write",
    );
    expect(sayItem(layOut(deadlock), layOut(deadlock).rows.at(-1)!)).toBe(
      "philosopher 2 waits for fork 1, for ever. at ticket-rush.ts:12",
    );
  });
});

test("spans are put onto the rows that are shown, open ones to the end of the process", () => {
  const spans = lost.spans.map((span) => ({ ...span, label: callOf(span) }));
  expect(placeStretches(lost, lost.rows, spans).map(({ label, from, to, open }) => [label, from, to, open])).toEqual([
    ["queue.get() → 7", 0, 10, false],
    ["queue.put(7)", 2, 7, false],
    ["queue.put(8)", 4, 11, true],
    ["queue.get()", 12, 15, true],
    ["queue.put(9)", 13, 14, false],
  ]);
});
