import { describe, expect, test } from "vitest";
import { counterexample, deadlock, ends, longRun, lostItem, operation, soldTwice, trace } from "../fixtures/runs.ts";
import { layOut } from "./diagram.ts";
import type { MomentRow } from "./diagram.ts";

describe("a diagram", () => {
  test("has a column for each process, in the order of the scenario", () => {
    expect(layOut(lostItem).columns.map((column) => column.process)).toEqual(["producer 1", "producer 2", "consumer"]);
  });

  test("has a row for each step and event, and none for a process that simply returned", () => {
    const { rows } = layOut(soldTwice);
    expect(rows.map((row) => [row.step, row.column])).toEqual([
      [1, 0],
      [2, 1],
      [3, 1],
      [4, 1],
      [5, 0],
      [6, 0],
    ]);
  });

  test("is the same for the same run", () => {
    expect(layOut(lostItem)).toEqual(layOut(structuredClone(lostItem)));
  });

  test("puts what a process printed beside the step that it printed it in", () => {
    const row = moments(lostItem).find(({ step }) => step === 11)!;
    expect(row.prints).toEqual(["got 7", "next"]);
    expect(moments(lostItem).some(({ step }) => step === 12)).toBe(false);
  });

  test("names the call that returned, with its arguments, and leaves out that it returned nothing", () => {
    expect(moments(lostItem).find(({ step }) => step === 8)).toMatchObject({ action: "queue.put(7)", value: "" });
    expect(moments(lostItem).find(({ step }) => step === 11)).toMatchObject({ action: "queue.get()", value: "→ 7" });
  });

  test("shows every ending that is not a plain return, where the trace has it, else at the foot", () => {
    const rows = layOut(lostItem).rows.filter((row) => row.kind === "end");
    expect(rows.map(({ step, action }) => [step, action])).toEqual([
      [13, "was killed by SIGKILL"],
      [null, "waits for queue.count, for ever"],
    ]);
  });

  test("shows a death where it happened, once, with what the process was about to do", () => {
    const run = counterexample({
      trace: trace([
        ["a", "update", "update word", "0 → 1", "word"],
        ["a", "kill", "killed", "before: write word"],
        ["b", "wait", "wait for word", "while 1", "word"],
      ]),
      ends: ends(["a", "b"], {
        a: { end: "killed", reason: "SIGKILL" },
        b: { end: "blocked", reason: "wait for word" },
      }),
    });
    expect(layOut(run).rows.map(({ kind, step, action }) => [kind, step, action])).toEqual([
      ["moment", 1, "update word"],
      ["end", 2, "was killed before 'write word'"],
      ["moment", 3, "wait for word"],
      ["end", null, "waits for word, for ever"],
    ]);
    expect(layOut(run).rows[2].lanes).toEqual(["over", "here"]);
  });

  test("shows who stands still as one who waits, and takes nobody's turn for a preemption of it", () => {
    const run = counterexample({
      trace: trace([
        ["a", "pause", "stands still for 50 ms", "before: write word"],
        ["b", "read", "read word", "→ 0", "word"],
        ["a", "write", "write word", "← 1", "word"],
      ]),
      ends: ends(["a", "b"]),
    });
    expect(layOut(run).blocked).toEqual([{ column: 0, from: 1, to: 3, object: null }]);
    expect(moments(run).map(({ preempted, notes }) => [preempted, notes])).toEqual([
      [null, []],
      [null, []],
      [null, []],
    ]);
  });

  test("shows an error that ended a process once: where it happened, whole, with its place in the code", () => {
    const error = "TypeError: price is undefined";
    const run = counterexample({
      trace: trace([
        ["a", "read", "read stock", "→ 0", "stock"],
        ["a", "throw", "", `✗ ${error}`],
      ]),
      ends: ends(["a"], { a: { end: "threw", reason: error } }),
    });
    expect(layOut(run).rows.map(({ step, action, notes }) => [step, action, notes])).toEqual([
      [1, "read stock", []],
      [2, `✗ ${error}`, [`ends with ${error}, at ticket-rush.ts:11`]],
    ]);
  });

  test("marks switches, and as preemptions only those that stopped a process which could have gone on", () => {
    const switches = moments(lostItem).filter((row) => row.switched);
    expect(switches.map((row) => [row.step, row.preempted])).toEqual([
      [3, null], // the consumer slept
      [5, 0],
      [6, null], // producer 2 was killed: it never moves again
      [9, 0],
      [15, null], // the consumer sleeps for ever
    ]);
  });

  test("follows a sleep from the wait to the resume, and to the end of the run if nobody wakes the sleeper", () => {
    expect(layOut(lostItem).blocked).toEqual([
      { column: 2, from: 2, to: 9, object: "queue.count" },
      { column: 2, from: 14, to: null, object: "queue.count" },
    ]);
    expect(layOut(deadlock).blocked.map((stretch) => stretch.to)).toEqual([null, null]);
  });

  test("says of every process what it does during a row", () => {
    const row = moments(lostItem).find(({ step }) => step === 6)!;
    expect(row.lanes).toEqual(["here", "inside", "blocked"]);
    expect(layOut(soldTwice).rows[4].lanes).toEqual(["here", "over"]);
    expect(layOut(soldTwice).rows[0].lanes).toEqual(["here", "idle"]);
  });

  test("puts sentences of the explanation beside their steps and keeps the others as prose", () => {
    const run = { ...soldTwice, explanation: ["step 5: too late", "step 99: no such step", "Any 2 buyers will do."] };
    expect(moments(run).find(({ step }) => step === 5)!.notes).toEqual(["too late"]);
    expect(layOut(run).prose).toEqual(["step 99: no such step", "Any 2 buyers will do."]);
  });

  test("tells a pause that nobody explained", () => {
    const run = { ...soldTwice, explanation: [] };
    expect(moments(run)[1].notes).toEqual(["buyer 1 pauses between 'read stock' and 'write stock'"]);
  });

  test("tells a write over what another process has written since the last look", () => {
    const run = { ...soldTwice, explanation: [] };
    expect(moments(run)[4].notes).toEqual(["buyer 1 writes over step 3, having read stock before it (step 1)"]);
    expect(moments(run)[2].notes).toEqual([]);
  });

  test("tells no pauses one by one where there are many", () => {
    expect(moments(longRun(400)).some((row) => row.notes.length > 0)).toBe(false);
  });

  test("draws a span for every operation, nested ones after the one that they lie in", () => {
    const run = counterexample({
      trace: trace([
        ["a", "update", "acquire lock", "0 → 1"],
        ["a", "return", "acquire lock"],
        ["a", "return", "buy"],
      ]),
      history: [operation(1, "a", "acquire", 1, 2, { depth: 1, object: "lock" }), operation(0, "a", "buy", 1, 3)],
      ends: ends(["a"]),
    });
    expect(layOut(run).spans.map((span) => [span.operation.operation, span.from, span.to])).toEqual([
      ["buy", 1, 3],
      ["acquire", 1, 2],
    ]);
    expect(moments(run).map((row) => row.depth)).toEqual([0, 1, 0]);
  });

  test("of a run in which nothing happened is empty", () => {
    expect(layOut(counterexample({})).rows).toEqual([]);
  });

  test("of 10,000 steps and 20 processes is laid out in less than a second", () => {
    const run = longRun(10_000, 20);
    const times = [1, 2, 3].map(() => {
      const start = performance.now();
      expect(layOut(run).rows.length).toBe(10_020);
      return performance.now() - start;
    });
    // The best of three: the machine may have other things to do.
    expect(Math.min(...times)).toBeLessThan(1000);
  });
});

function moments(run: Parameters<typeof layOut>[0]): readonly MomentRow[] {
  return layOut(run).rows.filter((row) => row.kind === "moment");
}
