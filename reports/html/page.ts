import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import type { Counterexample, Result } from "../../harness/result.ts";
import type { Run } from "../diagram/diagram.ts";
import { describePartlyControlled } from "../terminal/partly-controlled.ts";
import {
  describeCoverage,
  describeMinimality,
  describePass,
  describeSearch,
  formatResult,
} from "../terminal/result.ts";
import { dataElementId, encodePageData } from "./page-data.ts";
import type { PageData, PageResult } from "./page-data.ts";

export interface PageOptions {
  /** How many runs the search was allowed: 'in run 3 of 1,000'. */
  readonly runsMax?: number;
  /** Gives the text of a line of code, for a place as the trace has it ("/home/me/ticket-rush.ts:12"); null if there is none. */
  readonly readSource?: (place: string) => string | null;
  /** The project's folder: places in the code are named from there, and the page does not tell where it lay. */
  readonly root?: string;
  /** The built template; without it the one that ships with forkcheck is read. */
  readonly template?: string;
}

/**
 * Results as one HTML page that needs nothing but itself: it opens from disk, makes no request, and holds the diagram of
 * each failure with the state of every shared object at each step.
 *
 * @throws {Error} if the template has not been built.
 */
export function renderPage(results: readonly Result[], options: PageOptions = {}): string {
  const data: PageData = { results: results.map((result) => preparePage(result, options)) };
  const template = options.template ?? readTemplate("html");
  return fillTemplate(template, { title: titleOf(results), text: asText(results), data });
}

/** Puts a title, what is shown without JavaScript, and the data into a built template. */
export function fillTemplate(
  template: string,
  { title, text, data }: { readonly title: string; readonly text: string; readonly data: object },
): string {
  // A function as replacement, because '$&' in a user's value would otherwise be filled in.
  return template
    .replace("%forkcheck-title%", () => escapeHtml(title))
    .replace("%forkcheck-text%", () => escapeHtml(text))
    .replace(
      `<script type="application/json" id="${dataElementId}"></script>`,
      () => `<script type="application/json" id="${dataElementId}">${encodePageData(data)}</script>`,
    );
}

/** An input longer than this is cut in the page. */
const inputCharsMax = 4000;
/** Width of the diagrams that are shown without JavaScript. */
const diagramColumns = 120;

export function preparePage(result: Result, options: PageOptions): PageResult {
  const counterexample = result.counterexample && withoutRoot(result.counterexample, options);
  const input =
    counterexample?.input === undefined ? "" : inspect(counterexample.input, { depth: 8, maxArrayLength: 100 });
  return {
    result: counterexample === undefined ? result : { ...result, counterexample },
    input: input.length <= inputCharsMax ? input : `${input.slice(0, inputCharsMax)}…`,
    summary: summarise(result, options),
    sources: result.counterexample === undefined ? {} : collectSources(result.counterexample, options),
  };
}

/** A failing run and the nearest one that holds, with their places named from the project's folder. */
function withoutRoot(counterexample: Counterexample, options: PageOptions): Counterexample {
  const { nearestPassing } = counterexample;
  const short = shortenSources(counterexample, options);
  return nearestPassing === undefined ? short : { ...short, nearestPassing: shortenSources(nearestPassing, options) };
}

/** The same run with its places named from the project's folder. */
function shortenSources<T extends Pick<Run, "trace">>(run: T, options: PageOptions): T {
  return { ...run, trace: run.trace.map((entry) => ({ ...entry, source: shortenPlace(entry.source, options) })) };
}

function shortenPlace<T extends string | null>(place: T, { root }: PageOptions): T | string {
  const prefix = root === undefined ? "" : `${root.replace(/[\\/]$/, "")}/`;
  return place !== null && prefix !== "" && place.startsWith(prefix) ? place.slice(prefix.length) : place;
}

function summarise(result: Result, options: PageOptions): readonly string[] {
  const { counterexample } = result;
  const partly = describePartlyControlled(result);
  if (counterexample === undefined)
    return result.verdict === "pass" ? [`It ${describePass(result)}.`, ...describeCoverage(result), ...partly] : partly;
  const found = { strategy: result.strategy, runs: result.runs };
  const search = options.runsMax === undefined ? { found } : { found, runsMax: options.runsMax };
  return [describeSearch(counterexample, search), describeMinimality(counterexample), ...partly];
}

function collectSources(run: Run, options: PageOptions): Readonly<Record<string, string>> {
  const { readSource } = options;
  if (readSource === undefined) return {};
  const places = new Set(run.trace.flatMap(({ source }) => (source === null ? [] : [source])));
  return Object.fromEntries(
    [...places].flatMap((place) => {
      const line = readSource(place);
      return line === null ? [] : [[shortenPlace(place, options), line.trim()] as const];
    }),
  );
}

function titleOf(results: readonly Result[]): string {
  const bad = results.filter((result) => result.verdict !== "pass");
  if (results.length === 1) return `${bad.length === 1 ? "✗" : "✓"} ${results[0].scenario} · forkcheck`;
  return bad.length === 0 ? "✓ all hold · forkcheck" : `✗ ${bad.length} of ${results.length} fail · forkcheck`;
}

function asText(results: readonly Result[]): string {
  return results.map((result) => formatResult(result, { colour: false, columns: diagramColumns })).join("\n\n");
}

/** The templates lie beside this code once built; run from its sources, forkcheck looks where the build puts them. */
export function readTemplate(folder: "html" | "lessons"): string {
  for (const place of [`../${folder}/template.html`, `../../dist/reports/${folder}/template.html`]) {
    try {
      return readFileSync(new URL(place, import.meta.url), "utf8");
    } catch {
      // Not there: the next place may have it.
    }
  }
  throw new Error(
    "The page cannot be written: its template is missing from this installation of forkcheck. " +
      "Install forkcheck again; in a checkout of its sources, run 'npm run build' first.",
  );
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
