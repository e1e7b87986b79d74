import { Checker } from "../harness/check.ts";
import type { Scenario } from "../harness/scenario.ts";
import type { Result } from "../harness/result.ts";
import { formatResult, formatTable, formatVerify, type VerifyRow } from "../reports/index.ts";
import { SCENARIOS } from "./index.ts";
import { isTaught, LESSON_TITLES, lessonRow, proveLessons } from "./lessons/prove.ts";
import { proofRow, PROOF_TITLES, proveAll } from "./primitives/prove.ts";
import { SURVIVAL_TITLES, survivalRow, surviveAll } from "./primitives/survive.ts";

/**
 * Checks every scenario of the project against what it is there for: a right version must hold in all of its runs, of a
 * wrong version each property that it is said to violate must be found violated, and the others must hold. Then does what
 * the lessons do, proves small programs of each primitive, and kills and holds up processes at every step of some. Prints
 * four tables; ends with 0 exactly if all of it is so.
 */
const RUNS = 2000;
const SEED = 1;
const layout = {
  colour: process.stdout.isTTY && process.env.NO_COLOR === undefined,
  columns: process.stdout.columns ?? 80,
};
const rows: VerifyRow[] = [];

await using checker = new Checker();
for (const scenario of SCENARIOS) {
  for (const { property, expected } of expectations(scenario)) {
    const result = await checker.check(scenario, {
      runs: RUNS,
      seed: SEED,
      ...(property === null ? {} : { property }),
    });
    rows.push({ result: named(result, property, scenario), expected });
    if (result.verdict === "error" || (result.verdict === "fail" && expected === "pass")) {
      process.stdout.write(`${formatResult(result, { ...layout, runsMax: RUNS })}\n\n`);
    }
  }
}

const wrong = rows.filter(({ result, expected }) => result.verdict !== expected);
process.stdout.write(`${formatVerify(rows, layout)}\n\n`);
process.stdout.write(
  wrong.length === 0
    ? `All ${rows.length} are as expected: every right version holds, every wrong one is caught.\n`
    : `${wrong.length} of ${rows.length} are not as expected.\n`,
);

const lessons = await proveLessons(checker);
const untaught = lessons.filter((lesson) => !isTaught(lesson));
process.stdout.write(`\n${formatTable(LESSON_TITLES, lessons.map(lessonRow), layout)}\n\n`);
process.stdout.write(
  untaught.length === 0
    ? `All ${lessons.length} lessons are true: each wrong version is caught, and each right one is proved as far as it says.\n`
    : `${untaught.length} of ${lessons.length} lessons are not true.\n`,
);

const proved = await proveAll(checker);
const refuted = proved.filter(({ result }) => result.verdict !== "pass");
const whole = proved.filter(({ result, preemptions }) => result.exhaustive && preemptions === Infinity);
process.stdout.write(`\n${formatTable(PROOF_TITLES, proved.map(proofRow), layout)}\n\n`);
process.stdout.write(
  `${whole.length} of ${proved.length} small programs of the primitives are proved: every interleaving of them holds` +
    `${refuted.length === 0 ? "" : `; ${refuted.length} do not hold`}.\n`,
);

const survived = await surviveAll(checker);
const broken = survived.filter(({ result }) => result.verdict !== "pass" || !result.exhaustive);
process.stdout.write(`\n${formatTable(SURVIVAL_TITLES, survived.map(survivalRow), layout)}\n\n`);
process.stdout.write(
  broken.length === 0
    ? "Each of these faults is survived at every step, in every interleaving.\n"
    : `${broken.length} of ${survived.length} are not survived.\n`,
);
process.exitCode = wrong.length + untaught.length + refuted.length + broken.length === 0 ? 0 : 1;

/** One row for each property of a wrong version, one for all properties of a right one. */
function expectations(scenario: Scenario): { property: string | null; expected: "pass" | "fail" }[] {
  const violates = scenario.violates ?? [];
  if (violates.length === 0) return [{ property: null, expected: "pass" }];
  const others = scenario.properties.map(({ name }) => name).filter((name) => !violates.includes(name));
  return [
    ...violates.map((property) => ({ property, expected: "fail" as const })),
    ...others.map((property) => ({ property, expected: "pass" as const })),
  ];
}

/** A right version is named by its own properties; those that every scenario has go without saying. */
function named(result: Result, property: string | null, scenario: Scenario): Result {
  if (result.verdict === "error" || result.property !== undefined) return result;
  return { ...result, property: property ?? scenario.properties.map(({ name }) => name).join(", ") };
}
