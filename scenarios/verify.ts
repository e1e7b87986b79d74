import { endWithReader } from "../cli/ending.ts";
import { Checker } from "../harness/check.ts";
import { scenarioName, type Scenario } from "../harness/scenario.ts";
import type { Result } from "../harness/result.ts";
import { formatResult, verifyTable, type Table, type VerifyRow } from "../reports/index.ts";
import { SCENARIOS } from "./index.ts";
import { isTaught, lessonTable, proveLessons } from "./lessons/prove.ts";
import { proofs, proofTable } from "./primitives/prove.ts";
import { survivalTable, surviveAll } from "./primitives/survive.ts";

/**
 * Checks every scenario of the project against what it is there for: a right version must hold in all of its runs, of a
 * wrong version each property that it is said to violate must be found violated, and the others must hold. Then does what
 * the lessons do, proves small programs of each primitive, and kills and holds up processes at every step of some. Prints
 * four tables, each row as soon as it is known, and what is to be said of a row that was not expected behind its table;
 * ends with 0 exactly if all of it is so.
 */
const RUNS = 2000;
const SEED = 1;
const layout = {
  colour: process.stdout.isTTY && process.env.NO_COLOR === undefined,
  columns: process.stdout.columns ?? 80,
};
const checks = SCENARIOS.flatMap(expectations);
const rows: VerifyRow[] = [];
const details: string[] = [];

endWithReader();
await using checker = new Checker();
const verified = verifyTable(checks, layout);
print(verified.heading);
for (const { of, property, checked, expected } of checks) {
  const result = await checker.check(of, {
    runs: RUNS,
    seed: SEED,
    ...(checked === null ? {} : { property: checked }),
  });
  const row: VerifyRow = { result: named(result, property), expected };
  rows.push(row);
  print(verified.row(row));
  if (result.verdict === "error" || (result.verdict === "fail" && expected === "pass")) {
    details.push(formatResult(result, { ...layout, runsMax: RUNS }));
  }
}

const wrong = rows.filter(({ result, expected }) => result.verdict !== expected);
print("");
for (const detail of details) print(`${detail}\n`);
print(
  wrong.length === 0
    ? `All ${rows.length} are as expected: every right version holds, every wrong one is caught.`
    : `${wrong.length} of ${rows.length} are not as expected.`,
);

print("");
const lessons = await printed(lessonTable(layout), proveLessons(checker));
const untaught = lessons.filter((lesson) => !isTaught(lesson));
print(
  untaught.length === 0
    ? `\nAll ${lessons.length} lessons are true: each wrong version is caught, and each right one is proved as far as it says.\n`
    : `\n${untaught.length} of ${lessons.length} lessons are not true.\n`,
);

const proved = await printed(proofTable(layout), proofs(checker));
const refuted = proved.filter(({ result }) => result.verdict !== "pass");
const whole = proved.filter(({ result, preemptions }) => result.exhaustive && preemptions === Infinity);
print(
  `\n${whole.length} of ${proved.length} small programs of the primitives are proved: every interleaving of them holds` +
    `${refuted.length === 0 ? "" : `; ${refuted.length} do not hold`}.\n`,
);

const survived = await printed(survivalTable(layout), surviveAll(checker));
const broken = survived.filter(({ result }) => result.verdict !== "pass" || !result.exhaustive);
print(
  broken.length === 0
    ? "\nEach of these faults is survived at every step, in every interleaving."
    : `\n${broken.length} of ${survived.length} are not survived.`,
);
process.exitCode = wrong.length + untaught.length + refuted.length + broken.length === 0 ? 0 : 1;

interface Check {
  readonly of: Scenario;
  readonly scenario: string;
  /** As the table shows it. */
  readonly property: string;
  /** The only property that is checked; null for all. */
  readonly checked: string | null;
  readonly expected: "pass" | "fail";
}

/**
 * One row for each property of a wrong version, one for all properties of a right one, which is named by its own properties:
 * those that every scenario has go without saying.
 */
function expectations(of: Scenario): Check[] {
  const violates = of.violates ?? [];
  const names = of.properties.map(({ name }) => name);
  const scenario = scenarioName(of);
  if (violates.length === 0) return [{ of, scenario, property: names.join(", "), checked: null, expected: "pass" }];
  const others = names.filter((name) => !violates.includes(name));
  return [
    ...violates.map((property) => ({ of, scenario, property, checked: property, expected: "fail" as const })),
    ...others.map((property) => ({ of, scenario, property, checked: property, expected: "pass" as const })),
  ];
}

function named(result: Result, property: string): Result {
  return result.verdict === "error" || result.property !== undefined ? result : { ...result, property };
}

/** Prints the rows of a table as they come. */
async function printed<Row>(table: Table<Row>, rows: AsyncIterable<Row>): Promise<Row[]> {
  const all: Row[] = [];
  print(table.heading);
  for await (const row of rows) {
    all.push(row);
    print(table.row(row));
  }
  return all;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
