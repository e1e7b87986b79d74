import type { Operation } from "../../harness/history.ts";
import { type Columns, columnsOf, operationOf, subsetOf } from "../columns.ts";

/** A history that was recorded somewhere and read from a file: of one object or of several. */
export interface Recording {
  readonly columns: Columns;
  /** For each operation, an index into `objects`. */
  readonly object: Int32Array;
  /** Names of the objects; null for the only one, if it has no name. */
  readonly objects: readonly (string | null)[];
}

/** A file that cannot be read as a history: every bad line with its number, and nothing guessed. */
export class HistoryFileError extends Error {
  /** Number of the first bad line, from 1; 0 if it is not about a line. */
  readonly line: number;

  constructor(problems: readonly { readonly line: number; readonly what: string }[], advice: string) {
    const listed = problems
      .slice(0, PROBLEMS_SHOWN_MAX)
      .map(({ line, what }) => (line === 0 ? what : `Line ${line}: ${what}`));
    const more =
      problems.length > PROBLEMS_SHOWN_MAX ? [`and ${problems.length - PROBLEMS_SHOWN_MAX} more bad lines`] : [];
    super(`${[...listed, ...more].join("\n")}\n${advice}`);
    this.name = "HistoryFileError";
    this.line = problems[0]?.line ?? 0;
  }
}

const PROBLEMS_SHOWN_MAX = 10;

export function recordingOf(operations: readonly Operation[]): Recording {
  const names = new Map<string | null, number>();
  const objectOfId = new Map<number, number>();
  for (const { id, object } of operations) {
    const index = names.get(object) ?? names.size;
    names.set(object, index);
    objectOfId.set(id, index);
  }
  const columns = columnsOf({ input: undefined, operations, processes: [], final: undefined });
  return { columns, object: columns.id.map((id) => objectOfId.get(id)!), objects: [...names.keys()] };
}

/** The columns of each object by itself. */
export function objectsIn(recording: Recording): { object: string | null; columns: Columns }[] {
  const { columns, object, objects } = recording;
  if (objects.length <= 1) return objects.length === 0 ? [] : [{ object: objects[0]!, columns }];
  const rows: number[][] = objects.map(() => []);
  for (const [row, index] of object.entries()) rows[index].push(row);
  return objects.map((name, index) => ({ object: name, columns: subsetOf(columns, rows[index]) }));
}

/** The operations of those identifiers, in the order of their invocations; ranks are positions. */
export function operationsOf(columns: Columns, ids: readonly number[]): Operation[] {
  const wanted = new Set(ids);
  const rows: number[] = [];
  for (let row = 0; row < columns.count; row += 1) if (wanted.has(columns.id[row])) rows.push(row);
  return rows.map((row) => operationOf(columns, row));
}
