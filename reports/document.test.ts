import { expect, test } from "vitest";
import { formatLines, parseDocument } from "./document.ts";
import { oversold, result } from "./fixtures/runs.ts";

const document = { forkcheck: "0.1.0", seed: 1, results: [oversold, result({})] };

test("a JSON result comes back as it was", () => {
  expect(parseDocument(JSON.stringify(document), "r.json")).toEqual(document);
});

test.each([
  ["{", "it is not JSON"],
  ["[]", "it is not an object"],
  ["{}", "it has no 'forkcheck' with the version that wrote it"],
  ['{"forkcheck":"1"}', "it has no list 'results'"],
  ['{"forkcheck":"1","results":[],"shard":1}', "'shard' is not { index, count }"],
  ['{"forkcheck":"1","results":[{}]}', "result 1 has no 'scenario' (a string)"],
  [JSON.stringify({ ...document, results: [{ ...oversold, verdict: "maybe" }] }), "result 1 has the verdict 'maybe'"],
  [
    JSON.stringify({ ...document, results: [result({}), { ...oversold, counterexample: {} }] }),
    "result 2 has a counterexample without a list 'trace'",
  ],
])("what is none is named with the reason (%#)", (text, reason) => {
  expect(() => parseDocument(text, "r.json")).toThrow(
    `r.json is no result of forkcheck: ${reason}. Write one with 'npx forkcheck run --json > r.json'.`,
  );
});

test("JSON lines are one result a line", () => {
  expect(formatLines(document.results).split("\n").length).toBe(3);
});
