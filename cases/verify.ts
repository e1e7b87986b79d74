import { parseArgs } from "node:util";
import { endWithReader } from "../cli/ending.ts";
import { Checker } from "../harness/check.ts";
import type { Result } from "../harness/result.ts";
import type { Scenario } from "../harness/scenario.ts";
import { formatTable, type TableCell } from "../reports/index.ts";
import { documentedFailures } from "./documented-failures.ts";
import { CASES } from "./index.ts";

/**
 * Checks every case, or those named, against what docs/findings.md says of it: a failure is found and is the same in each replay, as
 * is the smallest one that stands there, or none is found. Then every interleaving of two correct locks, with two processes or tasks
 * and two sections each. With `--whole` as often as the figures in docs/findings.md say. `--shard 1/4` makes a quarter of the runs of
 * what must hold; the four together are the whole. Ends with 0 exactly if all of it is so.
 */
const RUNS_TO_FIND_MAX = 200;
const SEED = 1;
const AMOUNTS = {
  quick: { replays: 20, runs: 64, distrustEvery: 8 },
  whole: { replays: 1000, runs: 20_000, distrustEvery: 20 },
};
const PROVED: Readonly<Record<string, unknown>> = {
  "async-mutex": { tasks: 2, sections: 2 },
  "mkdir-lock": { holders: 2, sections: 2, insideMs: 0 },
};
const PROOF_RUNS_MAX = 200_000;

endWithReader();
const { values, positionals } = parseArgs({
  options: { whole: { type: "boolean", default: false }, shard: { type: "string", default: "1/1" } },
  allowPositionals: true,
});
const unknown = positionals.find((wanted) => !CASES.some(({ name }) => name === wanted));
if (unknown !== undefined) {
  process.stderr.write(
    `There is no case ${unknown}. Name some of these, or none for all:\n${CASES.map(({ name }) => name).join(", ")}\n`,
  );
  process.exit(2);
}
const [index, count] = values.shard.split("/").map(Number);
if (!(index >= 1 && index <= count)) {
  process.stderr.write(
    `--shard ${values.shard} is no part of a whole. Say which part of how many, such as --shard 1/4.\n`,
  );
  process.exit(2);
}
const amounts = values.whole ? AMOUNTS.whole : AMOUNTS.quick;
const smallest = documentedFailures();
const rows: TableCell[][] = [];
let wrong = 0;

await using checker = new Checker();
const chosen = CASES.filter(({ name = "" }) => positionals.length === 0 || positionals.includes(name));
for (const scenario of chosen) {
  const { name = "", violates = [] } = scenario;
  process.stderr.write(`${name} ...\n`);
  if (violates.length > 0) await findAndReplay(scenario, name, violates[0]);
  else await search(scenario, name);
  if (name in PROVED) await prove(scenario, name);
}
const titles = [
  { title: "case" },
  { title: "runs", align: "right" as const },
  { title: "ms", align: "right" as const },
  { title: "what came of it", wraps: true },
];
const columns = process.stdout.columns ?? 80;
process.stdout.write(`${formatTable(titles, rows, { colour: process.stdout.isTTY, columns })}\n\n`);
process.stdout.write(wrong === 0 ? `All ${rows.length} are as expected.\n` : `${wrong} of ${rows.length} are not.\n`);
process.exitCode = wrong === 0 ? 0 : 1;

/** What must fail: within so many runs, and the same way each time. */
async function findAndReplay(scenario: Scenario, name: string, property: string): Promise<void> {
  const options = { property, runs: RUNS_TO_FIND_MAX, seed: SEED, endOnFailure: true };
  const found = await checker.check(scenario, options);
  const { counterexample } = found;
  if (found.verdict !== "fail" || counterexample === undefined) return add(name, found, false, unexpected(found));
  for (const isSmallest of [false, true]) {
    const known = smallest.find(({ scenario }) => scenario === name);
    const token = isSmallest ? known?.token : counterexample.token;
    if (token === undefined) return add(name, found, false, "docs/findings.md has no smallest failure of it");
    const again = await checker.replay(scenario, token, { property, times: amounts.replays });
    const same = again.verdict === "fail" && again.notes.some((note) => note.includes("each step was the same"));
    const which = isSmallest ? "the smallest" : "as found";
    const text = same
      ? `fails; ${which}: ${amounts.replays.toLocaleString("en")} replays, 0 differ`
      : unexpected(again);
    if (isSmallest) add("", { ...again, runs: amounts.replays }, same, text);
    else {
      rows.push(row(name, counterexample.foundInRun, counterexample.foundMs, same, text));
      if (!same) wrong++;
    }
  }
}

/** What must hold: in so many runs, of which every few are done again and compared. */
async function search(scenario: Scenario, name: string): Promise<void> {
  const { runs, distrustEvery } = amounts;
  const result = await checker.check(scenario, { runs, seed: SEED, distrustEvery, shard: { index, count } });
  const holds = result.verdict === "pass";
  const again = Math.floor(result.runs / distrustEvery).toLocaleString("en");
  add(name, result, holds, holds ? `holds; ${again} of the runs done again, 0 differ` : unexpected(result));
}

async function prove(scenario: Scenario, name: string): Promise<void> {
  const result = await checker.check(scenario, {
    exhaustive: true,
    inputs: [PROVED[name]],
    runs: PROOF_RUNS_MAX,
    seed: SEED,
  });
  const proved = result.verdict === "pass" && result.exhaustive;
  add(`${name}, 2 × 2`, result, proved, proved ? "proved: all interleavings hold" : unexpected(result));
}

function add(name: string, { runs, elapsedMs }: Result, expected: boolean, text: string): void {
  rows.push(row(name, runs, elapsedMs, expected, text));
  if (!expected) wrong++;
}

/** Said at once, too: what takes minutes may be cut off. */
function row(name: string, runs: number, ms: number, expected: boolean, text: string): TableCell[] {
  process.stderr.write(`  ${text}\n`);
  return [
    name,
    runs.toLocaleString("en"),
    Math.round(ms).toLocaleString("en"),
    { text, style: expected ? "good" : "bad" },
  ];
}

function unexpected({ verdict, message, notes }: Result): string {
  return `not as expected (${verdict}): ${message ?? notes.join("; ")}`;
}
