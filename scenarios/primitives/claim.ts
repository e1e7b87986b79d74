import type { ScenarioOptions } from "../../harness/scenario.ts";

/**
 * What is claimed of a primitive, as a scenario to be declared. It is made by a function of the class, so that the same
 * claim can be put to the real class, which must hold, and to versions with a seeded bug, which must not.
 */
export type Claim<Input, Shared extends object> = ScenarioOptions<Input, Shared> & {
  readonly name: string;
  readonly description: string;
};
