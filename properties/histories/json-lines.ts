import type { Operation } from "../../harness/history.ts";
import { HistoryFileError } from "./recording.ts";

/**
 * JSON lines, one operation a line:
 *
 *     {"process": "p1", "operation": "put", "object": "orders", "args": [1], "result": true, "invoked": 3, "returned": 7}
 *
 * `process` (a text or a number), `operation`, `invoked` are required. `returned` is the rank of the response; null, or left
 * out, if there never was one. Ranks are numbers on one line of time, in any unit; equal ranks are concurrent. `args`
 * is an array, by default empty; `object` a text or null; `result` any JSON; `outcome` may say "threw", and `result` is then
 * the error's text. Other fields are left alone, and so are empty lines.
 *
 * @throws {HistoryFileError} with the number of every line that is not like that.
 */
export function readJsonLines(text: string): Operation[] {
  const operations: Operation[] = [];
  const problems: { line: number; what: string }[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const operation = operationOf(line, operations.length);
    if (typeof operation === "string") problems.push({ line: index + 1, what: operation });
    else operations.push(operation);
  }
  if (problems.length > 0) {
    throw new HistoryFileError(problems, "Correct these lines; docs/checking-histories.md describes the format.");
  }
  return operations.sort((a, b) => a.invoked - b.invoked || a.id - b.id);
}

/** The operation, or what is wrong with the line. */
function operationOf(line: string, id: number): Operation | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return `it is no JSON: ${line.slice(0, 60)}`;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "it is no JSON object";
  const {
    process,
    operation,
    object = null,
    args = [],
    result,
    invoked,
    returned = null,
    outcome,
  } = value as Record<string, unknown>;
  if (typeof process !== "string" && typeof process !== "number")
    return `"process" is ${described(process)}, and should be a text`;
  if (typeof operation !== "string") return `"operation" is ${described(operation)}, and should be a text`;
  if (object !== null && typeof object !== "string")
    return `"object" is ${described(object)}, and should be a text or null`;
  if (!Array.isArray(args)) return `"args" is ${described(args)}, and should be an array`;
  if (!isRank(invoked)) return `"invoked" is ${described(invoked)}, and should be a number`;
  if (returned !== null && !isRank(returned))
    return `"returned" is ${described(returned)}, and should be a number or null`;
  if (returned !== null && returned < invoked) return `"returned" (${returned}) comes before "invoked" (${invoked})`;
  const outcomes: readonly unknown[] = returned === null ? ["pending", undefined] : ["returned", "threw", undefined];
  if (!outcomes.includes(outcome))
    return `"outcome" is ${described(outcome)}, which does not go with "returned": ${returned}`;
  return {
    id,
    process: String(process),
    operation,
    object,
    args,
    result: returned === null ? undefined : result,
    outcome: returned === null ? "pending" : outcome === "threw" ? "threw" : "returned",
    invoked,
    returned,
    depth: 0,
  };
}

function isRank(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function described(value: unknown): string {
  return value === undefined ? "missing" : JSON.stringify(value);
}
