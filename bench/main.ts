import { loadavg } from "node:os";
import { endWithReader } from "../cli/ending.ts";
import type { Bench, BenchRow } from "./bench.ts";
import { chaos } from "./chaos.ts";
import { checkers } from "./checkers.ts";
import { engine } from "./engine.ts";
import { exploration } from "./exploration.ts";
import { faults } from "./faults.ts";
import { page } from "./page.ts";
import { primitives } from "./primitives/index.ts";

// npm run bench -- NAME [WORDS]: all rows of a benchmark, or those in whose names one of the words is.
const BENCHES: readonly Bench[] = [engine, primitives, exploration, checkers, faults, chaos, page];

endWithReader();
const json = process.argv.includes("--json");
const [name, ...words] = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const bench = BENCHES.find((other) => other.name === name);
if (bench === undefined) {
  const known = BENCHES.map((other) => other.name).join(", ");
  process.stderr.write(
    `There is no benchmark ${JSON.stringify(name ?? "")}. Choose one of ${known}: npm run bench -- ${BENCHES[0].name}\n`,
  );
  process.exitCode = 2;
} else {
  const isWanted = (row: string): boolean => words.length === 0 || words.some((word) => row.includes(word));
  const rows = (await bench.run(isWanted, progress)).filter((row) => isWanted(row.name));
  if (rows.some(({ target }) => target?.met === false)) process.exitCode = 1;
  process.stdout.write(json ? `${JSON.stringify({ bench: bench.name, rows })}\n` : table(rows));
}

function table(rows: readonly BenchRow[]): string {
  const load = `Load of the machine: ${loadavg()[0].toFixed(2)} (1 minute)`;
  return `${[...rows.map(lineOf), ...targetsOf(rows), load].join("\n")}\n`;
}

function targetsOf(rows: readonly BenchRow[]): string[] {
  const targets = rows.flatMap(({ target }) => target ?? []);
  return targets.length === 0 ? [] : [`Targets: ${targets.filter(({ met }) => met).length} of ${targets.length} met`];
}

function lineOf({ name: what, value, unit, peer, ratio, target }: BenchRow): string {
  const comparison = ratio === undefined ? "" : `  ${ratio} x ${peer}`;
  const verdict = target === undefined ? "" : target.met ? "  met" : `  MISSED: ${target.what}`;
  return `${what.padEnd(48)} ${String(value).padStart(12)} ${unit.padEnd(14)}${comparison}${verdict}`;
}

function progress(row: BenchRow): void {
  process.stderr.write(`${lineOf(row)}\n`);
}
