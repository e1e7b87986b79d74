import type { History, Operation, ProcessEnd } from "../harness/history.ts";

/**
 * Writes a history by hand, one operation a line, so that a test of a property shows what it is about. It is for tests
 * and documentation; recorded histories come from the harness or from `readHistory`.
 *
 * A line is `process  invoked..returned  object.operation(arguments) = result`; arguments and result are JSON. Leave out
 * `object.` for an operation of the scenario itself, the rank after `..` for an operation that never returned, and
 * `= result` where nothing was returned. `! "text"` instead of `= result` says that it threw. A line `process killed`
 * (or any other end of `ProcessEnd`) says how a process ended, and `killed at 7` when; without one it finished. Identifiers count the
 * operations from 0 in the order of the lines.
 *
 * @throws {SyntaxError} where a line cannot be read; it names the line.
 *
 * @example
 * const twoInside = sketch(`
 *   p1  1..2  lock.acquire() = true
 *   p2  3..4  lock.acquire() = true
 * `);
 */
export function sketch(text: string, rest: Partial<Pick<History, "input" | "final" | "times">> = {}): History {
  const operations: Operation[] = [];
  const ends = new Map<string, Pick<ProcessEnd, "end" | "at">>();
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.trim();
    if (line === "") continue;
    const end = END.exec(line);
    if (end !== null) {
      ends.set(end[1], { end: end[2] as ProcessEnd["end"], ...(end[3] === undefined ? {} : { at: Number(end[3]) }) });
      continue;
    }
    const operation = operationOf(line, index + 1, operations.length);
    if (!ends.has(operation.process)) ends.set(operation.process, { end: "finished" });
    operations.push(operation);
  }
  return {
    input: rest.input,
    operations: operations.sort((a, b) => a.invoked - b.invoked || a.id - b.id),
    processes: [...ends].map(([process, end]) => ({ process, role: process.replace(/\d+$/, ""), reason: "", ...end })),
    final: rest.final,
    ...(rest.times === undefined ? {} : { times: rest.times }),
  };
}

const END = /^(\S+)\s+(finished|threw|blocked|exited|killed|stopped)(?:\s+at\s+(\d+))?$/;
const LINE = /^(\S+)\s+(\d+)\.\.(\d*)\s+(?:([\w-]+)\.)?([\w-]+)\((.*?)\)(?:\s*([=!])\s*(.+))?$/;

function operationOf(line: string, number: number, id: number): Operation {
  const match = LINE.exec(line);
  if (match === null) {
    throw new SyntaxError(
      `Line ${number} of the sketch is no operation: ${line}. Write "p1  1..2  lock.acquire() = true".`,
    );
  }
  const [, process, invoked, returned, object, operation, args, mark, result] = match;
  return {
    id,
    process: process,
    operation: operation,
    object: object ?? null,
    args: JSON.parse(`[${args}]`) as unknown[],
    result: result === undefined ? undefined : (JSON.parse(result) as unknown),
    outcome: returned === "" ? "pending" : mark === "!" ? "threw" : "returned",
    invoked: Number(invoked),
    returned: returned === "" ? null : Number(returned),
    depth: 0,
  };
}
