import type { Result } from "../../harness/result.ts";
import { fillTemplate, preparePage, readTemplate, type PageOptions } from "../html/page.ts";
import { formatResult } from "../terminal/result.ts";
import type { Language } from "./language.ts";
import type { Lesson } from "./lesson.ts";
import type { LessonPageData, LessonsPageData } from "./page-data.ts";
import type { PlayTree } from "./play-tree.ts";
import { sayProof, speaker, type Proof } from "./words.ts";

/** A lesson, what checking its versions came to, and every position that can be reached in them. */
export interface LessonData {
  readonly lesson: Lesson;
  readonly wrong: Result;
  readonly right: Result;
  readonly wrongTree: PlayTree;
  readonly rightTree: PlayTree;
}

/**
 * Lessons as one HTML page that needs nothing else: the learner is the scheduler in it as in the terminal, among the
 * positions of the trees.
 *
 * @throws {Error} if the template has not been built.
 */
export function renderLessons(
  data: readonly LessonData[],
  options: Pick<PageOptions, "root" | "readSource" | "template"> & { readonly language: Language },
): string {
  const { language } = options;
  const page: LessonsPageData = { language, lessons: data.map((one) => prepareLesson(one, options)) };
  const template = options.template ?? readTemplate("lessons");
  const title = `${data.length === 1 ? data[0].lesson.title[language] : speaker(language)("lessons")} · forkcheck`;
  return fillTemplate(template, { title, text: data.map((one) => asText(one, language)).join("\n\n"), data: page });
}

function prepareLesson(
  { lesson, wrong, right, wrongTree, rightTree }: LessonData,
  options: PageOptions,
): LessonPageData {
  const { name, title, story, code, question, hint, found, repairedCode, repair, proved } = lesson;
  return {
    name,
    title,
    story,
    question,
    hint,
    found,
    repair,
    proved,
    wrongTree,
    rightTree,
    code: code.trim(),
    repairedCode: repairedCode.trim(),
    failure: preparePage(wrong, options),
    proof: proofOf(lesson, right),
  };
}

/** What checking the right version came to. */
export function proofOf({ preemptions }: Lesson, { verdict, runs, exhaustive }: Result): Proof {
  return { holds: verdict === "pass", runs, exhaustive, preemptions: preemptions ?? null };
}

/** For who reads the page without JavaScript, or prints it. */
function asText({ lesson, wrong, right }: LessonData, language: Language): string {
  const layout = { colour: false, columns: 100 };
  return [
    lesson.title[language],
    lesson.story[language],
    lesson.code.trim(),
    lesson.question[language],
    formatResult(wrong, layout),
    lesson.found[language],
    lesson.repairedCode.trim(),
    lesson.repair[language],
    sayProof(speaker(language), proofOf(lesson, right)),
    lesson.proved[language],
  ].join("\n\n");
}
