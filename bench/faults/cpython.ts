import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { FaultKind } from "../../harness/fault.ts";

/** What CPython's multiprocessing makes of the same faults; null where there is no python3. */
export interface Cpython {
  readonly version: string;
  readonly rows: readonly CpythonRow[];
}

export interface CpythonRow extends CpythonScenario {
  readonly kind: FaultKind;
  /** "survives", "waits for ever (2 s)", "error: Full" ... */
  readonly outcome: string;
}

interface CpythonScenario {
  readonly name: string;
  /** As ours is called. */
  readonly primitive: string;
  /** Where its process is when the fault strikes, and what another one does then. */
  readonly where: string;
  readonly next: string;
}

/** Plays the scenarios of cpython.py, some at a time: most of them only wait. */
export async function cpythonUnderFaults(): Promise<Cpython | null> {
  const known = await cpythonScenarios();
  if (known === null) return null;
  const todo = known.scenarios.flatMap((scenario) => KINDS.map((kind) => ({ ...scenario, kind })));
  const rows: CpythonRow[] = [];
  const lanes = Array.from({ length: AT_A_TIME }, async () => {
    for (let next = todo.shift(); next !== undefined; next = todo.shift()) {
      rows.push({ ...next, outcome: await outcomeOf(next.name, next.kind) });
    }
  });
  await Promise.all(lanes);
  const order = known.scenarios.map(({ name }) => name);
  const at = ({ name, kind }: CpythonRow): number => order.indexOf(name) * KINDS.length + KINDS.indexOf(kind);
  return { version: known.version, rows: rows.sort((a, b) => at(a) - at(b)) };
}

/** Which there are; null where there is no python3. */
export async function cpythonScenarios(): Promise<{ version: string; scenarios: CpythonScenario[] } | null> {
  try {
    return JSON.parse(await python()) as { version: string; scenarios: CpythonScenario[] };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

async function outcomeOf(name: string, kind: FaultKind): Promise<string> {
  return (JSON.parse(await python(name, kind)) as { outcome: string }).outcome;
}

async function python(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)("python3", [SCRIPT, ...args], { timeout: PLAY_MS_MAX });
  return stdout;
}

const SCRIPT = fileURLToPath(new URL("cpython.py", import.meta.url));
const KINDS: readonly FaultKind[] = ["kill", "pause"];
const AT_A_TIME = 6;
/** One scenario waits for 2 s, and 1 s more for who stands still. */
const PLAY_MS_MAX = 30_000;
