import type { Result } from "../../harness/result.ts";
import { toJson } from "../document.ts";

/** What a page holds, as JSON inside its HTML. */
export interface PageData {
  readonly results: readonly PageResult[];
}

export interface PageResult {
  readonly result: Result;
  /** The generated input, printed: not every value survives JSON. */
  readonly input: string;
  /** Sentences under the headline: how small, how found, how sure. */
  readonly summary: readonly string[];
  /** Lines of the user's code by their place: "ticket-rush.ts:12". */
  readonly sources: Readonly<Record<string, string>>;
}

/** The element that the data stands in. */
export const dataElementId = "forkcheck-data";

/** JSON that no text inside can end, so that it may stand in a script element. Its lists of steps and operations are tables. */
export function encodePageData(data: object): string {
  const plain: unknown = JSON.parse(toJson(data));
  return JSON.stringify(plain, (key, part: unknown) => (isList(key) ? toTable(part) : part)).replaceAll(
    "<",
    String.raw`\u003c`,
  );
}

/** What was encoded: `PageData`, or what another page holds. */
export function decodePageData(text: string): unknown {
  return JSON.parse(text, (key, part: unknown) => (isList(key) ? fromTable(part as Table) : part));
}

/** What makes a page of many steps large: the same eight or nine field names with every one of them. */
function isList(key: string): boolean {
  return key === "trace" || key === "history";
}

/** Each row begins with the place of its field names among `fields`. A value that is no list of objects is kept as it is. */
type Table = { readonly fields: string[][]; readonly rows: [number, ...unknown[]][] } | { readonly kept: unknown };

function toTable(part: unknown): Table {
  if (!Array.isArray(part) || !part.every(isRecord)) return { kept: part };
  const places = new Map<string, number>();
  const rows = part.map((entry): [number, ...unknown[]] => {
    const fields = JSON.stringify(Object.keys(entry));
    const place = places.get(fields) ?? places.size;
    places.set(fields, place);
    return [place, ...Object.values(entry)];
  });
  return { fields: [...places.keys()].map((fields) => JSON.parse(fields) as string[]), rows };
}

function fromTable(table: Table): unknown {
  if ("kept" in table) return table.kept;
  return table.rows.map(([place, ...values]) =>
    Object.fromEntries(table.fields[place].map((field, index) => [field, values[index]])),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
