import { checkedFaultBudget, FREE_FAULTS, isFaultKind, NOT_FREE, type FaultBudget, type FaultKind } from "./fault.ts";
import { RequestError } from "./request-error.ts";
import type { Bound } from "./bound.ts";
import { SEARCH_STRATEGIES } from "./strategies/index.ts";

/** How to check a scenario. Everything has a default. */
export interface CheckOptions {
  /** Runs to execute at most; default 1000, and 200,000 with `exhaustive`. */
  readonly runs?: number;
  /** Inputs, schedules and drawn values all come from it; default: one that is reported. */
  readonly seed?: number;
  /** Name of a strategy, or "portfolio" (the default), which rotates through all of them. */
  readonly strategy?: string;
  /** `controlled` (the default): one step at a time. `free`: in parallel, with real delays. */
  readonly mode?: "controlled" | "free";
  /**
   * Stop as soon as the chance that another run shows a behaviour which was not there before is at most this, with 95 %
   * confidence (see Coverage): from 0.025, which takes 136,000 runs at least, to 1. Then `runs` is 1,000,000 by default, and
   * there is one lane, so that the result depends on the seed alone.
   */
  readonly risk?: number;
  /** Stop searching after this long, in milliseconds; default: no limit but `runs`. */
  readonly timeLimitMs?: number;
  /** Lanes, each on a core of its own; default: as many as there are cores, one for few runs. */
  readonly jobs?: number;
  /** Consider this property alone. */
  readonly property?: string;
  /** Steps of one run at most; default 20,000. */
  readonly stepsMax?: number;
  /** A process that takes no step for this long is in an endless loop; default 5,000. */
  readonly watchdogMs?: number;
  /** Bytes for the shared objects; default 16 MiB. */
  readonly memoryBytes?: number;
  /** Token of a run that failed before: try it, and search for nothing else if it holds now. */
  readonly regression?: string;
  /**
   * Proves instead of sampling: every interleaving of each input, the smallest inputs first, up to `runs` runs in all. The
   * verdict is a proof for the inputs that the notes name. Default false.
   */
  readonly exhaustive?: boolean;
  /** With `exhaustive`: only schedules with at most so many preemptions; the proof is then about these. */
  readonly preemptions?: number;
  /**
   * With `exhaustive`: only schedules with at most so many delays. Whoever moves goes on, and if it cannot, the first process
   * that can; a delay passes over who would be next in favour of the one after. Instead of `preemptions`.
   */
  readonly delays?: number;
  /**
   * Distrust: each of so many runs that held is done again, from its seed and from its schedule, and one that is not the same is
   * an error; default 251, with 1 every run. A run that fails is always done again.
   */
  readonly distrustEvery?: number;
  /**
   * How many faults of which kind one run may have: `{ kill: 1, pause: 1 }`. Default: one at most, of the kinds that the
   * scenario says it survives. `{}` is none.
   */
  readonly faults?: FaultBudget;
  /** Report the failure as it was found, without making it smaller; default false. */
  readonly endOnFailure?: boolean;
  /** Inputs to try before those of the scenario's own `examples`, as in fast-check. */
  readonly examples?: readonly unknown[];
  /** Take these inputs in turn, instead of generating any. */
  readonly inputs?: readonly unknown[];
  /**
   * Execute one part of what there is to do, so that several machines share it: of `runs`, every `count`-th block of 32;
   * with `exhaustive`, every `count`-th input. The parts of one seed are together what it is without shards, no more and
   * no less.
   */
  readonly shard?: Shard;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** Part `index`, from 1, of `count`. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

export interface Progress {
  readonly scenario: string;
  readonly runs: number;
  readonly of: number;
  readonly elapsedMs: number;
  /** "searching" until a failure is found, then "shrinking". */
  readonly phase: "searching" | "shrinking";
}

export interface CheckedOptions {
  readonly runs: number;
  readonly seed: number;
  readonly strategies: readonly string[];
  readonly mode: "controlled" | "free";
  readonly timeLimitMs: number;
  /** 0: none is asked for. */
  readonly risk: number;
  readonly jobs: number | null;
  readonly property: string | undefined;
  readonly stepsMax: number;
  readonly watchdogMs: number;
  readonly memoryBytes: number;
  readonly exhaustive: Bound | null;
  /** Null if the scenario is to say. */
  readonly faults: FaultBudget | null;
  readonly endOnFailure: boolean;
  readonly distrustEvery: number;
  readonly examples: readonly unknown[];
  readonly inputs: readonly unknown[] | undefined;
  readonly shard: Shard;
}

/** How to do a run again. */
export interface ReplayOptions extends CheckOptions {
  /** Do it so many times, and compare the traces: one that differs is an error; default 1. */
  readonly times?: number;
}

/** @throws {RequestError} `times` has a value that it cannot have */
export function checkedTimes({ times = 1 }: ReplayOptions): number {
  return whole("times", times, 1, 1e9);
}

/** @throws {RequestError} an option has a value that it cannot have */
export function checkedOptions(options: CheckOptions, fallbackSeed: number): CheckedOptions {
  const mode = options.mode ?? "controlled";
  if (mode !== "controlled" && mode !== "free") {
    throw new RequestError(`mode is ${JSON.stringify(mode)}.`, "It is controlled or free.");
  }
  return {
    runs: whole("runs", options.runs ?? runsByDefault(options), 1, 1e12),
    seed: whole("seed", options.seed ?? fallbackSeed, -0x80000000, 0xffffffff) | 0,
    strategies: strategyNames(options.strategy ?? PORTFOLIO),
    mode,
    timeLimitMs: options.timeLimitMs === undefined ? Infinity : whole("timeLimitMs", options.timeLimitMs, 1, 1e10),
    risk: options.risk === undefined ? 0 : checkedRisk(options),
    jobs: options.jobs === undefined ? null : whole("jobs", options.jobs, 1, 64),
    property: options.property,
    stepsMax: whole("stepsMax", options.stepsMax ?? 20_000, 1, 150_000),
    watchdogMs: whole("watchdogMs", options.watchdogMs ?? 5000, 10, 1e9),
    memoryBytes: whole("memoryBytes", options.memoryBytes ?? 16 << 20, 4096, 4 * 2 ** 30),
    exhaustive: exhaustiveOption(options, mode),
    faults: faultsOption(options, mode),
    endOnFailure: options.endOnFailure ?? false,
    distrustEvery: whole("distrustEvery", options.distrustEvery ?? 251, 1, 1e12),
    examples: options.examples ?? [],
    inputs: options.inputs?.length === 0 ? undefined : options.inputs,
    shard: shardOption(options),
  };
}

export const PORTFOLIO = "portfolio";

const RUNS_OF_A_PROOF = 200_000;
const RUNS_FOR_A_RISK = 1_000_000;
/** Runs are counted up to a limit, and no bound comes below this within it. */
const RISK_MIN = 0.025;

/** How many runs a check executes at most where nothing is said. */
export function runsByDefault({ exhaustive, risk }: CheckOptions): number {
  if (exhaustive === true) return RUNS_OF_A_PROOF;
  return risk === undefined ? 1000 : RUNS_FOR_A_RISK;
}

function checkedRisk({ risk = 0, exhaustive, mode }: CheckOptions): number {
  if (!(risk >= RISK_MIN && risk <= 1))
    throw new RequestError(`risk is ${String(risk)}.`, `It is a share from ${RISK_MIN} to 1, such as 0.1.`);
  if (exhaustive === true || mode === "free") {
    throw new RequestError(
      `risk is asked for with ${exhaustive === true ? "exhaustive" : "free mode"}.`,
      "It is the chance of something new after a sample of runs under control: leave one of the two out.",
    );
  }
  return risk;
}

function exhaustiveOption(options: CheckOptions, mode: string): CheckedOptions["exhaustive"] {
  const { exhaustive = false, preemptions, delays } = options;
  const [what, most] = delays === undefined ? (["preemptions", preemptions] as const) : (["delays", delays] as const);
  if (!exhaustive && most !== undefined) {
    throw new RequestError(
      `${what} is ${most} without exhaustive.`,
      "It bounds what an exhaustive search looks at: give both, or neither.",
    );
  }
  if (preemptions !== undefined && delays !== undefined) {
    throw new RequestError(
      `preemptions is ${preemptions} and delays is ${delays}.`,
      "One of them bounds an exhaustive search: leave the other out.",
    );
  }
  if (!exhaustive) return null;
  if (mode === "free")
    throw new RequestError("exhaustive is asked for in free mode.", "Only runs under control can be enumerated.");
  return { of: what, most: most === undefined ? Infinity : whole(what, most, 0, 1000) };
}

function faultsOption({ faults }: CheckOptions, mode: string): FaultBudget | null {
  if (faults === undefined) return null;
  const budget = checkedFaultBudget(faults);
  // Of a group those befall a run that can.
  const other = Object.keys(budget).find((kind) => isFaultKind(kind) && !FREE_FAULTS.includes(kind)) as FaultKind;
  if (mode === "free" && other !== undefined) {
    throw new RequestError(
      `The fault ${other} is asked for in free mode.`,
      `There it would have to happen for real, but ${NOT_FREE[other]}: ask for ${FREE_FAULTS.join(", ")}, or leave out --mode free.`,
    );
  }
  return budget;
}

function shardOption({ shard, seed }: CheckOptions): Shard {
  if (shard === undefined) return { index: 1, count: 1 };
  const count = whole("shard.count", shard.count, 1, 10_000);
  const index = whole("shard.index", shard.index, 1, count);
  if (seed !== undefined || count === 1) return { index, count };
  throw new RequestError(
    `Shard ${index} of ${count} is asked for without a seed.`,
    "All shards of one check need the same one, or they are not parts of a whole. Give them a seed, such as the number of the CI run.",
  );
}

function strategyNames(name: string): string[] {
  const names = SEARCH_STRATEGIES.map((strategy) => strategy.name);
  if (name === PORTFOLIO) return names;
  if (names.includes(name)) return [name];
  throw new RequestError(
    `There is no strategy ${JSON.stringify(name)}.`,
    `Choose one of ${[PORTFOLIO, ...names].join(", ")}.`,
  );
}

function whole(name: string, value: number, min: number, max: number): number {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
  throw new RequestError(`${name} is ${String(value)}.`, `It is a whole number from ${min} to ${max}.`);
}
