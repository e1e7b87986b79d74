import type { Scenario } from "../../harness/scenario.ts";
import type { LessonText } from "./page-data.ts";

/**
 * A lesson about one race: code that looks right, the order of steps that breaks it, and the code that no order breaks. The
 * learner is the scheduler of real runs; nothing is acted.
 */
export interface Lesson extends LessonText {
  readonly wrong: Scenario;
  readonly right: Scenario;
  /** The one that is played with: as small as the race allows. */
  readonly input: unknown;
  /** All orders in which processes are interrupted at most so often are executed; without it, all that there are. */
  readonly preemptions?: number;
}
