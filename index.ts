/** forkcheck: fast-check for forked processes. The entry `forkcheck`. */
export * from "./harness/index.ts";
export { assert, ScenarioError } from "./reports/assert.ts";
export { linearizable, type LinearizableOptions } from "./properties/linearizable.ts";
export { unique } from "./properties/program.ts";
