import { expect, test } from "vitest";
import { oversold, result, soldTwice } from "./fixtures/runs.ts";
import { formatAnnotations, formatJobSummary } from "./github.ts";

test("an annotation stands at the line where the race turns, and says how to replay it", () => {
  const absolute = {
    ...soldTwice,
    trace: soldTwice.trace.map((entry) => ({ ...entry, source: entry.source && `/repo/test/${entry.source}` })),
  };
  expect(formatAnnotations([{ ...oversold, counterexample: absolute }, result({})], { root: "/repo" })).toBe(
    "::error file=test/ticket-rush.ts,line=11,title=forkcheck%3A ticket rush without a lock::" +
      "2 tickets sold, 1 in stock%0Aneeded: buyer 1 pauses between its read and its write%0A" +
      "buyer 1 writes what it computed from a stale read%0AReplay: npx forkcheck replay fc1:ticket-rush:2x1:a1b2c1\n",
  );
});

test("an annotation cannot smuggle in a second command", () => {
  const text = formatAnnotations([{ ...oversold, scenario: "a,b::c\n::set-env", message: "x\n::error::y" }]);
  expect(text.split("\n").length).toBe(2);
});

test("annotations that GitHub would drop are counted", () => {
  const lines = formatAnnotations(Array.from({ length: 30 }, () => oversold))
    .trim()
    .split("\n");
  expect(lines.length).toBe(10);
  expect(lines.at(-1)).toBe("::error title=forkcheck::21 more scenarios failed: see the job's summary");
});

test("the job summary has a table and each failure's diagram", () => {
  const text = formatJobSummary([oversold, result({ scenario: "a|b" })]);
  expect(text).toContain("### forkcheck: 1 of 2 scenarios failed");
  expect(text).toContain("| ❌ | ticket rush without a lock | 2 tickets sold, 1 in stock | 3 |");
  expect(text).toContain(String.raw`| ✅ | a\|b | holds in 1,000 runs (random-delay, 1.2 s) | 1,000 |`);
  expect(text).toContain("```text\n✗ ticket rush without a lock");
});

test("the job summary stays below GitHub's limit", () => {
  const text = formatJobSummary(Array.from({ length: 2000 }, () => oversold));
  expect(Buffer.byteLength(text)).toBeLessThan(1024 * 1024);
  expect(text).toMatch(/[\d,]+ more failures left out/);
});

test("backticks in a program's output do not end the code block", () => {
  expect(formatJobSummary([{ ...oversold, message: "```" }])).toContain("````text");
});
