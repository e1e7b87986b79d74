import type { Checker } from "../../harness/check.ts";
import type { CheckOptions } from "../../harness/options.ts";
import type { Result } from "../../harness/result.ts";
import { tableOf, type Lesson, type Table, type TableCell } from "../../reports/index.ts";
import { atMost, claim } from "../primitives/prove.ts";
import { LESSONS } from "./index.ts";

const SEED = 1;
/** Interleavings of a right version at most, and how long they may take. */
const RUNS_MAX = 8000;
const TIME_LIMIT_MS = 60_000;

/** How the smallest failure of a lesson's wrong version is found. */
export function failureOptions({ wrong, input }: Lesson): CheckOptions {
  const [property] = wrong.violates ?? [];
  return { seed: SEED, inputs: [input], ...(property === undefined ? {} : { property }) };
}

/** How a lesson's right version is proved. */
export function proofOptions({ input, preemptions }: Lesson): CheckOptions {
  const bound = preemptions === undefined ? {} : { preemptions };
  return { seed: SEED, inputs: [input], exhaustive: true, runs: RUNS_MAX, timeLimitMs: TIME_LIMIT_MS, ...bound };
}

/** What came of both versions of a lesson, with the one input that it is about. */
export interface ProvedLesson {
  readonly lesson: Lesson;
  readonly wrong: Result;
  readonly right: Result;
}

/** Finds the smallest failure of each wrong version, and proves each right one, as the lessons do. */
export async function* proveLessons(checker: Checker): AsyncGenerator<ProvedLesson, void> {
  for (const lesson of LESSONS) {
    const wrong = await checker.check(lesson.wrong, failureOptions(lesson));
    const right = await checker.check(lesson.right, proofOptions(lesson));
    yield { lesson, wrong, right };
  }
}

/** The wrong version is caught, and all orders of the right one that the lesson speaks of were executed, and hold. */
export function isTaught({ wrong, right }: ProvedLesson): boolean {
  return wrong.verdict === "fail" && right.verdict === "pass" && right.exhaustive;
}

/** The table of the lessons, for rows as they come. */
export function lessonTable(layout: { readonly colour: boolean; readonly columns: number }): Table<ProvedLesson> {
  const titles = [
    { title: "lesson" },
    { title: "wrong version", wraps: true },
    { title: "runs", align: "right" },
    { title: "right version", wraps: true },
  ] as const;
  const expected = LESSONS.map(({ name, wrong, preemptions = Infinity }) => [
    name,
    violates(wrong.violates?.[0]),
    grouped(RUNS_MAX),
    preemptions === Infinity ? "all interleavings" : atMost(preemptions),
  ]);
  const { heading, row } = tableOf(titles, expected, layout);
  return {
    heading,
    row({ lesson, wrong, right }) {
      const caught: TableCell =
        wrong.verdict === "fail" ? violates(wrong.property) : { text: wrong.message ?? "is not caught", style: "bad" };
      return row([lesson.name, caught, grouped(right.runs), claim(right, lesson.preemptions ?? Infinity)]);
    },
  };
}

function violates(property = "a property"): string {
  return `violates ${property}`;
}

function grouped(runs: number): string {
  return runs.toLocaleString("en");
}
