import type { Diagram, Lane, Row } from "../diagram/diagram.ts";
import type { FoldRow } from "../diagram/folds.ts";
import { actionWidth, cellOf, cellWidth, drawCell } from "./cell.ts";
import type { Cell } from "./cell.ts";
import { joinMargin } from "./margin.ts";
import type { Paint } from "./paint.ts";
import { count, cut, pad, printable, widthOf } from "./text.ts";

/** Where the columns of processes go. */
export interface ColumnPlan {
  /** Cells of the terminal for the numbers of the steps, without the blank behind them. */
  readonly gutter: number;
  readonly widths: readonly number[];
  readonly aligned: readonly number[];
  /** True if the operations are told apart by a bar along each: some process does more than one. */
  readonly bars: boolean;
}

/** Blank cells between two columns, and before the margin. */
const gap = 3;
/** A note below its row begins so many cells before the edge at the latest. */
const noteWidthMin = 22;
/** A column narrower than this tells nothing: the lanes do better. */
const columnWidthMin = 18;

/** Fits the columns into a width; null if there are too many processes for it. */
export function planColumns(diagram: Diagram, rows: readonly (Row | FoldRow)[], columns: number): ColumnPlan | null {
  const cells: Cell[][] = diagram.columns.map(() => []);
  const folds: number[] = diagram.columns.map(() => 0);
  for (const row of rows) {
    if (row.kind === "moment" || row.kind === "end") cells[row.column].push(cellOf(row));
    else for (const column of row.columns) folds[column] = widthOf(foldText(row));
  }
  const bars = hasManyOperations(diagram);
  const barWidth = bars ? 2 : 0;
  const aligned = cells.map((list) => actionWidth(list));
  const wishes = cells.map((list, index) =>
    Math.max(
      widthOf(printable(diagram.columns[index].process)),
      folds[index],
      ...list.map((cell) => cellWidth(cell, aligned[index]) + barWidth),
    ),
  );
  const gutter = Math.max(3, String(diagram.rows.findLast((row) => row.step !== null)?.step ?? 0).length + 2);
  const room = columns - gutter - 1 - gap * (wishes.length - 1);
  const widths = share(wishes, room);
  return widths === null ? null : { gutter, widths, aligned, bars };
}

/** Draws a header and the rows. */
export function drawColumns(
  diagram: Diagram,
  rows: readonly (Row | FoldRow)[],
  plan: ColumnPlan,
  columns: number,
  paint: Paint,
): readonly string[] {
  const start = plan.gutter + 1;
  const offsets = plan.widths.map((_, index) => start + sum(plan.widths.slice(0, index)) + gap * index);
  const marginStart = start + sum(plan.widths) + gap * plan.widths.length;
  const header = diagram.columns.map(({ process }, index) => {
    const name = cut(printable(process), plan.widths[index]);
    return fill(paint("name", name), widthOf(name), index === diagram.columns.length - 1 ? 0 : plan.widths[index]);
  });
  const lines = [" ".repeat(start) + header.join(" ".repeat(gap))];
  for (const whole of rows) {
    if (whole.kind === "fold") {
      lines.push(drawFold(whole, plan, offsets, paint));
      continue;
    }
    const row = fitEnd(whole, plan);
    const number = pad(row.step === null ? "" : String(row.step), plan.gutter, "right");
    const place = { start: marginStart, below: Math.min(offsets[row.column], columns - noteWidthMin), columns };
    const drawn = `${paint("quiet", number)} ${drawRow(diagram, row, plan, true, paint)}`;
    const filler = `${" ".repeat(plan.gutter)} ${drawRow(diagram, row, plan, false, paint)}`;
    lines.push(...joinMargin(row, drawn, marginStart - gap, filler, place, paint));
  }
  return lines;
}

function hasManyOperations(diagram: Diagram): boolean {
  const outermost = diagram.spans.filter((span) => span.operation.depth === 0).map((span) => span.column);
  return new Set(outermost).size < outermost.length;
}

/** Gives each column what it wishes, or cuts the widest ones until they fit. */
function share(wishes: readonly number[], room: number): readonly number[] | null {
  if (sum(wishes.map((wish) => Math.min(wish, columnWidthMin))) > room) return null;
  let most = Math.max(...wishes);
  while (sum(wishes.map((wish) => Math.min(wish, most))) > room) most--;
  return wishes.map((wish) => Math.min(wish, most));
}

/** An ending that is too long for its column moves into the notes; one word of it stays. */
function fitEnd(row: Row, plan: ColumnPlan): Row {
  if (row.kind !== "end") return row;
  const room = plan.widths[row.column] - (plan.bars ? 2 : 0);
  if (cellWidth(cellOf(row), 0) <= room) return row;
  return { ...row, action: row.end, notes: [row.action, ...row.notes] };
}

/** One line of the columns; `event` is false for a line that only carries on the bars. */
function drawRow(diagram: Diagram, row: Row, plan: ColumnPlan, event: boolean, paint: Paint): string {
  return row.lanes
    .map((lane, column) => {
      const width = plan.widths[column];
      if (lane !== "here")
        return fill(drawPause(lane, plan.bars, paint), lane === "idle" || lane === "over" ? 0 : 1, width);
      const bar = plan.bars ? paint("quiet", barOf(diagram, row, event)) : "";
      const rest = width - (plan.bars ? 2 : 0);
      return bar + (event ? drawCell(cellOf(row), plan.aligned[column], rest, paint) : " ".repeat(rest));
    })
    .join(" ".repeat(gap));
}

/** What stands in the column of a process that does not move: a bar while it is inside an operation, dots while it sleeps. */
function drawPause(lane: Exclude<Lane, "here">, bars: boolean, paint: Paint): string {
  switch (lane) {
    case "blocked":
      return paint("doubt", "┊");
    case "inside":
      return bars ? paint("quiet", "│") : " ";
    case "idle":
    case "over":
      return "";
  }
}

/** The bar along an outermost operation: it opens at the first step, closes at the return. */
function barOf(diagram: Diagram, row: Row, event: boolean): string {
  const { step } = row;
  if (step === null) return "  ";
  const span = diagram.spans.findLast(
    ({ column, operation, from, to }) =>
      column === row.column && operation.depth === 0 && from <= step && (to === null || step <= to),
  );
  if (span === undefined) return "  ";
  if (!event) return step === span.to ? "  " : "│ ";
  if (step === span.to) return step === span.from ? "─ " : "╰ ";
  return step === span.from ? "╭ " : "│ ";
}

function drawFold(row: FoldRow, plan: ColumnPlan, offsets: readonly number[], paint: Paint): string {
  const only = row.columns.length === 1;
  const indent = only ? offsets[row.columns[0]] : plan.gutter + 1;
  return (
    " ".repeat(indent) +
    paint("quiet", only ? foldText(row) : `${foldText(row)} by ${count(row.columns.length, "process", "processes")}`)
  );
}

function foldText(row: FoldRow): string {
  return `⋮ ${count(row.rows.length, "more row")}`;
}

/** Pads a text whose width in cells is known, because it may already be coloured. */
function fill(text: string, textWidth: number, width: number): string {
  return text + " ".repeat(Math.max(0, width - textWidth));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
