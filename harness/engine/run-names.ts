import { H, P, PROCESS, type LaneMemory } from "./lane-memory.ts";
import type { Prepared } from "./preparation.ts";
import type { ObjectNames } from "./object-names.ts";
import { processAt } from "./strands.ts";

/** The run that has just ended, as far as names go: its processes, who began a role anew, and whom the program has started itself. */
export function namesOfRun({ words }: LaneMemory, prepared: Prepared, text: (name: number) => string): RunNames {
  const processes = [...prepared.processes];
  const roles = [...prepared.roles];
  const add = (name: string, role: string): void => {
    const before = processes.filter((other) => other === name || other.startsWith(`${name} `)).length;
    processes.push(before === 0 ? name : `${name} ${before + 1}`);
    roles.push(role);
  };
  for (let process = words[H.starters]; process < words[H.processes]; process++) {
    const own = processAt(process);
    if (words[own + P.state] === PROCESS.absent) break;
    const parent = words[own + P.parent] - 1;
    const origin = words[own + P.restartOf] - 1;
    if (parent < 0) add(`${processes[origin]} restarted`, roles[origin]);
    else add(`${text(words[own + P.title])} of ${processes[parent]}`, text(words[own + P.title]));
  }
  return { input: prepared.input, objects: prepared.objects, processes, roles };
}

/** A run as far as names go. */
export interface RunNames {
  readonly input: unknown;
  readonly processes: readonly string[];
  readonly roles: readonly string[];
  readonly objects: ObjectNames;
}
