import type { ObjectNames } from "./object-names.ts";

/** A run as far as names go. */
export interface RunNames {
  readonly input: unknown;
  readonly processes: readonly string[];
  readonly roles: readonly string[];
  readonly objects: ObjectNames;
}
