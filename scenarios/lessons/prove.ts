import type { Checker } from "../../harness/check.ts";
import type { CheckOptions } from "../../harness/options.ts";
import type { Result } from "../../harness/result.ts";
import type { Lesson, TableCell, TableColumn } from "../../reports/index.ts";
import { claim } from "../primitives/prove.ts";
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
export async function proveLessons(checker: Checker): Promise<ProvedLesson[]> {
  const proved: ProvedLesson[] = [];
  for (const lesson of LESSONS) {
    const wrong = await checker.check(lesson.wrong, failureOptions(lesson));
    const right = await checker.check(lesson.right, proofOptions(lesson));
    proved.push({ lesson, wrong, right });
  }
  return proved;
}

/** The wrong version is caught, and all orders of the right one that the lesson speaks of were executed, and hold. */
export function isTaught({ wrong, right }: ProvedLesson): boolean {
  return wrong.verdict === "fail" && right.verdict === "pass" && right.exhaustive;
}

export const LESSON_TITLES: readonly TableColumn[] = [
  { title: "lesson" },
  { title: "wrong version", wraps: true },
  { title: "runs", align: "right" },
  { title: "right version", wraps: true },
];

export function lessonRow({ lesson, wrong, right }: ProvedLesson): readonly TableCell[] {
  const caught: TableCell =
    wrong.verdict === "fail" ? `violates ${wrong.property}` : { text: wrong.message ?? "is not caught", style: "bad" };
  const preemptions = lesson.preemptions ?? Infinity;
  return [lesson.name, caught, right.runs.toLocaleString("en"), claim(right, preemptions)];
}
