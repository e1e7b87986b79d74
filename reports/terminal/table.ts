import type { Result } from "../../harness/result.ts";
import { painter } from "./paint.ts";
import type { Style } from "./paint.ts";
import { cut, grouped, printable, widthOf, wrap } from "./text.ts";

export interface TableColumn {
  readonly title: string;
  readonly align?: "left" | "right";
  /** What does not fit goes on in the next line, instead of being cut; such columns leave the others the room they need. */
  readonly wraps?: boolean;
}

export type TableCell = string | { readonly text: string; readonly style: Style };

/** Blank cells between two columns of a table. */
const gap = 2;
/** No column of a table is cut below this. */
const columnWidthMin = 8;
/** A column that wraps is at least so wide, or all columns are squeezed alike. */
const wrappedWidthMin = 16;

/** Rows under titles, as wide as they need to be; where that is too wide, the widest columns are cut or wrapped. */
export function formatTable(
  titles: readonly TableColumn[],
  rows: readonly (readonly TableCell[])[],
  options: { readonly colour: boolean; readonly columns: number },
): string {
  const table = tableOf(titles, rows, options);
  return [table.heading, ...rows.map(table.row)].join("\n");
}

/** A table whose rows are printed as they come. */
export interface Table<Row> {
  /** The line of titles. */
  readonly heading: string;
  /** One row, in one line or several. */
  readonly row: (row: Row) => string;
}

/** A table for rows that are not there yet: as wide as `expected` ones need, which are the widest that may come. */
export function tableOf(
  titles: readonly TableColumn[],
  expected: readonly (readonly TableCell[])[],
  options: { readonly colour: boolean; readonly columns: number },
): Table<readonly TableCell[]> {
  const paint = painter(options.colour);
  const wishes = titles.map(({ title }, index) =>
    expected.reduce((widest, row) => Math.max(widest, widthOf(textOf(row[index] ?? ""))), widthOf(title)),
  );
  const widths = fit(titles, wishes, options.columns - gap * (titles.length - 1));
  const place = (text: string, style: Style | null, index: number): string => {
    const kept = cut(text, widths[index]);
    const blanks = " ".repeat(widths[index] - widthOf(kept));
    const painted = style === null ? kept : paint(style, kept);
    return titles[index].align === "right" ? blanks + painted : painted + blanks;
  };
  const join = (cells: readonly string[]): string => cells.join(" ".repeat(gap)).trimEnd();
  return {
    heading: join(titles.map(({ title }, index) => place(title, "quiet", index))),
    row(row) {
      const cells = row.map((cell, index) =>
        titles[index].wraps === true ? wrap(textOf(cell), widths[index]) : [textOf(cell)],
      );
      const height = Math.max(1, ...cells.map(({ length }) => length));
      return Array.from({ length: height }, (_, at) =>
        join(
          row.map((cell, index) => place(cells[index][at] ?? "", typeof cell === "string" ? null : cell.style, index)),
        ),
      ).join("\n");
    },
  };
}

function textOf(cell: TableCell): string {
  return printable(typeof cell === "string" ? cell : cell.text);
}

/** A scenario checked, and what it was expected to come to: a wrong version is there to be caught. */
export interface VerifyRow {
  readonly result: Result;
  readonly expected: "pass" | "fail";
}

/** What is going to be checked, before its result is there. */
export interface VerifyCheck {
  readonly scenario: string;
  readonly property: string;
}

/** The table of `verify`: what each scenario came to, against what it was expected to; each row as soon as it is there. */
export function verifyTable(
  checks: readonly VerifyCheck[],
  options: { readonly colour: boolean; readonly columns: number },
): Table<VerifyRow> {
  const titles: readonly TableColumn[] = [
    { title: "scenario" },
    { title: "property" },
    { title: "verdict" },
    { title: "runs", align: "right" },
    { title: "expected" },
  ];
  const expected = checks.map(({ scenario, property }) => [scenario, property, "proved", grouped(99_999), "✗ fails"]);
  const { heading, row } = tableOf(titles, expected, options);
  return {
    heading,
    row: ({ result, expected: wanted }) =>
      row([
        result.scenario,
        result.property ?? "",
        { text: verdictInWords(result), style: verdictStyle(result) },
        grouped(result.runs),
        result.verdict === wanted
          ? { text: inWords[wanted], style: "quiet" }
          : { text: `✗ ${inWords[wanted]}`, style: "bad" },
      ]),
  };
}

const inWords = { pass: "holds", fail: "fails" } as const;

function verdictInWords(result: Result): string {
  if (result.verdict === "error") return "error";
  return result.verdict === "pass" && result.exhaustive ? "proved" : inWords[result.verdict];
}

function verdictStyle({ verdict }: Result): Style {
  if (verdict === "pass") return "good";
  return verdict === "fail" ? "doubt" : "bad";
}

/** Columns that wrap share what the others leave, unless that is too little for anybody. */
function fit(titles: readonly TableColumn[], wishes: readonly number[], room: number): readonly number[] {
  const wrapping = titles.map(({ wraps }) => wraps === true);
  const taken = wishes.reduce((sum, wish, index) => sum + (wrapping[index] ? 0 : wish), 0);
  const shared = wishes.filter((_, index) => wrapping[index]);
  if (shared.length === 0 || room - taken < shared.length * wrappedWidthMin) return squeeze(wishes, room);
  const widths = squeeze(shared, room - taken);
  let next = 0;
  return wishes.map((wish, index) => (wrapping[index] ? widths[next++] : wish));
}

/** Takes from the widest columns until the table fits, or until every column is at its least. */
function squeeze(wishes: readonly number[], room: number): readonly number[] {
  const total = (most: number): number => wishes.reduce((sum, wish) => sum + Math.min(wish, most), 0);
  let most = wishes.reduce((widest, wish) => Math.max(widest, wish), 0);
  while (most > columnWidthMin && total(most) > room) most--;
  return wishes.map((wish) => Math.min(wish, most));
}
