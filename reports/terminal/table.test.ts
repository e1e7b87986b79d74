import { expect, test } from "vitest";
import { oversold, result } from "../fixtures/runs.ts";
import { formatTable, tableOf, verifyTable } from "./table.ts";
import { widthOf } from "./text.ts";

test("verify shows what each scenario came to as soon as it is known, and marks what was not expected", () => {
  const rows = [
    { result: oversold, expected: "fail" },
    { result: result({ scenario: "ticket rush", exhaustive: true, runs: 12_786 }), expected: "pass" },
    { result: result({ scenario: "ktv" }), expected: "fail" },
  ] as const;
  const checks = rows.map(({ result: { scenario, property = "" } }) => ({ scenario, property }));
  const table = verifyTable(checks, { colour: false, columns: 80 });
  expect([table.heading, ...rows.map(table.row)].join("\n")).toBe(
    `
scenario                    property     verdict    runs  expected
ticket rush without a lock  no-oversell  fails         3  fails
ticket rush                              proved   12,786  holds
ktv                                      holds     1,000  ✗ fails
`.trim(),
  );
});

test("a row that comes later is cut to what was expected, never wider than the terminal", () => {
  const table = tableOf([{ title: "name" }, { title: "what" }], [["short", "x".repeat(100)]], {
    colour: false,
    columns: 40,
  });
  expect(table.row(["longer than that", "y".repeat(200)])).toBe(`long…  ${"y".repeat(32)}…`);
});

test("a table that is too wide cuts its widest columns", () => {
  const text = formatTable(
    [{ title: "name" }, { title: "what it does" }],
    [
      ["pct", "priorities with change points: finds any bug of depth d with a known probability"],
      ["随机", "uniform"],
    ],
    { colour: false, columns: 40 },
  );
  expect(text.split("\n").every((line) => widthOf(line) <= 40)).toBe(true);
  expect(text).toContain("pct   priorities with change points: fi…");
});
