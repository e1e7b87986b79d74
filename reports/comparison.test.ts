import { expect, test } from "vitest";
import { compareResults, formatComparison, isRegression } from "./comparison.ts";
import { oversold, result, soldTwice } from "./fixtures/runs.ts";
import type { Result } from "../harness/result.ts";
import type { ResultDocument } from "./document.ts";

test("two results are compared scenario by scenario, the worst first", () => {
  const before = document([
    result({ scenario: "broke" }),
    result({ scenario: "same" }),
    fails("slow"),
    fails("as slow as ever", 4),
    fails("fixed"),
    fails("otherwise"),
    result({ scenario: "lost" }),
    result({ scenario: "sampled", exhaustive: true }),
  ]);
  const after = document([
    result({ scenario: "same" }),
    fails("broke"),
    fails("slow", 1200),
    fails("as slow as ever", 40),
    result({ scenario: "fixed", exhaustive: true, runs: 51 }),
    { ...fails("otherwise"), property: "fifo" },
    result({ scenario: "sampled" }),
    result({ scenario: "added" }),
  ]);
  const changes = compareResults(before, after);
  expect(formatComparison(changes, { colour: false })).toBe(
    `
newly broken       broke: 2 tickets sold, 1 in stock
broken otherwise   otherwise: 2 tickets sold, 1 in stock (before: no-oversell)
slower to find     slow: found in run 1,200, before in run 3
no longer proved   sampled: held in 1,000 runs, which is a sample
no longer checked  lost: it was holding
newly proved       fixed: all 51 interleavings hold
newly checked      added: held in 1,000 runs
`.trim(),
  );
  expect(changes.filter((change) => isRegression(change)).length).toBe(5);
});

test("equal results have no changes", () => {
  expect(formatComparison(compareResults(document([oversold]), document([oversold])), { colour: false })).toBe(
    "Nothing has changed.",
  );
});

function document(results: readonly Result[]): ResultDocument {
  return { forkcheck: "0.1.0", seed: 1, results };
}

function fails(scenario: string, foundInRun = 3): Result {
  return { ...oversold, scenario, counterexample: { ...soldTwice, foundInRun } };
}
