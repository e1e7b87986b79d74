import type { PageResult } from "../html/page-data.ts";
import type { Language, Text } from "./language.ts";
import type { PlayTree } from "./play-tree.ts";
import type { Proof } from "./words.ts";

/** What a page of lessons holds, as JSON inside its HTML. */
export interface LessonsPageData {
  /** In which the page opens; the reader may change it. */
  readonly language: Language;
  readonly lessons: readonly LessonPageData[];
}

/** What a lesson says. */
export interface LessonText {
  /** In lower case with hyphens: `forkcheck learn NAME`. */
  readonly name: string;
  readonly title: Text;
  /** What the processes do. */
  readonly story: Text;
  /** The lines of the wrong version that matter, as they stand in its file. */
  readonly code: string;
  /** What can go wrong? */
  readonly question: Text;
  /** For who tries to break it and cannot. */
  readonly hint: Text;
  /** What the smallest failure shows. */
  readonly found: Text;
  /** The lines of the right version that matter. */
  readonly repairedCode: string;
  readonly repair: Text;
  /** What holds of the right version, however the steps fall. */
  readonly proved: Text;
}

export interface LessonPageData extends LessonText {
  readonly wrongTree: PlayTree;
  readonly rightTree: PlayTree;
  readonly failure: PageResult;
  /** What was executed of the right version, and whether that was all there is. */
  readonly proof: Proof;
}
