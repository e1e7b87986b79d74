import { serialize } from "node:v8";
import { Arena, withArena } from "../../primitives/memory/arena.ts";
import { shortDataText } from "../data-text.ts";
import { processNames, type FilesAtStart, type Scenario } from "../scenario.ts";
import { ARENA_START, LIMITS, type LaneMemory } from "./lane-memory.ts";
import { ObjectNames } from "./object-names.ts";
import type { RunNames } from "./run-names.ts";
import { guarded } from "./scenario-call.ts";
import { ScenarioError } from "./trouble.ts";

/** Builds what the runs of one input begin with. */
export class Preparation {
  readonly #memory: LaneMemory;
  /** Bytes of the arena that the last input's objects took: the next one's are to find zeros. */
  #usedBytes = 0;

  constructor(memory: LaneMemory) {
    this.#memory = memory;
  }

  /** @throws {ScenarioError} the scenario's own functions fail for this input */
  of(scenario: Scenario, input: unknown): Prepared {
    const { region, bytes } = this.#memory;
    const roles = guarded("processes", () => scenario.processes(input));
    if (!Array.isArray(roles) || roles.length === 0 || roles.length > LIMITS.processesMax) {
      throw new ScenarioError(
        `\`processes\` returned ${Array.isArray(roles) ? `${roles.length} processes` : String(roles)} for the input ${shortDataText(input)}. ` +
          `Return a list of 1 to ${LIMITS.processesMax} roles.`,
      );
    }
    for (const role of roles) {
      if (typeof scenario.roles[role] !== "function") {
        throw new ScenarioError(
          `\`processes\` returned the role ${JSON.stringify(role)}, which \`roles\` does not have. It has ${Object.keys(scenario.roles).join(", ")}.`,
        );
      }
    }
    const arena = new Arena(region, { start: ARENA_START, end: region.byteLength, creating: true });
    bytes.fill(0, ARENA_START, ARENA_START + this.#usedBytes);
    let shared: object;
    try {
      shared = guarded("shared", () => withArena(arena, () => scenario.shared?.(input) ?? {}));
    } finally {
      this.#usedBytes = arena.used;
    }
    return {
      input,
      roles,
      processes: processNames(roles),
      shared,
      objects: new ObjectNames(shared, arena),
      snapshot: bytes.slice(ARENA_START, ARENA_START + arena.used),
      layoutDigest: arena.digest,
      files: usesFolder(scenario) ? guarded("files", () => scenario.files?.(input) ?? {}) : null,
    };
  }
}

/** What the runs of one input have in common. */
export interface Prepared extends RunNames {
  readonly shared: object;
  readonly snapshot: Uint8Array;
  readonly layoutDigest: number;
  readonly files: FilesAtStart | null;
}

/** Its runs take place in the lane's folder. */
export function usesFolder({ files, load }: Scenario): boolean {
  return files !== undefined || load !== undefined;
}

/** An input as it is sent to the workers. */
export function encodedInput(input: unknown): Uint8Array {
  let encoded: Uint8Array;
  try {
    encoded = serialize(input);
  } catch (error) {
    throw new ScenarioError(
      `the input ${shortDataText(input)} can't be sent to another process (${(error as Error).message}). ` +
        "Generate plain data, and make functions and class instances from it in `shared` or in the role.",
    );
  }
  if (encoded.byteLength > LIMITS.inputBytesMax) {
    throw new ScenarioError(
      `an input takes ${encoded.byteLength} bytes (limit: inputBytesMax, ${LIMITS.inputBytesMax}). Generate smaller inputs.`,
    );
  }
  return encoded;
}
