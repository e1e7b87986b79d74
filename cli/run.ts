import { Checker } from "../harness/check.ts";
import type { CheckOptions } from "../harness/options.ts";
import type { Result } from "../harness/result.ts";
import { formatResult } from "../reports/index.ts";
import { endOnSignal } from "./ending.ts";
import { ProgressLine } from "./progress.ts";
import { forgetRaces, knownRaces, rememberRace } from "./regressions.ts";
import { statusOf } from "./status.ts";
import { findTargets, type Target } from "./targets.ts";
import { resultDocument } from "./result-document.ts";
import { writeJUnit, writePage } from "./written-files.ts";

export interface RunOptions {
  readonly runs: number;
  readonly seed?: number;
  readonly strategy: string;
  readonly mode: "controlled" | "free";
  readonly timeLimit?: number;
  readonly jobs?: number;
  readonly exhaustive?: boolean;
  readonly preemptions?: number;
  readonly distrustEvery?: number;
  readonly property?: string;
  readonly json?: boolean;
  readonly save: boolean;
  readonly html?: string;
  readonly junit?: string;
  readonly prune?: boolean;
}

/** `forkcheck run`: checks each target and says what came of it; returns the exit status. */
export async function run(words: readonly string[], options: RunOptions): Promise<number> {
  const targets = await findTargets(words);
  await using checker = new Checker();
  using _ending = endOnSignal();
  using progress = new ProgressLine(options.json !== true);
  const results: Result[] = [];
  for (const target of targets) {
    const result = await runTarget(checker, target, options, progress);
    results.push(result);
    const saved = options.save ? await rememberRace(target.name, result) : undefined;
    progress.clear();
    if (options.json !== true) {
      process.stdout.write(
        `${formatResult(result, {
          colour: process.stdout.isTTY && process.env.NO_COLOR === undefined,
          columns: process.stdout.columns ?? 80,
          runsMax: options.runs,
          ...(saved === undefined ? {} : { saved }),
          ...(options.html === undefined ? {} : { page: options.html }),
        })}\n`,
      );
    }
  }
  if (options.html !== undefined) writePage(options.html, results, options.runs);
  if (options.junit !== undefined) writeJUnit(options.junit, results);
  if (options.json === true) {
    const seed = options.seed ?? results[0]?.seed ?? 0;
    process.stdout.write(`${resultDocument(seed, results)}\n`);
  }
  return statusOf(results);
}

async function runTarget(
  checker: Checker,
  target: Target,
  options: RunOptions,
  progress: ProgressLine,
): Promise<Result> {
  const checkOptions: CheckOptions = {
    runs: options.runs,
    strategy: options.strategy,
    mode: options.mode,
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(options.timeLimit === undefined ? {} : { timeLimitMs: options.timeLimit }),
    ...(options.jobs === undefined ? {} : { jobs: options.jobs }),
    ...(options.exhaustive === undefined ? {} : { exhaustive: options.exhaustive }),
    ...(options.preemptions === undefined ? {} : { preemptions: options.preemptions }),
    ...(options.distrustEvery === undefined ? {} : { distrustEvery: options.distrustEvery }),
    ...(options.property === undefined ? {} : { property: options.property }),
    onProgress: (now) => progress.show(now),
  };
  const notes: string[] = [];
  const gone: string[] = [];
  for (const race of await knownRaces(target.name)) {
    const again = await checker.check(target.scenario, { ...checkOptions, regression: race.token }, target.name);
    if (again.verdict === "fail") return { ...again, notes: [`known from ${race.place}`, ...again.notes] };
    gone.push(race.token);
    notes.push(
      again.verdict === "pass"
        ? `the race at ${race.place} no longer fails`
        : `the race at ${race.place} could not be tried again: ${again.message}`,
    );
  }
  if (options.prune === true && gone.length > 0) notes.push(...(await forgetRaces(target.name, gone)));
  const result = await checker.check(target.scenario, checkOptions, target.name);
  return notes.length === 0 ? result : { ...result, notes: [...notes, ...result.notes] };
}
