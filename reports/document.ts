import type { Shard } from "../harness/options.ts";
import { RequestError } from "../harness/request-error.ts";
import type { Result } from "../harness/result.ts";

/** What `--json` prints: the results of one invocation of forkcheck. */
export interface ResultDocument {
  /** Version of forkcheck that wrote it. */
  readonly forkcheck: string;
  readonly seed: number;
  /** Which part of the work this is, if it was split over several machines. */
  readonly shard?: Shard;
  readonly results: readonly Result[];
}

/** A text that is no result of forkcheck. */
export class ResultDocumentError extends RequestError {
  readonly file: string;

  constructor(file: string, what: string) {
    super(`${file} is no result of forkcheck: ${what}.`, `Write one with 'npx forkcheck run --json > ${file}'.`);
    this.name = "ResultDocumentError";
    this.file = file;
  }
}

/**
 * Reads a JSON result. Only what the reports of this package rely on is looked at; a newer forkcheck may have added more.
 *
 * @throws {ResultDocumentError} naming the file and what is wrong with it.
 */
export function parseDocument(text: string, file: string): ResultDocument {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ResultDocumentError(file, "it is not JSON");
  }
  const problem = findProblem(value);
  if (problem !== null) throw new ResultDocumentError(file, problem);
  return value as ResultDocument;
}

/** The document as one line of JSON. */
export function formatDocument(document: ResultDocument): string {
  return `${toJson(document)}\n`;
}

/** The same results as JSON lines: one object a line, for tools that read logs. */
export function formatLines(results: readonly Result[]): string {
  return results.map((result) => `${toJson(result)}\n`).join("");
}

/** JSON of what a run came to. Values that JSON has no words for are written as text: 7n as "7n". */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === "bigint") return `${part}n`;
    if (part instanceof Map || part instanceof Set) return [...part];
    return part === undefined ? null : part;
  });
}

function findProblem(value: unknown): string | null {
  if (!isRecord(value)) return "it is not an object";
  if (typeof value.forkcheck !== "string") return "it has no 'forkcheck' with the version that wrote it";
  if (value.shard !== undefined && !isShard(value.shard)) return "'shard' is not { index, count }";
  if (!Array.isArray(value.results)) return "it has no list 'results'";
  for (const [index, result] of value.results.entries()) {
    const problem = findResultProblem(result);
    if (problem !== null) return `result ${index + 1} ${problem}`;
  }
  return null;
}

function findResultProblem(value: unknown): string | null {
  if (!isRecord(value)) return "is not an object";
  for (const [field, type] of Object.entries(resultFields)) {
    if (typeof value[field] !== type) return `has no '${field}' (a ${type})`;
  }
  if (!verdicts.has(value.verdict)) return `has the verdict '${String(value.verdict)}'`;
  const { counterexample } = value;
  if (counterexample === undefined) return null;
  if (!isRecord(counterexample)) return "has a counterexample that is not an object";
  const missing = ["trace", "history", "ends", "explanation"].find((field) => !Array.isArray(counterexample[field]));
  return missing === undefined ? null : `has a counterexample without a list '${missing}'`;
}

const verdicts: ReadonlySet<unknown> = new Set(["pass", "fail", "error"]);
const resultFields = {
  scenario: "string",
  verdict: "string",
  strategy: "string",
  runs: "number",
  elapsedMs: "number",
  exhaustive: "boolean",
} as const;

function isShard(value: unknown): value is Shard {
  return isRecord(value) && Number.isInteger(value.index) && Number.isInteger(value.count);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
