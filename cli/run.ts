import { Checker } from "../harness/check.ts";
import type { FaultBudget } from "../harness/fault.ts";
import { runsByDefault, type CheckOptions, type Shard } from "../harness/options.ts";
import type { Result } from "../harness/result.ts";
import { formatLines, formatResult } from "../reports/index.ts";
import { endOnSignal } from "./ending.ts";
import { terminalLayout } from "./layout.ts";
import { ProgressLine } from "./progress.ts";
import { publish, type Publication } from "./publication.ts";
import { forgetRaces, knownRaces, rememberRace, type KnownRace } from "./regressions.ts";
import { statusOf } from "./status.ts";
import { findTargets, type Target } from "./targets.ts";
import { VERSION } from "./version.ts";

export interface RunOptions extends Publication {
  readonly runs?: number;
  readonly seed?: number;
  readonly strategy: string;
  readonly mode: "controlled" | "free";
  readonly timeLimit?: number;
  readonly risk?: number;
  readonly jobs?: number;
  readonly exhaustive?: boolean;
  readonly preemptions?: number;
  readonly delays?: number;
  readonly distrustEvery?: number;
  readonly faults?: FaultBudget;
  readonly property?: string;
  readonly jsonLines?: boolean;
  readonly shard?: Shard;
  readonly save: boolean;
  readonly prune?: boolean;
}

/** `forkcheck run`: checks each target and says what came of it; returns the exit status. */
export async function run(words: readonly string[], options: RunOptions): Promise<number> {
  const targets = await findTargets(words);
  const races = await racesOf(targets, options);
  await using checker = new Checker();
  using _ending = endOnSignal();
  const asText = options.json !== true && options.jsonLines !== true;
  using progress = new ProgressLine({ inPlace: asText, lines: options.exhaustive === true });
  const results: Result[] = [];
  for (const target of targets) {
    const result = await runTarget(checker, target, races.get(target.name) ?? [], options, progress);
    results.push(result);
    const saved = options.save ? await rememberRace(target.name, result) : undefined;
    progress.clear();
    if (options.jsonLines === true) process.stdout.write(formatLines([result]));
    if (asText) {
      process.stdout.write(
        `${formatResult(result, {
          ...terminalLayout(),
          runsMax: runsOf(options),
          ...(saved === undefined ? {} : { saved }),
          ...(options.html === undefined ? {} : { page: options.html }),
        })}\n`,
      );
    }
  }
  const seed = options.seed ?? results[0]?.seed ?? 0;
  const { shard } = options;
  const document = { forkcheck: VERSION, seed, ...(shard === undefined ? {} : { shard }), results };
  return statusOf(results, publish(document, options, runsOf(options)));
}

/** Known races first, each of them; then the search, unless one of them still fails. */
async function runTarget(
  checker: Checker,
  { name, scenario }: Target,
  known: readonly KnownRace[],
  options: RunOptions,
  progress: ProgressLine,
): Promise<Result> {
  const checkOptions = checkOptionsOf(options, progress);
  const notes: string[] = [];
  const gone: string[] = [];
  let failing: Result | null = null;
  for (const { token, property, place } of known) {
    // Looked at with another property alone it would hold, and that says nothing about it.
    if (options.property !== undefined && options.property !== property) continue;
    const again = await checker.check(scenario, { ...checkOptions, regression: token }, name);
    if (again.verdict === "fail") {
      notes.push(failing === null ? `known from ${place}` : `the race at ${place} fails, too: ${again.message}`);
      failing ??= again;
      continue;
    }
    // Where something else went wrong, be it that the scenario's own functions throw, nothing is known of the race.
    const stays = again.verdict === "error" && again.property !== "token";
    if (!stays) gone.push(token);
    notes.push(
      again.verdict === "pass"
        ? `the race at ${place} no longer fails`
        : `the race at ${place} could not be tried again${stays ? ", and stays" : ""}: ${again.message}`,
    );
  }
  if (gone.length > 0) {
    notes.push(...(options.prune === true ? await forgetRaces(name, gone) : ["`forkcheck run --prune` removes it"]));
  }
  // Where a race was, another one may be: inputs that failed before are searched before any other.
  const examples = known.map(({ input }) => input);
  const result = failing ?? (await checker.check(scenario, { ...checkOptions, examples }, name));
  return { ...result, notes: [...notes, ...result.notes] };
}

function runsOf({ runs, exhaustive, risk }: RunOptions): number {
  return runs ?? runsByDefault({ exhaustive: exhaustive === true, ...(risk === undefined ? {} : { risk }) });
}

function checkOptionsOf(options: RunOptions, progress: ProgressLine): CheckOptions {
  return {
    runs: runsOf(options),
    strategy: options.strategy,
    mode: options.mode,
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(options.timeLimit === undefined ? {} : { timeLimitMs: options.timeLimit }),
    ...(options.risk === undefined ? {} : { risk: options.risk }),
    ...(options.jobs === undefined ? {} : { jobs: options.jobs }),
    ...(options.exhaustive === undefined ? {} : { exhaustive: options.exhaustive }),
    ...(options.preemptions === undefined ? {} : { preemptions: options.preemptions }),
    ...(options.delays === undefined ? {} : { delays: options.delays }),
    ...(options.distrustEvery === undefined ? {} : { distrustEvery: options.distrustEvery }),
    ...(options.faults === undefined ? {} : { faults: options.faults }),
    ...(options.property === undefined ? {} : { property: options.property }),
    ...(options.shard === undefined ? {} : { shard: options.shard }),
    onProgress: (now) => progress.show(now),
  };
}

/** Of all targets before the first is run: a damaged file is found at once. The first shard tries them for all. */
async function racesOf(targets: readonly Target[], { shard }: RunOptions): Promise<ReadonlyMap<string, KnownRace[]>> {
  const races = new Map<string, KnownRace[]>();
  if (shard !== undefined && shard.index > 1) return races;
  for (const { name } of targets) races.set(name, await knownRaces(name));
  return races;
}
