import type { Diagram, MomentRow, Row } from "./diagram.ts";

/** Rows that are not shown one by one. */
export interface FoldRow {
  readonly kind: "fold";
  readonly rows: readonly MomentRow[];
  /** The columns that moved in it, ascending. */
  readonly columns: readonly number[];
}

export interface FoldLimits {
  /** Up to this many rows nothing is folded. */
  readonly rowsUnfoldedMax: number;
  /** A quiet stretch of fewer rows is shown. */
  readonly foldRowsMin: number;
  /** Beyond this many rows the middle is folded, quiet or not. */
  readonly rowsMax: number;
}

/** What suits a terminal: about a screen unfolded, a few screens at most. */
export const terminalFolds: FoldLimits = { rowsUnfoldedMax: 36, foldRowsMin: 3, rowsMax: 200 };

/**
 * Folds the quiet stretches of a long run: rows in which one process goes on by itself, with nothing said about them. The
 * first and the last row of each stretch stay, because a reader looks for what happened right before and after a switch.
 */
export function foldQuiet(diagram: Diagram, limits: FoldLimits): readonly (Row | FoldRow)[] {
  const { rows } = diagram;
  if (rows.length <= limits.rowsUnfoldedMax) return rows;
  const folded: (Row | FoldRow)[] = [];
  let quiet: MomentRow[] = [];
  const flush = (): void => {
    if (quiet.length >= limits.foldRowsMin) folded.push(fold(quiet));
    else folded.push(...quiet);
    quiet = [];
  };
  for (const [index, row] of rows.entries()) {
    if (row.kind === "moment" && isQuiet(row, rows[index - 1], rows[index + 1])) {
      quiet.push(row);
    } else {
      flush();
      folded.push(row);
    }
  }
  flush();
  return folded.length > limits.rowsMax ? cutMiddle(folded, limits.rowsMax) : folded;
}

function isQuiet(row: MomentRow, before: Row | undefined, after: Row | undefined): boolean {
  return (
    row.weight !== "throw" &&
    row.notes.length === 0 &&
    row.prints.length === 0 &&
    before?.column === row.column &&
    after?.column === row.column
  );
}

function fold(rows: readonly MomentRow[]): FoldRow {
  return { kind: "fold", rows, columns: [...new Set(rows.map((row) => row.column))].sort((a, b) => a - b) };
}

/** Keeps the beginning, everything that has a note, and more of the end than of the beginning: failures show late. */
function cutMiddle(rows: readonly (Row | FoldRow)[], rowsMax: number): readonly (Row | FoldRow)[] {
  const head = Math.floor(rowsMax / 4);
  const tail = Math.floor(rowsMax / 2);
  let spare = rowsMax - head - tail;
  const cut: (Row | FoldRow)[] = [];
  let hidden: MomentRow[] = [];
  const flush = (): void => {
    if (hidden.length > 0) cut.push(fold(hidden));
    hidden = [];
  };
  for (const [index, row] of rows.entries()) {
    const told = row.kind !== "fold" && row.notes.length > 0;
    if (index < head || index >= rows.length - tail || row.kind === "end" || (told && spare-- > 0)) {
      flush();
      cut.push(row);
    } else {
      hidden.push(...(row.kind === "fold" ? row.rows : [row]));
    }
  }
  flush();
  return cut;
}
