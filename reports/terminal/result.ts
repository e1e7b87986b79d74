import { inspect } from "node:util";
import type { Counterexample, Result } from "../../harness/result.ts";
import { layOut, type Run } from "../diagram/diagram.ts";
import { drawDiagram } from "./diagram.ts";
import { describePartlyControlled } from "./partly-controlled.ts";
import { painter } from "./paint.ts";
import type { Paint } from "./paint.ts";
import { count, duration, grouped, printable, widthOf, wrap } from "./text.ts";

/** What only the caller knows. Nothing here reads the terminal, the clock or the environment. */
export interface FormatOptions {
  readonly colour: boolean;
  /** Width of the terminal in cells; below 40 it is drawn for 40. */
  readonly columns: number;
  /** How many runs the search was allowed; with it the summary says 'in run 3 of 1,000'. */
  readonly runsMax?: number;
  /** The regression file that the failure was written to. */
  readonly saved?: string;
  /** The page that was written, to be named among the next steps. */
  readonly page?: string;
}

const columnsMin = 40;
/** A generated input is printed up to so many characters. */
const inputCharsMax = 400;

/**
 * A result as a person reads it: what broke, how, how small the failure is, why, and what to do next. Lines are at most
 * `columns` wide and end without a line break.
 *
 * @example
 * console.log(formatResult(result, { colour: process.stdout.isTTY, columns: process.stdout.columns ?? 80 }));
 */
export function formatResult(result: Result, options: FormatOptions): string {
  const paint = painter(options.colour);
  const columns = Math.max(columnsMin, options.columns);
  const notes = [...describePartlyControlled(result), ...result.notes].flatMap((note) =>
    labelled("Note", note, columns, paint),
  );
  switch (result.verdict) {
    case "pass":
      return [
        ...headline("✓", "good", result.scenario, describePass(result), columns, paint),
        ...describeCoverage(result).flatMap((sentence) => indented(sentence, columns)),
        ...notes,
      ].join("\n");
    case "error":
      return [
        ...headline(
          "!",
          "doubt",
          result.scenario,
          result.property ?? "the harness could not do its work",
          columns,
          paint,
        ),
        ...indented(result.message ?? "", columns),
        ...notes,
      ].join("\n");
    case "fail": {
      const lines = headline(
        "✗",
        "bad",
        result.scenario,
        result.message ?? result.property ?? "failed",
        columns,
        paint,
      );
      if (result.counterexample === undefined) return [...lines, ...notes].join("\n");
      const found = { strategy: result.strategy, runs: result.runs };
      return [...lines, "", formatCounterexample(result.counterexample, { ...options, found }), ...notes].join("\n");
    }
  }
}

/**
 * A counterexample without its headline: the diagram, how small it is and how it was found, the explanation, and the
 * commands to go on with.
 */
export function formatCounterexample(
  counterexample: Counterexample,
  options: FormatOptions & { readonly found?: Pick<Result, "strategy" | "runs"> },
): string {
  const paint = painter(options.colour);
  const columns = Math.max(columnsMin, options.columns);
  const diagram = layOut(counterexample);
  return [
    ...drawDiagram(diagram, columns, paint),
    "",
    ...indented(describeSearch(counterexample, options), columns),
    ...indented(describeMinimality(counterexample), columns),
    ...diagram.prose.flatMap((sentence) => indented(printable(sentence), columns)),
    ...conclusions(counterexample).flatMap((sentence) => indented(printable(sentence), columns)),
    ...(isEmpty(counterexample.input) ? [] : labelled("Input", showInput(counterexample.input), columns, paint)),
    ...(counterexample.token === ""
      ? []
      : [`  ${paint("quiet", "Replay")}   npx forkcheck replay ${counterexample.token}`]),
    ...(options.saved === undefined
      ? []
      : [
          `  ${paint("quiet", "Saved")}    ${options.saved}   ${paint("quiet", "(commit it; it runs first from now on)")}`,
        ]),
    ...(options.page === undefined ? [] : [`  ${paint("quiet", "Page")}     ${options.page}`]),
  ].join("\n");
}

/** The diagram of a run alone, line by line. */
export function formatDiagram(
  run: Run,
  { colour, columns }: Pick<FormatOptions, "colour" | "columns">,
): readonly string[] {
  return drawDiagram(layOut(run), Math.max(columnsMin, columns), painter(colour));
}

/** "holds in 1,000 runs (pct+pos, 1.2 s)": what was checked, and whether that is a proof. */
export function describePass(result: Result): string {
  const strategies = result.strategy.split("+").length;
  const how = `${strategies > 2 ? `${strategies} strategies` : result.strategy}, ${duration(result.elapsedMs)}`;
  if (result.exhaustive) return `proved by ${count(result.runs, "run")} (${how})`;
  return `holds in ${count(result.runs, "run")} (${how})`;
}

/** What the runs have shown, and how likely the next one shows something else; none of a proof, which leaves nothing. */
export function describeCoverage({ coverage, schedulingPoints, choices }: Result): readonly string[] {
  if (coverage === undefined || coverage.runs === 0) return [];
  const { behaviours, newBehaviourChance, newBehaviourChanceMax } = coverage;
  return [
    `${count(schedulingPoints, "step")}, ${grouped(choices)} with a choice; ${count(behaviours, "behaviour")}. ` +
      `The next run shows a new one with a chance of ${percent(newBehaviourChance)} (at most ${percent(newBehaviourChanceMax)}).`,
  ];
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(share < 0.1 ? 1 : 0))} %`;
}

/** "2 processes, 2 operations, 1 preemption. Found by pct in run 3 of 1,000 (41 ms), shrunk in 60 ms." */
export function describeSearch(
  counterexample: Counterexample,
  options: { readonly found?: Pick<Result, "strategy" | "runs">; readonly runsMax?: number },
): string {
  const size = [
    count(counterexample.processes, "process", "processes"),
    count(counterexample.operations, "operation"),
    ...(counterexample.faults > 0 ? [count(counterexample.faults, "fault")] : []),
    count(counterexample.preemptions, "preemption"),
  ].join(", ");
  if (options.found?.strategy === "replay") {
    const shrunk = counterexample.smallerRunsChecked === 0 ? "" : ` Shrunk in ${duration(counterexample.shrinkMs)}.`;
    return `${size}. Replayed from its token.${shrunk}`;
  }
  const runs = options.runsMax ?? options.found?.runs ?? 0;
  const of = runs > counterexample.foundInRun ? ` of ${grouped(runs)}` : "";
  const by = options.found === undefined ? "" : ` by ${options.found.strategy}`;
  const free = counterexample.mode === "free" ? ", running free, and then replayed under control" : "";
  const found = `Found${by} in run ${grouped(counterexample.foundInRun)}${of} (${duration(counterexample.foundMs)})${free}`;
  return `${size}. ${found}, shrunk in ${duration(counterexample.shrinkMs)}.`;
}

/** How sure one can be that nothing smaller fails. */
export function describeMinimality({ minimal, minimalWithin, smallerRunsChecked }: Counterexample): string {
  if (minimal) {
    if (smallerRunsChecked === 0) return "Nothing smaller fails: there is no smaller run.";
    if (smallerRunsChecked === 1) return "Nothing smaller fails: the only smaller run was checked.";
    return `Nothing smaller fails: all ${grouped(smallerRunsChecked)} smaller runs were checked.`;
  }
  if (minimalWithin !== undefined) {
    const within = minimalWithin === 0 ? "without preemption" : `with at most ${count(minimalWithin, "preemption")}`;
    return `Nothing smaller fails ${within}: all such runs are among the ${grouped(smallerRunsChecked)} that were checked. Others were not searched.`;
  }
  if (smallerRunsChecked === 0) return "Smaller runs were not searched: there may be a smaller failure.";
  return `${count(smallerRunsChecked, "smaller run")} held; others were not searched, so there may be a smaller failure.`;
}

/** What was found out about the failing run beyond itself: how far an order explains it, which race decides. */
function conclusions({ witness, nearestPassing }: Counterexample): readonly string[] {
  return [witness?.sentence, nearestPassing?.race.sentence].filter((sentence) => sentence !== undefined);
}

function headline(
  mark: string,
  style: "bad" | "good" | "doubt",
  name: string,
  message: string,
  columns: number,
  paint: Paint,
): string[] {
  const [first, ...others] = wrap(`${printable(name)}: ${printable(message)}`, columns - widthOf(mark) - 1);
  const bold = style === "good" ? first : paint("name", first);
  return [
    `${paint(style, mark)} ${bold}`,
    ...others.map((line) => `  ${style === "good" ? line : paint("name", line)}`),
  ];
}

function labelled(label: string, text: string, columns: number, paint: Paint): string[] {
  return wrap(text, columns - 11).map(
    (line, index) => `  ${paint("quiet", (index === 0 ? label : "").padEnd(9))}${printable(line)}`,
  );
}

function indented(text: string, columns: number): string[] {
  return wrap(text, columns - 2).map((line) => `  ${line}`.trimEnd());
}

function isEmpty(input: unknown): boolean {
  if (input === undefined || input === null) return true;
  return typeof input === "object" && Object.keys(input).length === 0;
}

function showInput(input: unknown): string {
  const text = inspect(input, { depth: 8, breakLength: Number.POSITIVE_INFINITY, compact: true, maxArrayLength: 50 });
  return text.length <= inputCharsMax ? text : `${text.slice(0, inputCharsMax)}…`;
}
