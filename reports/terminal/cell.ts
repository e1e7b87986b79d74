import type { MomentRow, Row } from "../diagram/diagram.ts";
import type { Paint, Style } from "./paint.ts";
import { cut, pad, printable, widthOf } from "./text.ts";

/** One place of a column: what was done, and the value that moved. */
export interface Cell {
  readonly action: string;
  readonly value: string;
  readonly style: Style | null;
}

/** Longer names of actions do not push the values further to the right. */
const alignedActionMax = 26;

/** What a row has to say in its column. */
export function cellOf(row: Row): Cell {
  if (row.kind === "end") return { action: `✗ ${printable(row.action)}`, value: "", style: "bad" };
  return { action: printable(row.action), value: printable(row.value), style: styleOf(row) };
}

/** The width that lines the values of some cells up: that of the widest action which has a value beside it. */
export function actionWidth(cells: readonly Cell[]): number {
  return cells
    .filter((cell) => cell.value !== "")
    .map((cell) => widthOf(cell.action))
    .filter((width) => width <= alignedActionMax)
    .reduce((widest, width) => Math.max(widest, width), 0);
}

/** How wide a cell is when nothing of it is cut. */
export function cellWidth(cell: Cell, aligned: number): number {
  if (cell.value === "") return widthOf(cell.action);
  return Math.max(aligned, widthOf(cell.action)) + 2 + widthOf(cell.value);
}

/** Draws a cell in exactly `width` cells of the terminal. The value is what a reader needs: the action is cut first. */
export function drawCell(cell: Cell, aligned: number, width: number, paint: Paint): string {
  const blanks = " ".repeat(Math.max(0, width - Math.min(width, cellWidth(cell, aligned))));
  if (cell.value === "") return paintAs(cell.style, cut(cell.action, width), paint) + blanks;
  if (cellWidth(cell, aligned) <= width) {
    return `${paintAs(cell.style, pad(cell.action, aligned), paint)}  ${paintValue(cell.value, paint)}${blanks}`;
  }
  const value = cut(cell.value, Math.max(4, Math.floor(width / 2), width - widthOf(cell.action) - 1));
  const action = cut(cell.action, Math.max(0, width - widthOf(value) - 1));
  return paintAs(cell.style, pad(action, width - widthOf(value) - 1), paint) + " " + paintValue(value, paint);
}

function styleOf(row: MomentRow): Style | null {
  switch (row.weight) {
    case "step":
      return null;
    case "return":
      return row.depth === 0 ? "return" : "quiet";
    case "throw":
      return "bad";
    case "print":
      return "quiet";
  }
}

function paintAs(style: Style | null, text: string, paint: Paint): string {
  return style === null ? text : paint(style, text);
}

function paintValue(value: string, paint: Paint): string {
  return paint(value.startsWith("→") ? "out" : "in", value);
}
