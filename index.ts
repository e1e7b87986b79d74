/** forkcheck: fast-check for forked processes. The entry `forkcheck`. */
export * from "./harness/index.ts";
export { assert, ScenarioError } from "./reports/assert.ts";
