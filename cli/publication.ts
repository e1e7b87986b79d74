import { appendFileSync, readFileSync } from "node:fs";
import { InvalidArgumentError, type Command } from "commander";
import { RequestError } from "../harness/request-error.ts";
import type { Result } from "../harness/result.ts";
import {
  formatAnnotations,
  formatDocument,
  formatJobSummary,
  formatJUnit,
  renderPage,
  type ResultDocument,
} from "../reports/index.ts";
import { OutputError, writeWhole } from "./whole-file.ts";

/** Where results go besides the terminal. */
export interface Publication {
  readonly json?: boolean;
  readonly html?: string;
  readonly junit?: string;
  /** Undefined: if GitHub runs it. */
  readonly github?: boolean;
}

/** Adds the options of `Publication` to a command. */
export function addPublicationOptions(command: Command): Command {
  return command
    .option("--json", "one JSON document on standard output, and nothing else there")
    .option("--html <file>", "write the results as a page, one file that needs nothing else", fileName)
    .option("--junit <file>", "write the results as JUnit XML", fileName)
    .option("--github", "annotate failures in the code, and write the job's summary (default: in GitHub Actions)")
    .option("--no-github", "do not, though it is GitHub that runs this");
}

/**
 * Writes the results to every place that was asked for; what one of them does not take the others still get.
 *
 * @returns what could not be written; it has been said
 */
export function publish(document: ResultDocument, to: Publication, runsMax?: number): Unwritten[] {
  const { results } = document;
  const { html, junit } = to;
  const unwritten = [
    ...(html === undefined ? [] : attempt(() => writePage(html, results, runsMax))),
    ...(junit === undefined ? [] : attempt(() => writeWhole(junit, formatJUnit(results)))),
  ];
  if (to.json === true) process.stdout.write(formatDocument(document));
  if (to.github ?? process.env.GITHUB_ACTIONS === "true") tellGithub(results, to.json === true);
  for (const error of unwritten) process.stderr.write(`forkcheck: ${error.message}\n`);
  return unwritten;
}

/** Why a file was not written. */
export type Unwritten = RequestError | OutputError;

function attempt(write: () => void): Unwritten[] {
  try {
    write();
    return [];
  } catch (error) {
    if (error instanceof RequestError || error instanceof OutputError) return [error];
    throw error;
  }
}

/** Writes the page of some results. */
export function writePage(file: string, results: readonly Result[], runsMax?: number): void {
  const page = renderPage(results, {
    root: process.cwd(),
    readSource: lineOf,
    ...(runsMax === undefined ? {} : { runsMax }),
  });
  writeWhole(file, page);
}

/** GitHub reads commands on either stream; a JSON document stands alone on standard output. */
function tellGithub(results: readonly Result[], json: boolean): void {
  const annotations = formatAnnotations(results, { root: process.env.GITHUB_WORKSPACE ?? process.cwd() });
  (json ? process.stderr : process.stdout).write(annotations);
  const summary = process.env.GITHUB_STEP_SUMMARY;
  if (summary === undefined || summary === "") return;
  try {
    appendFileSync(summary, formatJobSummary(results));
  } catch (error) {
    // The verdict counts more than its summary.
    process.stderr.write(`forkcheck: the job's summary could not be written: ${(error as Error).message}\n`);
  }
}

function fileName(text: string): string {
  if (text === "") throw new InvalidArgumentError("It is the name of a file.");
  return text;
}

/** The text of a line of code, by a place as traces have it: "/home/me/ticket-rush.ts:12". */
export function lineOf(place: string): string | null {
  const at = place.lastIndexOf(":");
  try {
    return readFileSync(place.slice(0, at), "utf8").split("\n")[Number(place.slice(at + 1)) - 1] ?? null;
  } catch {
    return null;
  }
}
