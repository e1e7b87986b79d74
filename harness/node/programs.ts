import childProcess, { type SpawnSyncReturns } from "node:child_process";
import { basename } from "node:path";
import { KIND } from "../engine/kinds.ts";
import { H, type LaneMemory } from "../engine/lane-memory.ts";
import type { Names } from "../engine/names.ts";
import { noteBeyond } from "./beyond.ts";
import type { Gate } from "./gate.ts";
import { RUN_ROOT, type RunPlace } from "./run-place.ts";

/**
 * Other programs that a process starts and waits for, `git` for one: a step in which nobody else moves, and which may touch
 * anything. What such a program does inside of it no schedule orders. It works in the run's folder where that really is, as it
 * knows nothing of the path that the process sees.
 */
export function replacePrograms(gate: Gate, memory: LaneMemory, names: Names, place: RunPlace): void {
  const real = (value: string | undefined): string | undefined =>
    value?.startsWith(RUN_ROOT) === true ? (place.locate(value)?.real ?? value) : value;
  const inPlace = ({ cwd, env, ...others }: Options): Options => ({
    ...others,
    cwd: place.locate(cwd ?? ".")?.real ?? cwd,
    env: Object.fromEntries(Object.entries(env ?? process.env).map(([name, value]) => [name, real(value)])),
  });

  const replace = (name: "spawnSync" | "execFileSync" | "execSync"): void => {
    const original = childProcess[name] as unknown as (...args: unknown[]) => unknown;
    const replacement = (...args: unknown[]): unknown => {
      if (!gate.active) return original(...args);
      const options = args.find(
        (arg, index) => index > 0 && typeof arg === "object" && arg !== null && !Array.isArray(arg),
      );
      const others = args.filter((arg) => arg !== options && arg !== undefined);
      noteBeyond(memory, "other programs");
      gate.block({ kind: KIND.step, object: 0, label: names.intern(label(name, args[0])), footprint: 0, place: "" });
      // It may have given a file a second name.
      memory.words[H.aliased] = 1;
      try {
        const result = original(...others, inPlace(options ?? {}));
        gate.found(outcome(name === "spawnSync" ? (result as SpawnSyncReturns<Buffer>) : { status: 0 }));
        return result;
      } catch (error) {
        gate.found(outcome(error as Outcome));
        throw error;
      }
    };
    Object.defineProperty(childProcess, name, {
      value: replacement,
      writable: true,
      configurable: true,
      enumerable: true,
    });
  };
  for (const name of ["spawnSync", "execFileSync", "execSync"] as const) replace(name);
}

interface Options {
  readonly cwd?: string | URL | undefined;
  readonly env?: NodeJS.ProcessEnv;
}

interface Outcome {
  readonly status?: number | null | undefined;
  readonly signal?: string | null | undefined;
  readonly code?: string | undefined;
  readonly error?: NodeJS.ErrnoException | undefined;
}

function outcome({ status, signal, code, error }: Outcome): string {
  return typeof status === "number" ? `exit ${status}` : (signal ?? error?.code ?? code ?? "failed");
}

function label(name: string, command: unknown): string {
  const program = name === "execSync" ? String(command).trim().split(/\s/, 1)[0] : String(command);
  return `run ${basename(program)}`;
}
