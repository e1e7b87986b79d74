import { Checker } from "../../harness/check.ts";
import { Play } from "../../harness/play.ts";
import {
  buildPlayTree,
  renderLessons,
  type Language,
  type Lesson,
  type LessonData,
  type PlayTree,
} from "../../reports/index.ts";
import type { Scenario } from "../../harness/scenario.ts";
import { failureOptions, proofOptions } from "../../scenarios/lessons/prove.ts";
import { lineOf } from "../publication.ts";
import { STATUS } from "../status.ts";
import { writeWhole } from "../whole-file.ts";

/** `forkcheck learn --html`: lessons as a page that needs nothing else, with the ways in which its runs can go. */
export async function writeLessons(file: string, lessons: readonly Lesson[], language: Language): Promise<number> {
  await using checker = new Checker();
  await using play = new Play(lessons[0].wrong, lessons[0].input);
  const treeOf = async (scenario: Scenario, input: unknown): Promise<PlayTree> => {
    play.change(scenario, input);
    return await buildPlayTree((guide) => play.run(guide), { runsMax: RUNS_MAX });
  };
  const data: LessonData[] = [];
  for (const lesson of lessons) {
    data.push({
      lesson,
      wrong: await checker.check(lesson.wrong, failureOptions(lesson)),
      right: await checker.check(lesson.right, proofOptions(lesson)),
      wrongTree: await treeOf(lesson.wrong, lesson.input),
      rightTree: await treeOf(lesson.right, lesson.input),
    });
  }
  writeWhole(file, renderLessons(data, { language, root: process.cwd(), readSource: lineOf }));
  process.stdout.write(`${file}\n`);
  const whole = data.every(({ wrong, right }) => wrong.verdict === "fail" && right.verdict === "pass");
  return whole ? STATUS.holds : STATUS.couldNotWork;
}

/** A page with more ways to go would be slow to make and to load. */
const RUNS_MAX = 200;
