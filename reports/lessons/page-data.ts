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

export interface LessonPageData {
  readonly name: string;
  readonly title: Text;
  readonly story: Text;
  readonly code: string;
  readonly question: Text;
  readonly hint: Text;
  readonly found: Text;
  readonly repairedCode: string;
  readonly repair: Text;
  readonly proved: Text;
  readonly wrongTree: PlayTree;
  readonly rightTree: PlayTree;
  readonly failure: PageResult;
  /** What was executed of the right version, and whether that was all there is. */
  readonly proof: Proof;
}
