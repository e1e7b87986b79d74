import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { parseFaultBudget } from "../harness/fault.ts";
import { RequestError } from "../harness/request-error.ts";
import { LANGUAGES, RegressionFileError, wrap } from "../reports/index.ts";
import { PORTFOLIO } from "../harness/options.ts";
import { SEARCH_STRATEGIES } from "../harness/strategies/index.ts";
import type { Shard } from "../harness/options.ts";
import { addCheckHistoryCommand } from "./check-history.ts";
import { compare } from "./compare.ts";
import { demo } from "./demo.ts";
import { learn } from "./learn.ts";
import { list } from "./list.ts";
import { merge } from "./merge.ts";
import { addPublicationOptions } from "./publication.ts";
import { replay } from "./replay.ts";
import { report } from "./report.ts";
import { run } from "./run.ts";
import { STATUS } from "./status.ts";
import { VERSION } from "./version.ts";
import { OutputError } from "./whole-file.ts";

/** Reads the arguments, does what they ask for, and returns the exit status. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  let status: number = STATUS.holds;
  const program = commandLine((next) => {
    status = next;
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return status;
  } catch (error) {
    return explain(error);
  }
}

function commandLine(setStatus: (status: number) => void): Command {
  const program = new Command("forkcheck")
    .description("fast-check for forked processes: finds the smallest failing run of concurrent code")
    .version(VERSION)
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ sortSubcommands: false })
    .addHelpText(
      "after",
      "\nExit status: 0 everything holds; 1 a property is violated; 2 the request was wrong; 3 forkcheck could not do its work.",
    );

  addPublicationOptions(program.command("run"))
    .description("check scenarios, the known regressions of each first")
    .argument(
      "[targets...]",
      "files that export scenarios, or names of scenarios; without any, all that are found here",
    )
    .option(
      "--runs <n>",
      "runs to execute at most, for each scenario (default: 1000; as many as it takes for a proof or a risk)",
      wholeNumber,
    )
    .option("--seed <n>", "seed of inputs, schedules and drawn values (default: a new one)", wholeNumber)
    .addOption(
      new Option("--strategy <name>", "how to search")
        .choices([PORTFOLIO, ...SEARCH_STRATEGIES.map(({ name }) => name)])
        .default(PORTFOLIO),
    )
    .addOption(
      new Option("--mode <mode>", "one step at a time, or in parallel with real delays")
        .choices(["controlled", "free"])
        .default("controlled"),
    )
    .option("--time-limit <time>", "stop searching a scenario after this long, such as 30s or 2m", duration)
    .option(
      "--risk <share>",
      "stop when the chance that a run shows something new is at most this, such as 0.05",
      Number,
    )
    .option("--jobs <n>", "lanes, each on a core of its own (default: one for each core)", wholeNumber)
    .option("--exhaustive", "every interleaving of each input, the smallest inputs first: a proof instead of a sample")
    .option("--preemptions <n>", "with --exhaustive: only schedules with at most so many preemptions", wholeNumber)
    .option("--delays <n>", "with --exhaustive: only schedules with at most so many delays", wholeNumber)
    .option("--distrust-every <n>", "do every n-th run that held again, and compare", wholeNumber)
    .option(
      "--faults <list>",
      "what befalls processes, such as kill=1,pause=1; 'none' for nothing (default: what a scenario says it survives)",
      parseFaultBudget,
    )
    .option("--property <name>", "consider this property alone")
    .addOption(
      new Option("--json-lines", "one line of JSON for each scenario, as soon as it is done").conflicts("json"),
    )
    .option("--shard <i/n>", "do the i-th of n parts of the work; put them together with `forkcheck merge`", part)
    .option("--no-save", "do not write failures to .forkcheck/NAME.races")
    .option("--prune", "remove races from .forkcheck that no longer fail, or no longer fit the program")
    .action(async (targets: string[], options) => setStatus(await run(targets, options)));

  program
    .command("replay")
    .description("do one run again and show it")
    .argument("<token>", "the token of a run, as a report prints it")
    .argument("[files...]", "the file that exports its scenario, if it is not found here")
    .option("--times <n>", "do it so many times, and compare each step", wholeNumber, 1)
    .option("--json", "one JSON document on standard output, and nothing else there")
    .action(async (token: string, files: string[], options) => setStatus(await replay(token, files, options)));

  program
    .command("demo")
    .description("the ticket rush, wrong and right")
    .action(async () => setStatus(await demo()));

  addPublicationOptions(program.command("merge"))
    .description("put the results of shards together, and say what of the whole they cover")
    .argument("<files...>", "the JSON documents, one of each shard")
    .action((files: string[], options) => setStatus(merge(files, options)));

  program
    .command("compare")
    .description("what is newly broken, newly proved or slower to find in a later result")
    .argument("<before>", "a JSON document")
    .argument("<after>", "a later one")
    .option("--json", "one JSON document on standard output, and nothing else there")
    .action((before: string, after: string, options) => setStatus(compare(before, after, options)));

  program
    .command("learn")
    .description("lessons about races: you are the scheduler, and try to break the code")
    .argument("[lesson]", "which one; without it the first")
    .option("--list", "name all lessons")
    .addOption(new Option("--lang <language>", "English or Chinese (default: by the locale)").choices([...LANGUAGES]))
    .option("--html <file>", "write the lesson, or without one all of them, as a page that needs nothing else")
    .option("--choices <list>", "take these choices, such as 1,2,1, instead of asking", choices)
    .option("--json", "one JSON document on standard output, and nothing else there")
    .action(async (lesson: string | undefined, options) => setStatus(await learn(lesson, options)));

  program
    .command("report")
    .description("make a page of a result that was written with --json")
    .argument("<file>", "the JSON document")
    .option("--html <file>", "where to write the page (default: beside the document)")
    .action((file: string, options) => setStatus(report(file, options)));

  addCheckHistoryCommand(program);

  program
    .command("list")
    .description("scenarios, properties and strategies")
    .argument("[files...]", "files that export scenarios")
    .option("--json", "one JSON document on standard output, and nothing else there")
    .action(async (files: string[], options) => setStatus(await list(files, options)));

  return program;
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) {
    // Help and version end here too, and they are no errors.
    if (error.exitCode === 0) return STATUS.holds;
    process.stderr.write("Run `forkcheck --help`, or `forkcheck COMMAND --help`, for what there is.\n");
    return STATUS.badRequest;
  }
  if (error instanceof RequestError || error instanceof RegressionFileError) {
    process.stderr.write(`${readable(`forkcheck: ${error.message}`)}\n`);
    return STATUS.badRequest;
  }
  if (error instanceof OutputError) {
    process.stderr.write(`forkcheck: ${error.message}\n`);
    return STATUS.couldNotWork;
  }
  process.stderr.write(
    `forkcheck: something went wrong in forkcheck itself. ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  return STATUS.couldNotWork;
}

/** A terminal would break it in the middle of words; whoever reads it otherwise gets the lines as they are. */
function readable(text: string): string {
  const { isTTY, columns } = process.stderr;
  const lines = text.split("\n").map((line) => line.trimEnd());
  return lines.flatMap((line) => (isTTY && line !== "" ? wrap(line, columns) : line)).join("\n");
}

function wholeNumber(text: string): number {
  if (!/^-?\d+$/.test(text)) throw new InvalidArgumentError("It is a whole number.");
  return Number(text);
}

/** "1,2,1": the first choice, then the second, then the first again. */
function choices(text: string): number[] {
  if (!/^[1-9]\d*(,[1-9]\d*)*$/.test(text)) throw new InvalidArgumentError("It is a list of numbers such as 1,2,1.");
  return text.split(",").map(Number);
}

/** "2/4": the second of four. */
function part(text: string): Shard {
  const [, index, count] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (!(index >= 1 && index <= count)) throw new InvalidArgumentError("It is such as 2/4: the second of four parts.");
  return { index, count };
}

/** "500ms", "30s", "2m", "1h"; a bare number is seconds. */
function duration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text);
  if (match === null) throw new InvalidArgumentError("It is a time such as 500ms, 30s, 2m or 1h.");
  const ms = Math.round(Number(match[1]) * UNIT_MS[(match[2] ?? "s") as keyof typeof UNIT_MS]);
  if (ms < 1) throw new InvalidArgumentError("It is at least 1ms.");
  return ms;
}

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
