import { readFileSync } from "node:fs";
import { type Command, InvalidArgumentError, Option } from "commander";
import { RequestError } from "../harness/request-error.ts";
import type { Model } from "../properties/model.ts";
import { HISTORY_FORMATS, type HistoryFormat, readHistory } from "../properties/histories/read-history.ts";
import { HistoryFileError, objectsIn, operationsOf, type Recording } from "../properties/histories/recording.ts";
import { checkConsistency, type Consistency } from "../properties/linearizability.ts";
import type { Budget, Verdict } from "../properties/linearizability/verdict.ts";
import { namedModel, NAMED_MODELS } from "../properties/models/named.ts";
import { UnknownOperationError } from "../properties/model.ts";
import { counted, spoken } from "../properties/wording.ts";
import { printable, wrap } from "../reports/terminal/text.ts";
import { STATUS } from "./status.ts";

/** Adds `forkcheck check-history FILE --model NAME`: is a history that was recorded elsewhere linearizable? */
export function addCheckHistoryCommand(program: Command, setStatus: (status: number) => void = endWith): void {
  program
    .command("check-history")
    .description("check a recorded history against a sequential model")
    .argument("<file>", "JSON lines, a Jepsen history or log, or a columnar history")
    .requiredOption(
      "--model <name>",
      `what the object is: ${Object.keys(NAMED_MODELS).join(", ")}; a parameter follows a colon (semaphore:4)`,
    )
    .addOption(
      new Option("--format <format>", "how the file is written (default: told from how it begins)").choices(
        HISTORY_FORMATS,
      ),
    )
    .option("--object <name>", "check only the object of this name")
    .addOption(
      new Option("--consistency <name>", "how much of the order in time must be kept")
        .choices(["linearizable", "sequential", "quiescent"])
        .default("linearizable"),
    )
    .option("--configurations <n>", "give up after looking at so many configurations of an object", positive)
    .option("--kept <n>", "give up when so many configurations have to be kept at one time", positive)
    .option("--time-limit <seconds>", "give up on an object after so many seconds", positive)
    .option("--json", "one JSON document on standard output, and nothing else there")
    .action((file: string, options: Options) => setStatus(checkHistory(file, options)));
}

interface Options {
  readonly model: string;
  readonly format?: HistoryFormat;
  readonly object?: string;
  readonly consistency: Consistency;
  readonly configurations?: number;
  readonly kept?: number;
  readonly timeLimit?: number;
  readonly json?: boolean;
}

interface Checked {
  readonly object: string | null;
  readonly operations: number;
  readonly verdict: Verdict;
  /** The operations of a violation, as sentences, in the order of their invocations. */
  readonly lines: readonly { id: number; text: string }[];
}

function checkHistory(file: string, options: Options): number {
  const model = modelOf(options.model);
  const recording = recordingIn(file, options.format);
  const objects = objectsIn(recording).filter(
    ({ object }) => options.object === undefined || object === options.object,
  );
  if (objects.length === 0) {
    const names = recording.objects.map((name) => name ?? "(unnamed)").join(", ");
    throw new RequestError(`${file} has no object "${options.object ?? ""}".`, `It has: ${names}.`);
  }
  const checked = objects.map(({ object, columns }): Checked => {
    const verdict = checkedAgainst(file, () =>
      checkConsistency(columns, model, options.consistency, budgetOf(options)),
    );
    const ids = verdict.verdict === "violated" ? verdict.operations : [];
    const lines = operationsOf(columns, ids).map((operation) => ({ id: operation.id, text: spoken(operation) }));
    return { object, operations: columns.count, verdict, lines };
  });
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify({ file, model: model.name, objects: checked.map(plain) })}\n`
      : checked.map((one) => told(one, model)).join(""),
  );
  const verdicts = new Set(checked.map(({ verdict }) => verdict.verdict));
  if (verdicts.has("violated")) return STATUS.violated;
  return verdicts.has("undecided") ? STATUS.couldNotWork : STATUS.holds;
}

function modelOf(text: string): Model<any> {
  try {
    return namedModel(text);
  } catch (error) {
    if (error instanceof RangeError)
      throw new RequestError(error.message, "Run `forkcheck check-history --help` for all of them.");
    throw error;
  }
}

function recordingIn(file: string, format: HistoryFormat | undefined): Recording {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new RequestError(`${file} cannot be read: ${(error as Error).message}.`, "Name a file that holds a history.");
  }
  try {
    return format === undefined ? readHistory(bytes) : readHistory(bytes, format);
  } catch (error) {
    if (error instanceof HistoryFileError)
      throw new RequestError(`${file} is no history that can be read.`, `\n${error.message}`);
    throw error;
  }
}

function checkedAgainst(file: string, check: () => Verdict): Verdict {
  try {
    return check();
  } catch (error) {
    if (error instanceof UnknownOperationError)
      throw new RequestError(`${file} does not fit the model.`, error.message);
    throw error;
  }
}

function budgetOf({ configurations, kept, timeLimit }: Options): Budget {
  const until = timeLimit === undefined ? undefined : performance.now() + timeLimit * 1000;
  return {
    ...(configurations === undefined ? {} : { configurationsMax: configurations }),
    ...(kept === undefined ? {} : { keptMax: kept }),
    ...(until === undefined ? {} : { expired: () => performance.now() > until }),
  };
}

function told({ object, operations, verdict, lines }: Checked, model: Model<any>): string {
  const what = `${object === null ? "the history" : object} (${counted(operations, "operation")}, ${model.name})`;
  if (verdict.verdict === "holds") return block("✓ ", `${what}: some order explains every answer (${verdict.by})`);
  if (verdict.verdict === "undecided") {
    const reached = `after ${verdict.explained} of ${counted(verdict.responses, "response")}`;
    const more = "Allow more by --configurations, --kept or --time-limit.";
    return block("? ", `${what}: undecided, ${verdict.reason}, ${reached}. ${more}`);
  }
  const part = verdict.part === undefined ? "" : `, part ${verdict.part}`;
  const shown = lines.map(({ id, text }) =>
    block(`    ${String(id).padStart(6)}  `, `${text}${id === verdict.at ? " ← no explanation from here on" : ""}`),
  );
  return `${block("✗ ", `${what}${part}: ${verdict.message}`)}${shown.join("")}`;
}

/** Lines no wider than the terminal, those after the first below the text of the first. */
function block(start: string, text: string): string {
  const [first, ...rest] = wrap(printable(text), (process.stdout.columns ?? 80) - start.length);
  return [`${start}${first}`, ...rest.map((line) => `${" ".repeat(start.length)}${line}`)].join("\n") + "\n";
}

function plain({ object, operations, verdict, lines }: Checked): object {
  return {
    object,
    count: operations,
    ...verdict,
    ...(verdict.verdict === "violated" ? { explanation: lines.map(({ text }) => text) } : {}),
  };
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError("It is a number above 0.");
  return value;
}

/** Set when the process ends, for whoever runs the command may set a status of its own after it. */
function endWith(status: number): void {
  process.once("exit", () => {
    process.exitCode = status;
  });
}
