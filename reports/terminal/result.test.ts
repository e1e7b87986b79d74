import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import {
  chinese,
  counterexample,
  deadlock,
  ends,
  longRun,
  lostItem,
  oversold,
  result,
  soldTwice,
  tenBuyers,
  trace,
} from "../fixtures/runs.ts";
import { describeMinimality, describeSearch, formatCounterexample, formatResult } from "./result.ts";
import { widthOf } from "./text.ts";

const plain = { colour: false, columns: 110 };

describe("a failure", () => {
  test("is told in the order: what broke, how, how small, what to do next", () => {
    const text = formatResult(oversold, { ...plain, runsMax: 1000, saved: ".forkcheck/ticket-rush.races" });
    expect(text).toBe(
      `
✗ ticket rush without a lock: 2 tickets sold, 1 in stock

    buyer 1                 buyer 2
  1 read stock   → 1
  2                         read stock   → 1        needed: buyer 1 pauses between its read and its write
  3                         write stock  ← 0
  4                         buy          → bought
  5 write stock  ← 0                                buyer 1 writes what it computed from a stale read
  6 buy          → bought

  2 processes, 2 operations, 1 preemption. Found by random-delay in run 3 of 1,000 (41 ms), shrunk in 60 ms.
  Nothing smaller fails: all 14 smaller runs were checked.
  Replay   npx forkcheck replay fc1:ticket-rush:2x1:a1b2c1
  Saved    .forkcheck/ticket-rush.races   (commit it; it runs first from now on)
`.trim(),
    );
  });

  test("at 80 columns keeps its notes in a margin of several lines", () => {
    expect(formatResult(oversold, { colour: false, columns: 80 })).toContain(
      `
  2                         read stock   → 1        needed: buyer 1 pauses
                                                    between its read and its
                                                    write
  3                         write stock  ← 0
`,
    );
  });

  test("shows bars along operations where a process does several, and dots while it sleeps", () => {
    expect(formatCounterexample(lostItem, { colour: false, columns: 80 }).split("\n").slice(0, 9).join("\n")).toBe(
      `
     producer 1              producer 2                 consumer
   1                                                    ╭ take ticket  0 → 1
   2                                                    │ wait for item
   3 ╭ reserve slot  0 → 1                              ┊
   4 │ copy item     ← 7                                ┊
   5 │                       ╭ reserve slot  1 → 2      ┊
                             └ producer 1 pauses between 'copy item' and
                               'publish'
   6 │ publish       0 → 1   │                          ┊
`.slice(1, -1),
    );
  });

  test("of processes that wait for each other ends in what each waits for", () => {
    const text = formatCounterexample(deadlock, plain);
    expect(text).toContain("✗ waits for fork 2, for ever   ┊                              at ticket-rush.ts:14\n");
    expect(text).toContain("    ┊                              ✗ waits for fork 1, for ever   at ticket-rush.ts:12\n");
    expect(text).toContain("Input    { philosophers: 2 }");
  });

  test("of ten processes has a lane for each at 80 columns, and cuts nothing", () => {
    const text = formatCounterexample(tenBuyers(), { colour: false, columns: 80 });
    expect(text).toContain("     1 2 3 4 5 6 7 8 9 a\n   1 ● · · · · · · · · ·  buyer 1   read stock   → 2\n");
    expect(text).toContain("  13   ● │ │ │ │ │ │ │ │  buyer 2   write stock  ← 1\n");
    expect(text).not.toContain("…");
  });

  test("says in the lanes whose they are when the names do not", () => {
    const names = Array.from({ length: 12 }, (_, index) => (index < 6 ? `producer ${index + 1}` : `chef ${index - 5}`));
    const run = counterexample({
      trace: trace(names.map((name) => [name, "write", "put", "← 1"])),
      ends: ends(names),
    });
    expect(formatCounterexample(run, { colour: false, columns: 80 })).toContain("7 chef 1");
  });

  test("of a long run folds what is quiet", () => {
    const text = formatCounterexample(longRun(2000), { colour: false, columns: 80 });
    expect(text).toContain("⋮ 6 more rows");
    expect(text.split("\n").length).toBeLessThan(230);
  });

  test("that cannot be replayed offers no replay", () => {
    expect(formatCounterexample({ ...soldTwice, token: "" }, plain)).not.toContain("Replay");
  });

  test("without a step says so", () => {
    expect(formatCounterexample(counterexample({}), plain)).toContain("no process took a step");
  });
});

describe("every report", () => {
  const runs = [soldTwice, deadlock, lostItem, tenBuyers(), chinese, longRun(300), longRun(60, 30)];

  test("fits its width, wide characters and all", () => {
    const tooWide = [40, 60, 80, 81, 100, 132, 200].flatMap((columns) =>
      runs
        // Thirty lanes do not fit into 40 columns; no one has such a terminal.
        .filter((run) => columns >= 80 || run.ends.length < 10)
        .flatMap((run) =>
          formatResult({ ...oversold, counterexample: run }, { colour: false, columns })
            .split("\n")
            .filter((line) => widthOf(line) > columns && !line.startsWith("  Replay")),
        ),
    );
    expect(tooWide).toEqual([]);
  });

  test("is the same with colour as without, but for the colour", () => {
    for (const run of runs) {
      const options = { columns: 80, saved: "x.races", page: "x.html" };
      const coloured = formatResult({ ...oversold, counterexample: run }, { ...options, colour: true });
      expect(coloured).toContain("\u001b[");
      expect(stripVTControlCharacters(coloured)).toBe(
        formatResult({ ...oversold, counterexample: run }, { ...options, colour: false }),
      );
    }
  });

  test("lines values up under wide characters", () => {
    const lines = formatCounterexample(chinese, plain).split("\n");
    const arrows = lines
      .filter((line) => /^ +[123] /.test(line) && /[→←]/.test(line))
      .map((line) => line.split(/[→←]/)[0]);
    expect(new Set(arrows.slice(1).map((before) => widthOf(before))).size).toBe(1);
  });

  test("lets no escape sequence of the program under test through", () => {
    const run = {
      ...soldTwice,
      trace: trace([["buyer 1", "read", "read \u001b[31mstock\n", "→ \u009b2J", "stock"]]),
      input: { name: "\u001b[2J" },
    };
    const text = formatResult({ ...oversold, message: "bad\u0007 \u202e", counterexample: run }, plain);
    expect(text).toContain(String.raw`read \x1b[31mstock\n`);
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});

test("a pass is one line, and says when it is a proof", () => {
  expect(formatResult(result({}), plain)).toBe("✓ ticket rush: holds in 1,000 runs (random-delay, 1.2 s)");
  const coverage = {
    runs: 1000,
    behaviours: 48,
    seenOnce: 25,
    newBehaviourChance: 0.025,
    newBehaviourChanceMax: 0.3168,
  };
  expect(formatResult(result({ coverage, schedulingPoints: 4720, choices: 3620 }), { ...plain, columns: 80 })).toBe(
    [
      "✓ ticket rush: holds in 1,000 runs (random-delay, 1.2 s)",
      "  4,720 steps, 3,620 with a choice; 48 behaviours. The next run shows a new one",
      "  with a chance of 2.5 % (at most 32 %).",
    ].join("\n"),
  );
  expect(formatResult(result({ exhaustive: true, strategy: "exhaustive", runs: 51, elapsedMs: 41 }), plain)).toBe(
    "✓ ticket rush: proved by 51 runs (exhaustive, 41 ms)",
  );
});

test("an error names itself and is told whole, and notes stand below", () => {
  const text = formatResult(
    result({
      verdict: "error",
      property: "worker-did-not-start",
      message: "A worker ended before it was ready.\nticket-rush.ts throws while it is imported: no such file 'db'.",
      notes: ["1 worker was replaced"],
    }),
    plain,
  );
  expect(text).toBe(
    `
! ticket rush: worker-did-not-start
  A worker ended before it was ready.
  ticket-rush.ts throws while it is imported: no such file 'db'.
  Note     1 worker was replaced
`.trim(),
  );
});

test("the summary says how the failure was found, in the words that fit", () => {
  expect(describeSearch({ ...soldTwice, faults: 2, preemptions: 0, mode: "free" }, {})).toBe(
    "2 processes, 2 operations, 2 faults, 0 preemptions. Found in run 3 (41 ms), running free, and then replayed under control, shrunk in 60 ms.",
  );
});

test("the minimality line claims no more than was checked", () => {
  expect([told(true, 0), told(true, 1), told(true, 12_786)]).toEqual([
    "Nothing smaller fails: there is no smaller run.",
    "Nothing smaller fails: the only smaller run was checked.",
    "Nothing smaller fails: all 12,786 smaller runs were checked.",
  ]);
  expect([told(false, 9000, 0), told(false, 9000, 1), told(false, 9000, 2)]).toEqual([
    "Nothing smaller fails without preemption: all such runs are among the 9,000 that were checked. Others were not searched.",
    "Nothing smaller fails with at most 1 preemption: all such runs are among the 9,000 that were checked. Others were not searched.",
    "Nothing smaller fails with at most 2 preemptions: all such runs are among the 9,000 that were checked. Others were not searched.",
  ]);
  expect([told(false, 0), told(false, 5)]).toEqual([
    "Smaller runs were not searched: there may be a smaller failure.",
    "5 smaller runs held; others were not searched, so there may be a smaller failure.",
  ]);
});

function told(minimal: boolean, smallerRunsChecked: number, minimalWithin?: number): string {
  const within = minimalWithin === undefined ? {} : { minimalWithin };
  return describeMinimality({ ...soldTwice, minimal, ...within, smallerRunsChecked });
}
