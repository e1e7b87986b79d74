import type { Result } from "../harness/result.ts";
import { layOut } from "./diagram/diagram.ts";
import { describePass, formatResult } from "./terminal/result.ts";
import { count, grouped, printable } from "./terminal/text.ts";

/** GitHub shows so many annotations of a step; the rest it drops without a word. */
const annotationsMax = 10;
/** GitHub refuses a larger job summary. It counts 1 MiB; some room is left for other steps' words. */
const summaryBytesMax = 900_000;
/** Width of the diagrams in the summary, in characters. */
const diagramColumns = 110;

export interface GithubOptions {
  /** The folder of the checkout: paths below it are named from there, as GitHub wants them. */
  readonly root?: string;
}

/**
 * Results as workflow commands: print them, and GitHub shows each failure beside the line of code where the race turns.
 * Empty if nothing failed.
 */
export function formatAnnotations(results: readonly Result[], options: GithubOptions = {}): string {
  const bad = results.filter((result) => result.verdict !== "pass");
  const shown = bad.length > annotationsMax ? bad.slice(0, annotationsMax - 1) : bad;
  const lines = shown.map((result) => annotate(result, options));
  const hidden = bad.length - shown.length;
  if (hidden > 0)
    lines.push(`::error title=forkcheck::${count(hidden, "more scenario")} failed: see the job's summary`);
  return lines.map((line) => `${line}\n`).join("");
}

/** Results as Markdown for the file `$GITHUB_STEP_SUMMARY`: a table, then each failure with its diagram. */
export function formatJobSummary(results: readonly Result[]): string {
  const bad = results.filter((result) => result.verdict !== "pass");
  const head = [
    `### forkcheck: ${bad.length === 0 ? `${count(results.length, "scenario")} hold` : `${bad.length} of ${count(results.length, "scenario")} failed`}`,
    "",
    "| | scenario | verdict | runs |",
    "|---|---|---|---:|",
    ...results.map(tableRow),
    "",
  ].join("\n");
  let summary = `${head}\n`;
  for (const [index, result] of bad.entries()) {
    const part = failurePart(result);
    if (Buffer.byteLength(summary) + Buffer.byteLength(part) > summaryBytesMax) {
      return `${summary}${count(bad.length - index, "more failure")} left out: the summary would be too large for GitHub.\n`;
    }
    summary += part;
  }
  return summary;
}

function annotate(result: Result, options: GithubOptions): string {
  const place = findPlace(result, options);
  const properties = [
    ...(place === null ? [] : [`file=${escapeProperty(place.file)}`, `line=${place.line}`]),
    `title=${escapeProperty(`forkcheck: ${result.scenario}`)}`,
  ].join(",");
  const token = result.counterexample?.token;
  const message = [
    result.message ?? result.property ?? result.verdict,
    ...(result.counterexample?.explanation ?? []).map((sentence) => sentence.replace(/^step \d+: /, "")),
    ...(token === undefined || token === "" ? [] : [`Replay: npx forkcheck replay ${token}`]),
  ].join("\n");
  return `::error ${properties}::${escapeData(message)}`;
}

/** Where the race turns: the first step that has something said about it, or else the first whose place is known. */
function findPlace(
  { counterexample }: Result,
  { root }: GithubOptions,
): { readonly file: string; readonly line: number } | null {
  if (counterexample === undefined) return null;
  const { rows } = layOut(counterexample);
  const noted = rows.find((row) => row.kind === "moment" && row.notes.length > 0 && row.entry.source !== null);
  const source = noted?.kind === "moment" ? noted.entry.source : counterexample.trace.find((e) => e.source)?.source;
  const match = /^(.+):(\d+)$/.exec(source ?? "");
  if (match === null) return null;
  const file = match[1].replaceAll("\\", "/");
  const prefix = root === undefined ? "" : `${root.replaceAll("\\", "/").replace(/\/$/, "")}/`;
  return { file: prefix !== "" && file.startsWith(prefix) ? file.slice(prefix.length) : file, line: Number(match[2]) };
}

function tableRow(result: Result): string {
  const mark = { pass: "✅", fail: "❌", error: "⚠️" }[result.verdict];
  const verdict = result.verdict === "pass" ? describePass(result) : (result.message ?? result.property ?? "");
  return `| ${mark} | ${escapeMarkdown(result.scenario)} | ${escapeMarkdown(verdict)} | ${grouped(result.runs)} |`;
}

function failurePart(result: Result): string {
  const text = formatResult(result, { colour: false, columns: diagramColumns });
  // The fence has to be longer than any run of backticks in what a program printed.
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `<details open><summary>${escapeHtml(result.scenario)}</summary>\n\n${fence}text\n${text}\n${fence}\n\n</details>\n\n`;
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

function escapeMarkdown(text: string): string {
  return escapeHtml(printable(text)).replace(/[\\|`*_~[\]]/g, String.raw`\$&`);
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
