/** What people see of a result: entry `forkcheck/reports`. */
export { layOut } from "./diagram/diagram.ts";
export type { Blocked, Column, Diagram, EndRow, Lane, MomentRow, Row, Run, Span } from "./diagram/diagram.ts";
export { foldQuiet, terminalFolds } from "./diagram/folds.ts";
export type { FoldLimits, FoldRow } from "./diagram/folds.ts";
export { followObjects, valueAt } from "./diagram/state.ts";
export type { ObjectTimeline, ObjectValue } from "./diagram/state.ts";
export { formatCounterexample, formatDiagram, formatResult } from "./terminal/result.ts";
export type { FormatOptions } from "./terminal/result.ts";
export { painter } from "./terminal/paint.ts";
export { wrap } from "./terminal/text.ts";
export { formatTable, tableOf, verifyTable } from "./terminal/table.ts";
export type { Table, TableCell, TableColumn, VerifyCheck, VerifyRow } from "./terminal/table.ts";
export {
  addRace,
  describeRace,
  formatRace,
  parseRaces,
  racesFile,
  readInput,
  readRaces,
  RegressionFileError,
  removeRaces,
  writeInput,
} from "./regressions.ts";
export type { PlacedRace, Race } from "./regressions.ts";
export { compareResults, formatComparison, isRegression } from "./comparison.ts";
export type { Change, ChangeKind, ComparisonLimits } from "./comparison.ts";
export { formatDocument, formatLines, parseDocument, ResultDocumentError } from "./document.ts";
export type { ResultDocument } from "./document.ts";
export { formatAnnotations, formatJobSummary } from "./github.ts";
export type { GithubOptions } from "./github.ts";
export { formatJUnit } from "./junit.ts";
export { compareSize, mergeShards } from "./shards.ts";
export type { Merged } from "./shards.ts";
export { renderPage } from "./html/page.ts";
export type { PageOptions } from "./html/page.ts";
export { LANGUAGES } from "./lessons/language.ts";
export type { Language, Text } from "./lessons/language.ts";
export type { Lesson } from "./lessons/lesson.ts";
export { proofOf, renderLessons } from "./lessons/page.ts";
export type { LessonData } from "./lessons/page.ts";
export { buildPlayTree } from "./lessons/play-tree.ts";
export type { PlayTree } from "./lessons/play-tree.ts";
export { sayProof, speaker } from "./lessons/words.ts";
export type { Proof, Say, Word } from "./lessons/words.ts";
