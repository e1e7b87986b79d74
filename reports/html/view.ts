import type { Diagram, Lane, MomentRow, Row, Span } from "../diagram/diagram.ts";
import { foldQuiet } from "../diagram/folds.ts";
import type { FoldRow } from "../diagram/folds.ts";

/**
 * What the page shows of a diagram, as functions of values: which rows, where the spans go, what the processes are doing at
 * a step. The components only draw it.
 */

/** A line of the list: a row, or a fold that stands for several. */
export type Item = Row | FoldRow;

export interface Filter {
  /** Columns whose rows are hidden. */
  readonly hidden: ReadonlySet<number>;
  /** Only rows that touch this object; null for all. */
  readonly object: string | null;
  /** Only rows that contain this text. */
  readonly text: string;
  readonly folded: boolean;
  /** Folds that were opened, each named by its first step. */
  readonly opened: ReadonlySet<number>;
}

export const noFilter: Filter = { hidden: new Set(), object: null, text: "", folded: false, opened: new Set() };

/** Runs with more rows are folded when the page opens. */
export const rowsUnfoldedMax = 60;

/** The lines of the list, in order. */
export function listItems(diagram: Diagram, filter: Filter): readonly Item[] {
  const text = filter.text.trim().toLowerCase();
  const rows = diagram.rows.filter(
    (row) =>
      !filter.hidden.has(row.column) &&
      (filter.object === null || touches(row, filter.object)) &&
      (text === "" || searchText(diagram, row).includes(text)),
  );
  if (!filter.folded) return rows;
  const limits = { rowsUnfoldedMax: 0, foldRowsMin: 3, rowsMax: Number.POSITIVE_INFINITY };
  return foldQuiet({ ...diagram, rows }, limits).flatMap((item): readonly Item[] =>
    item.kind === "fold" && filter.opened.has(item.rows[0].step) ? item.rows : [item],
  );
}

/** The step that an item stands for: the state beside it is the one after this step. */
export function stepOf(diagram: Diagram, item: Item): number {
  if (item.kind === "fold") return item.rows.at(-1)!.step;
  return item.step ?? diagram.rows.findLast((row) => row.step !== null)?.step ?? 0;
}

/** The index of the item that shows a step, or of the last one before it; 0 if there is none. */
export function findItem(diagram: Diagram, items: readonly Item[], step: number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (firstStepOf(diagram, items[middle]) <= step) low = middle + 1;
    else high = middle;
  }
  // Endings without a step stand after the last step and share its number: the step itself is meant.
  while (low > 1 && isEndless(items[low - 1]) && stepOf(diagram, items[low - 2]) >= step) low--;
  return Math.max(0, low - 1);
}

/** An operation or a sleep, as a stretch of items. */
export interface Placed {
  readonly column: number;
  readonly from: number;
  readonly to: number;
  /** True if it is still open at the end of the run. */
  readonly open: boolean;
  readonly label: string;
}

/** Puts stretches of steps onto the lines of the list; what lies wholly in hidden lines shrinks to nothing and is left out. */
export function placeStretches(
  diagram: Diagram,
  items: readonly Item[],
  stretches: readonly {
    readonly column: number;
    readonly from: number;
    readonly to: number | null;
    readonly label: string;
  }[],
): readonly Placed[] {
  const steps = items.map((item) => stepOf(diagram, item));
  const lastOwn = new Map<number, number>();
  for (const [index, item] of items.entries()) if (item.kind !== "fold") lastOwn.set(item.column, index);
  return stretches.flatMap(({ column, from, to, label }): readonly Placed[] => {
    const first = lowerBound(steps, from);
    const ending = lastOwn.get(column);
    const endRow = ending === undefined ? undefined : items[ending];
    const last =
      to !== null
        ? lowerBound(steps, to)
        : endRow?.kind === "end" && endRow.end !== "blocked"
          ? ending!
          : items.length - 1;
    if (first >= items.length) return [];
    return [{ column, from: first, to: Math.min(last, items.length - 1), open: to === null, label }];
  });
}

/** How a process stands at a step. */
export interface Standing {
  readonly process: string;
  readonly state: string;
  /** The operations that it is in, outermost first. */
  readonly operations: readonly string[];
  /** "file:line" of the last step that it took, as far as the trace says. */
  readonly source: string | null;
}

export function describeStandings(diagram: Diagram, item: Item): readonly Standing[] {
  const step = stepOf(diagram, item);
  const row = item.kind === "fold" ? item.rows.at(-1)! : item;
  const sources = lastSources(diagram, step);
  return diagram.columns.map(({ process, end }, column) => {
    const ended = row.lanes[column] === "over" || (row.kind === "end" && row.column === column);
    return {
      process,
      state: ended ? (end?.end ?? "finished") : stateWords[row.lanes[column]],
      operations: ended ? [] : openOperations(diagram.spans, column, step).map(nameOf),
      source: sources.get(column) ?? null,
    };
  });
}

/** Everything that the processes printed up to a step, with the last line last; at most `linesMax` lines. */
export function listPrints(
  diagram: Diagram,
  step: number,
  linesMax: number,
): readonly { readonly process: string; readonly line: string; readonly step: number }[] {
  const lines = diagram.rows
    .filter((row): row is MomentRow => row.kind === "moment" && row.prints.length > 0 && row.step <= step)
    .slice(-linesMax)
    .flatMap((row) =>
      row.prints.map((line) => ({ process: diagram.columns[row.column].process, line, step: row.step })),
    );
  return lines.slice(-linesMax);
}

/** "buy(2) → bought": an operation and what came of it. */
export function callOf(span: Pick<Span, "operation">): string {
  const { result, outcome } = span.operation;
  const call = nameOf(span);
  if (outcome === "pending") return call;
  if (outcome === "threw") return `${call} threw ${show(result)}`;
  return result === undefined ? call : `${call} → ${show(result)}`;
}

function nameOf({ operation: { object, operation, args } }: Pick<Span, "operation">): string {
  return `${object === null ? "" : `${object}.`}${operation}(${args.map(show).join(", ")})`;
}

/** A row in one sentence, for those who hear the page. */
export function sayItem(diagram: Diagram, item: Item): string {
  if (item.kind === "fold")
    return `${item.rows.length} rows folded, steps ${item.rows[0].step} to ${item.rows.at(-1)!.step}`;
  const { process } = diagram.columns[item.column];
  const notes = item.notes.length === 0 ? "" : `. ${item.notes.join(". ")}`;
  if (item.kind === "end") return `${process} ${item.action}${notes}`;
  const value = item.value === "" ? "" : ` ${item.value}`;
  const prints = item.prints.length === 0 ? "" : `. Printed: ${item.prints.join(", ")}`;
  return `Step ${item.step}, ${process}: ${item.action}${value}${notes}${prints}`;
}

const stateWords: Readonly<Record<Lane, string>> = {
  here: "moves",
  inside: "pauses",
  blocked: "sleeps",
  idle: "is between operations",
  over: "finished",
};

function touches(row: Row, object: string): boolean {
  return row.kind === "moment" && row.entry.object === object;
}

function searchText(diagram: Diagram, row: Row): string {
  const value = row.kind === "moment" ? `${row.value} ${row.prints.join(" ")}` : "";
  return `${diagram.columns[row.column].process} ${row.action} ${value} ${row.notes.join(" ")}`.toLowerCase();
}

function firstStepOf(diagram: Diagram, item: Item): number {
  return item.kind === "fold" ? item.rows[0].step : stepOf(diagram, item);
}

function isEndless(item: Item): boolean {
  return item.kind === "end" && item.step === null;
}

/** The first index whose number is at least `number`. */
function lowerBound(numbers: readonly number[], number: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle] < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

function openOperations(spans: readonly Span[], column: number, step: number): readonly Span[] {
  return spans.filter((span) => span.column === column && span.from <= step && (span.to === null || span.to >= step));
}

function lastSources(diagram: Diagram, step: number): ReadonlyMap<number, string> {
  const sources = new Map<number, string>();
  for (let index = diagram.rows.length - 1; index >= 0 && sources.size < diagram.columns.length; index--) {
    const row = diagram.rows[index];
    if (row.kind !== "moment" || row.step > step || row.entry.source === null || sources.has(row.column)) continue;
    sources.set(row.column, row.entry.source);
  }
  return sources;
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
