export { mutualExclusion, type MutualExclusionOptions } from "./mutual-exclusion.ts";
export { noLostUpdate } from "./no-lost-update.ts";
export { noOversell, type Sale } from "./no-oversell.ts";
export { sketch } from "./sketch.ts";
