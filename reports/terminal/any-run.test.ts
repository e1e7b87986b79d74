import { stripVTControlCharacters } from "node:util";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { layOut } from "../diagram/diagram.ts";
import type { Row } from "../diagram/diagram.ts";
import { foldQuiet, terminalFolds } from "../diagram/folds.ts";
import { anyRun } from "../fixtures/any-run.ts";
import { findItem, listItems, noFilter, placeStretches, stepOf } from "../html/view.ts";
import { formatCounterexample } from "./result.ts";
import { widthOf } from "./text.ts";

test("whatever a run is like, its diagram has each step once, and says of each process what it does", () => {
  fc.assert(
    fc.property(anyRun, (run) => {
      const { rows, columns } = layOut(run);
      const steps = rows.flatMap((row) => (row.step === null ? [] : [row.step]));
      expect(new Set(steps).size).toBe(steps.length);
      const printed = run.trace.filter((entry) => entry.kind === "print").length;
      expect(steps.length).toBeGreaterThanOrEqual(run.trace.length - printed);
      expect(rows.every((row) => row.lanes.length === columns.length && row.lanes[row.column] === "here")).toBe(true);
      const shown = foldQuiet({ ...layOut(run), rows }, terminalFolds);
      expect(shown.flatMap((row): readonly Row[] => (row.kind === "fold" ? row.rows : [row])).length).toBe(rows.length);
    }),
    { numRuns: 200 },
  );
});

test("whatever a run is like, its report fits the terminal, with colour and without", () => {
  fc.assert(
    fc.property(anyRun, fc.integer({ min: 80, max: 160 }), (run, columns) => {
      const text = formatCounterexample(run, { colour: false, columns });
      const lines = text.split("\n").filter((line) => !line.startsWith("  Replay"));
      expect(lines.filter((line) => widthOf(line) > columns)).toEqual([]);
      const coloured = stripVTControlCharacters(formatCounterexample(run, { colour: true, columns }));
      expect(coloured.replace(/ +$/gm, "")).toBe(text.replace(/ +$/gm, ""));
    }),
    { numRuns: 150 },
  );
});

test("whatever a run is like, each of its rows is found in the page's list, and no span lies outside of it", () => {
  fc.assert(
    fc.property(anyRun, fc.boolean(), (run, folded) => {
      const diagram = layOut(run);
      const items = listItems(diagram, { ...noFilter, folded });
      for (const item of items) {
        if (item.kind !== "fold" && item.step === null) continue;
        expect(stepOf(diagram, items[findItem(diagram, items, stepOf(diagram, item))])).toBe(stepOf(diagram, item));
      }
      const spans = placeStretches(
        diagram,
        items,
        diagram.spans.map((span) => ({ ...span, label: "" })),
      );
      expect(spans.every(({ from, to }) => from >= 0 && to < items.length)).toBe(true);
    }),
    { numRuns: 150 },
  );
});
