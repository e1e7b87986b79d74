import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Checker } from "../harness/check.ts";
import type { Scenario } from "../harness/scenario.ts";
import { allowedCores, futexWait, futexWake, pinToCore } from "../primitives/memory/linux.ts";
import { Region } from "../primitives/memory/region.ts";
import type { Bench, BenchRow } from "./bench.ts";
import { bareFileMicros, FILE_OPERATIONS, fileUser, resetMicros } from "./files.ts";
import { alone, rushOf10, rushOf2, rushOf3, rushOf5, together } from "./rush.ts";

/**
 * What a run, a hand-over and a step cost, next to the cheapest hand-over that two Node processes can do: a store, a wake
 * and a wait, both pinned to one core, measured in the same run of this bench.
 */
export const engine: Bench = {
  name: "engine",
  async run() {
    const rows: BenchRow[] = [];
    const bareMicros = await barePingPong();
    rows.push({ name: "bare futex hand-over, two pinned processes", value: round(bareMicros), unit: "us" });
    await using checker = new Checker();
    for (const [buyers, scenario] of [
      [2, rushOf2],
      [3, rushOf3],
      [5, rushOf5],
      [10, rushOf10],
    ] as const) {
      rows.push(...(await rushRows(checker, buyers, scenario as unknown as Scenario, bareMicros)));
    }
    rows.push(...(await stepRows(checker, bareMicros)));
    rows.push(await fileRow(checker));
    rows.push(folderRow());
    return rows;
  },
};

const RUNS = 20_000;
const FILE_MICROS_MORE_MAX = 30;
const RESET_MICROS_MAX = 500;
const PING_PONGS = 100_000;

async function rushRows(checker: Checker, buyers: number, scenario: Scenario, bareMicros: number): Promise<BenchRow[]> {
  const name = scenario.name as string;
  await checker.check(scenario, { runs: 2000, seed: 1, jobs: 1, strategy: "random-walk" }, name);
  const result = await checker.check(scenario, { runs: RUNS, seed: 2, jobs: 1, strategy: "random-walk" }, name);
  const micros = result.elapsedMs * 1000;
  // Each run also starts every process, and goes to and from the conductor.
  const handOvers = result.switches + result.runs * (buyers + 2);
  return [
    { name: `${buyers} buyers`, value: Math.round((result.runs / micros) * 1e6), unit: "runs/s" },
    { name: `${buyers} buyers, hand-overs`, value: Math.round((handOvers / micros) * 1e6), unit: "hand-overs/s" },
    {
      name: `${buyers} buyers, all of a run by hand-over`,
      value: round(micros / handOvers),
      unit: "us",
      peer: "bare futex hand-over",
      peerValue: round(bareMicros),
      ratio: round(micros / handOvers / bareMicros),
    },
  ];
}

/** What a step costs, with trace and history: one that the same process continues, and one that switches to another. */
async function stepRows(checker: Checker, bareMicros: number): Promise<BenchRow[]> {
  const options = { seed: 2, jobs: 1, strategy: "random-walk" };
  await checker.check(alone as unknown as Scenario, { ...options, runs: 50 }, "alone");
  const single = await checker.check(alone as unknown as Scenario, { ...options, runs: 300 }, "alone");
  const withoutMicros = (single.elapsedMs * 1000) / single.schedulingPoints;
  await checker.check(together as unknown as Scenario, { ...options, runs: 20 }, "together");
  const mixed = await checker.check(together as unknown as Scenario, { ...options, runs: 100 }, "together");
  const quietSteps = mixed.schedulingPoints - mixed.switches;
  const withMicros = (mixed.elapsedMs * 1000 - quietSteps * withoutMicros) / mixed.switches;
  return [
    { name: "a step without a switch", value: round(withoutMicros), unit: "us" },
    {
      name: "a step with a switch",
      value: round(withMicros),
      unit: "us",
      peer: "bare futex hand-over",
      peerValue: round(bareMicros),
      ratio: round(withMicros / bareMicros),
    },
  ];
}

/** What a step on files costs under control, beside the same operation on its own. */
async function fileRow(checker: Checker): Promise<BenchRow> {
  const options = { seed: 2, jobs: 1, strategy: "random-walk" };
  const bareMicros = bareFileMicros();
  await checker.check(fileUser as unknown as Scenario, { ...options, runs: 20 }, "file-user");
  const result = await checker.check(fileUser as unknown as Scenario, { ...options, runs: 100 }, "file-user");
  const micros = (result.elapsedMs * 1000) / (result.runs * FILE_OPERATIONS);
  return {
    name: "a file operation under control",
    value: round(micros),
    unit: "us",
    peer: "bare file operation",
    peerValue: round(bareMicros),
    ratio: round(micros / bareMicros),
    target: {
      what: `at most ${FILE_MICROS_MORE_MAX} us more than a bare one`,
      met: micros - bareMicros <= FILE_MICROS_MORE_MAX,
    },
  };
}

function folderRow(): BenchRow {
  const micros = resetMicros();
  return {
    name: "the folder of a run put back in order",
    value: round(micros),
    unit: "us",
    target: { what: `at most ${RESET_MICROS_MAX} us`, met: micros <= RESET_MICROS_MAX },
  };
}

/** Microseconds for one hand-over: half of a round trip. */
async function barePingPong(): Promise<number> {
  using region = Region.create("ping-pong", 4096);
  const child = fork(fileURLToPath(import.meta.url), ["pong"], {
    stdio: ["ignore", "inherit", "inherit", region.fd, "ipc"],
    execArgv: process.execArgv,
  });
  const measured = new Promise<number>((resolve) => child.once("message", (message) => resolve(message as number)));
  const other = fork(fileURLToPath(import.meta.url), ["ping"], {
    stdio: ["ignore", "inherit", "inherit", region.fd, "ipc"],
    execArgv: process.execArgv,
  });
  const result = await measured;
  child.kill();
  other.kill();
  return result;
}

function play(own: number): void {
  pinToCore(allowedCores()[0]);
  const region = Region.attach(3, 4096);
  const { words, address } = region;
  if (own === 0) Atomics.store(words, 0, 1);
  const startedAt = process.hrtime.bigint();
  for (let round_ = 0; round_ < PING_PONGS; round_++) {
    while (Atomics.exchange(words, own, 0) === 0) futexWait(address + own * 4, 0, -1);
    Atomics.store(words, 1 - own, 1);
    futexWake(address + (1 - own) * 4, 1);
  }
  if (own === 1) process.send?.(Number(process.hrtime.bigint() - startedAt) / 1000 / PING_PONGS / 2);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

if (process.argv[2] === "ping") play(0);
if (process.argv[2] === "pong") play(1);
