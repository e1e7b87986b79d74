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

/** JSON that no text inside can end, so that it may stand in a script element. */
export function encodePageData(data: object): string {
  return toJson(data).replaceAll("<", String.raw`\u003c`);
}

export function decodePageData(text: string): PageData {
  return JSON.parse(text) as PageData;
}
