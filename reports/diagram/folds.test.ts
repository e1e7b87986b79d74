import { expect, test } from "vitest";
import { longRun, soldTwice } from "../fixtures/runs.ts";
import { layOut } from "./diagram.ts";
import type { Row } from "./diagram.ts";
import { foldQuiet, terminalFolds } from "./folds.ts";

test("a short run is not folded", () => {
  const diagram = layOut(soldTwice);
  expect(foldQuiet(diagram, terminalFolds)).toEqual(diagram.rows);
});

test("of a quiet stretch the first and the last row stay", () => {
  const rows = foldQuiet(layOut(longRun(48)), terminalFolds);
  expect(rows.slice(0, 3).map((row) => (row.kind === "fold" ? row.rows.length : row.step))).toEqual([1, 6, 8]);
});

test("a row with a note is never folded", () => {
  const run = { ...longRun(2000), explanation: ["step 4: here it starts", "step 1000: here it turns"] };
  const rows = foldQuiet(layOut(run), terminalFolds);
  const shown = rows.flatMap((row) => (row.kind === "fold" ? [] : [row.step]));
  expect(shown).toContain(4);
  expect(shown).toContain(1000);
});

test("a fold hides nothing but what it counts", () => {
  const diagram = layOut(longRun(10_000, 7));
  const rows = foldQuiet(diagram, terminalFolds);
  const all = rows.flatMap((row): readonly Row[] => (row.kind === "fold" ? row.rows : [row]));
  expect(all).toEqual(diagram.rows);
  expect(rows.length).toBeLessThanOrEqual(terminalFolds.rowsMax + 7);
});
