/** forkcheck in vitest: the entry `forkcheck/vitest`. Importing it adds the matchers to `expect`. */
import "./matchers.ts";

export { assert, type AssertOptions, type RunArtifact } from "./assert.ts";
export type { HistoryMatchers } from "./matchers.ts";
