import type { Counterexample, Result } from "../../harness/result.ts";
import { layOut } from "../diagram/diagram.ts";
import type { Row } from "../diagram/diagram.ts";
import { count, printable } from "../terminal/text.ts";
import { RegressionFileError } from "./file-error.ts";
import { readInput, writeInput } from "./input-text.ts";

/** One race, as a regression file keeps it: the token replays it; all else is for the reader. */
export interface Race {
  readonly token: string;
  readonly property: string;
  readonly message: string;
  /** As `writeInput` wrote it; `readInput` gives the value back. */
  readonly input: string;
  /** Day on which it was found: "2026-11-23". */
  readonly found: string;
  /** "forkcheck 0.1.0, node 20.20.2" */
  readonly versions: string;
  /** The trace in a few lines. */
  readonly trace: readonly string[];
}

/** A race and the lines that it takes in its file, from 1, both included. */
export interface PlacedRace extends Race {
  readonly firstLine: number;
  readonly lastLine: number;
}

/** Of a trace, so many rows are kept: the token holds the rest. */
const traceRowsMax = 16;

/** What a regression file should keep of a failure. The day and the versions are the caller's to say. */
export function describeRace(
  result: Result & { readonly counterexample: Counterexample },
  context: { readonly found: string; readonly versions: string },
): Race {
  const { counterexample } = result;
  return {
    token: counterexample.token,
    property: result.property ?? "",
    message: printable(result.message ?? ""),
    input: writeInput(counterexample.input),
    ...context,
    trace: traceLines(counterexample),
  };
}

/** The comment at the head of a new file. */
export function fileHead(scenario: string): string {
  return [
    `# Races that forkcheck found in '${printable(scenario)}'. Commit this file: they run first from now on.`,
    "# One stanza a race. Delete a whole stanza to forget it; 'npx forkcheck run --prune' removes those that no longer fail.",
    "",
  ].join("\n");
}

/** One stanza, ending in a line break. */
export function formatRace(race: Race): string {
  return [
    `race ${oneLine(race.token)}`,
    ...fields.map((field) => `  ${field.padEnd(10)}${oneLine(race[field])}`.trimEnd()),
    "  trace",
    ...race.trace.map((line) => `    ${oneLine(line)}`.trimEnd()),
    "",
  ].join("\n");
}

/**
 * Reads all stanzas of a file. `#` begins a comment line; blank lines mean nothing.
 *
 * @throws {RegressionFileError} naming the first line that is wrong.
 */
export function parseRaces(text: string, file: string): readonly PlacedRace[] {
  const races: PlacedRace[] = [];
  const seen = new Map<string, number>();
  let open: {
    token: string;
    firstLine: number;
    lastLine: number;
    values: Map<string, string>;
    trace: string[] | null;
  } | null = null;
  const close = (): void => {
    if (open !== null) races.push(finish(open, file));
    open = null;
  };
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.replace(/\r$/, "");
    const number = index + 1;
    const fail = (what: string, help: string): never => {
      throw new RegressionFileError(file, number, what, help);
    };
    if (line.trim() === "" || line.startsWith("#")) continue;
    if (/^(<{7}|={7}|>{7}|\|{7})( |$)/.test(line)) {
      fail("a merge left its conflict marker here", "Keep the stanzas of both sides and delete the markers.");
    }
    const head = /^race (\S+)$/.exec(line);
    if (head !== null) {
      close();
      const before = seen.get(head[1]);
      if (before !== undefined) fail(`this race is already in line ${before}`, "Delete one of the two stanzas.");
      seen.set(head[1], number);
      open = { token: head[1], firstLine: number, lastLine: number, values: new Map(), trace: null };
      continue;
    }
    if (open === null) return fail(`expected 'race TOKEN', found '${excerpt(line)}'`, repair);
    open.lastLine = number;
    if (open.trace !== null && line.startsWith("    ")) {
      open.trace.push(line.slice(4));
      continue;
    }
    const field = /^ {2}(\S+)(?: +(.*))?$/.exec(line);
    if (field === null) return fail(`expected an indented field or the next 'race', found '${excerpt(line)}'`, repair);
    const [, name, value = ""] = field;
    if (name === "trace") open.trace = [];
    else if (!fields.some((known) => known === name)) {
      fail(`'${excerpt(name)}' is no field of a race`, `Fields are: ${fields.join(", ")}, trace. ${newer}`);
    } else if (open.values.has(name)) fail(`'${name}' is given twice`, "Delete one of the two lines.");
    else if (name === "input") open.values.set(name, checkInput(value, fail));
    else open.values.set(name, value);
  }
  close();
  return races;
}

const fields = ["property", "message", "input", "found", "versions"] as const;
const repair = "Restore the file from version control, or delete the damaged stanza.";
const newer = "If a newer forkcheck wrote the file, update this one.";

function finish(
  open: { token: string; firstLine: number; lastLine: number; values: Map<string, string>; trace: string[] | null },
  file: string,
): PlacedRace {
  const missing = [...fields, "trace" as const].filter((field) =>
    field === "trace" ? open.trace === null : !open.values.has(field),
  );
  if (missing.length > 0) {
    throw new RegressionFileError(file, open.firstLine, `this race has no ${missing.join(", no ")}`, repair);
  }
  const [property, message, input, found, versions] = fields.map((field) => open.values.get(field)!);
  const { token, firstLine, lastLine, trace } = open;
  return { token, property, message, input, found, versions, trace: trace!, firstLine, lastLine };
}

function checkInput(text: string, fail: (what: string, help: string) => never): string {
  try {
    readInput(text);
    return text;
  } catch {
    return fail(`the input '${excerpt(text)}' cannot be read`, repair);
  }
}

function traceLines(counterexample: Counterexample): readonly string[] {
  const { rows, columns } = layOut(counterexample);
  const width = rows.reduce((widest, row) => Math.max(widest, columns[row.column].process.length), 0);
  const lines = rows.map((row) => traceLine(row, columns[row.column].process.padEnd(width)));
  if (lines.length <= traceRowsMax) return lines;
  const tail = Math.floor(traceRowsMax / 2);
  const head = traceRowsMax - tail;
  return [...lines.slice(0, head), `... ${count(lines.length - traceRowsMax, "more row")}`, ...lines.slice(-tail)];
}

function traceLine(row: Row, process: string): string {
  const step = row.step === null ? "-" : String(row.step);
  const value = row.kind === "moment" && row.value !== "" ? ` ${row.value}` : "";
  return printable(`${step.padStart(3)}  ${process}  ${row.action}${value}`);
}

function oneLine(text: string): string {
  return printable(text);
}

function excerpt(text: string): string {
  const clean = printable(text.trim());
  return clean.length <= 40 ? clean : `${clean.slice(0, 40)}…`;
}
