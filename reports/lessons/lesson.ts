import type { Scenario } from "../../harness/scenario.ts";
import type { Text } from "./language.ts";

/**
 * A lesson about one race: code that looks right, the order of steps that breaks it, and the code that no order breaks. The
 * learner is the scheduler of real runs; nothing is acted.
 */
export interface Lesson {
  /** In lower case with hyphens: `forkcheck learn NAME`. */
  readonly name: string;
  readonly title: Text;
  readonly wrong: Scenario;
  readonly right: Scenario;
  /** The one that is played with: as small as the race allows. */
  readonly input: unknown;
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
  /** All orders in which processes are interrupted at most so often are executed; without it, all that there are. */
  readonly preemptions?: number;
}
