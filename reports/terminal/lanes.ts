import type { Diagram, Lane, Row } from "../diagram/diagram.ts";
import type { FoldRow } from "../diagram/folds.ts";
import { actionWidth, cellOf, cellWidth, drawCell } from "./cell.ts";
import { joinMargin } from "./margin.ts";
import type { Paint } from "./paint.ts";
import { count, cut, pad, printable, widthOf } from "./text.ts";

/** So many processes get a lane; the others are told in the text alone. */
const lanesMax = 24;
/** Longer names of processes are cut. */
const nameWidthMax = 16;
/** Blank cells before the margin. */
const gap = 3;

/**
 * The layout for many processes: a lane of two cells for each, a dot where it moves, and on the right who moved and what it
 * did, in the manner of a commit graph.
 */
export function drawLanes(
  diagram: Diagram,
  rows: readonly (Row | FoldRow)[],
  columns: number,
  paint: Paint,
): readonly string[] {
  const lanes = Math.min(diagram.columns.length, lanesMax);
  const shown = rows.filter((row): row is Row => row.kind !== "fold");
  const cells = shown.map((row) => cellOf(row));
  const aligned = actionWidth(cells);
  const gutter = Math.max(3, String(shown.findLast((row) => row.step !== null)?.step ?? 0).length + 2);
  const names = diagram.columns.map(({ process }) => cut(printable(process), nameWidthMax));
  const nameWidth = names.reduce((widest, name) => Math.max(widest, widthOf(name)), 0);
  const textStart = gutter + 1 + lanes * 2 + 1;
  const cellStart = textStart + nameWidth + 2;
  const cellRoom = Math.max(
    12,
    Math.min(columns - cellStart, Math.max(...cells.map((cell) => cellWidth(cell, aligned)))),
  );
  const place = { start: cellStart + cellRoom + gap, below: cellStart, columns };
  const lines = drawHeader(diagram, lanes, gutter, columns, paint);
  for (const row of rows) {
    if (row.kind === "fold") {
      lines.push(drawFold(row, names, lanes, gutter, paint));
      continue;
    }
    const number = pad(row.step === null ? "" : String(row.step), gutter, "right");
    const name = pad(names[row.column], nameWidth);
    const cell = drawCell(cellOf(row), aligned, cellRoom, paint);
    const drawn = `${paint("quiet", number)} ${drawMarks(row, lanes, true, paint)} ${isFirstOfStretch(rows, row) ? paint("name", name) : paint("quiet", name)}  ${cell}`;
    const filler = `${" ".repeat(gutter)} ${drawMarks(row, lanes, false, paint)} ${" ".repeat(nameWidth + 2 + cellRoom)}`;
    lines.push(...joinMargin(row, drawn, cellStart + cellRoom, filler, place, paint));
  }
  return lines;
}

/** The numbers of the lanes, and whose they are where the names do not already say so. */
function drawHeader(diagram: Diagram, lanes: number, gutter: number, columns: number, paint: Paint): string[] {
  const marks = diagram.columns.slice(0, lanes).map((_, index) => laneMark(index));
  const obvious = diagram.columns.every(({ process, role }, index) => process === `${role} ${index + 1}`);
  const keys = obvious
    ? []
    : diagram.columns.slice(0, lanes).map(({ process }, index) => `${marks[index]} ${printable(process)}`);
  const lines: string[] = [];
  let line = "";
  for (const key of keys) {
    const longer = line === "" ? key : `${line}   ${key}`;
    if (line !== "" && widthOf(longer) > columns - gutter - 1) {
      lines.push(line);
      line = key;
    } else {
      line = longer;
    }
  }
  const indent = " ".repeat(gutter + 1);
  const rest = diagram.columns.length - lanes;
  return [
    ...(obvious ? [] : [...lines, line]).map((text) => indent + paint("quiet", text)),
    ...(rest > 0 ? [indent + paint("quiet", `${count(rest, "more process", "more processes")} without a lane`)] : []),
    indent + paint("name", marks.join(" ")),
  ];
}

/** 1 to 9, then letters: a lane is one cell wide. */
function laneMark(index: number): string {
  return (index + 1).toString(36);
}

function drawMarks(row: Row, lanes: number, event: boolean, paint: Paint): string {
  const marks = row.lanes
    .slice(0, lanes)
    .map((lane) => (lane === "here" ? markOf(row, event, paint) : drawPause(lane, paint)));
  return `${marks.join(" ")} `;
}

function markOf(row: Row, event: boolean, paint: Paint): string {
  if (!event) return " ";
  if (row.kind === "end" || row.weight === "throw") return paint("bad", "✗");
  return row.weight === "return" ? paint("return", "○") : paint("name", "●");
}

function drawPause(lane: Exclude<Lane, "here">, paint: Paint): string {
  switch (lane) {
    case "inside":
      return paint("quiet", "│");
    case "blocked":
      return paint("doubt", "┊");
    case "idle":
      return paint("quiet", "·");
    case "over":
      return " ";
  }
}

/** The name of a process is set off where it takes over, so that the eye finds the switches. */
function isFirstOfStretch(rows: readonly (Row | FoldRow)[], row: Row): boolean {
  const before = rows[rows.indexOf(row) - 1];
  return before === undefined || before.kind === "fold" || before.column !== row.column;
}

function drawFold(row: FoldRow, names: readonly string[], lanes: number, gutter: number, paint: Paint): string {
  const marks = Array.from({ length: lanes }, (_, column) => (row.columns.includes(column) ? "⋮" : " ")).join(" ");
  const who = row.columns.length === 1 ? names[row.columns[0]] : count(row.columns.length, "process", "processes");
  return " ".repeat(gutter + 1) + paint("quiet", `${marks}  ${count(row.rows.length, "more row")} of ${who}`);
}
