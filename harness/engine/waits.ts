import type { Wait } from "../liveness.ts";
import { isStep, KIND } from "./kinds.ts";
import { ENTRY, H, LIMITS, P, PROCESS, S, STRAND, T, type LaneMemory } from "./lane-memory.ts";
import type { RunNames } from "./run-names.ts";
import { entryAt, leftAsItWas } from "./recorder.ts";
import { processAt, strandAt } from "./strands.ts";

/** What each process waits for that is still in the run, read from what the run left in the lane's memory. */
export function waitsOf(memory: LaneMemory, run: RunNames): Wait[] {
  const { words } = memory;
  const waits: Wait[] = [];
  for (let process = 0; process < words[H.processes]; process++) {
    const own = processAt(process);
    if (words[own + P.state] !== PROCESS.live) continue;
    const blocked = words[own + P.blockedStack] === 1;
    const lastTask = blocked ? 0 : words[own + P.strandsUsed];
    const records = Array.from({ length: lastTask + 1 }, (_, task) => strandAt(process, task)).slice(blocked ? 0 : 1);
    // Who could still move waits for nobody.
    if (records.some((record) => goesOn(memory, record))) continue;
    for (const record of records) {
      const state = words[record + S.state];
      if (state !== STRAND.waiting && state !== STRAND.guarded) continue;
      const word = words[record + S.object];
      waits.push({
        process: run.processes[process],
        object: run.objects.nameOf(word),
        since: state === STRAND.waiting ? asleepSince(memory, process, word) : 0,
        changed: lastChange(memory, run, process, word),
      });
    }
  }
  return waits;
}

/** By itself, now or when its time is up. */
function goesOn({ words, doubles }: LaneMemory, record: number): boolean {
  const state = words[record + S.state];
  if (state === STRAND.waiting) return doubles[(record + S.deadline) >> 1] !== Infinity;
  return state === STRAND.ready || state === STRAND.sleeping;
}

function asleepSince({ words }: LaneMemory, process: number, word: number): number {
  for (let number = lastEntry(words); number > 0; number--) {
    const entry = entryAt(number);
    if (words[entry + T.process] !== process || words[entry + T.object] !== word) continue;
    if ((words[entry + T.flags] & ENTRY.fellAsleep) !== 0) return number;
  }
  return 0;
}

function lastChange({ words }: LaneMemory, run: RunNames, process: number, word: number): Wait["changed"] {
  for (let number = lastEntry(words); number > 0; number--) {
    const entry = entryAt(number);
    const kind = words[entry + T.kind];
    if (!isStep(kind) || words[entry + T.object] !== word || words[entry + T.process] === process) continue;
    const changes = kind === KIND.write || (kind === KIND.update && !leftAsItWas(words, entry));
    if (changes) return { process: run.processes[words[entry + T.process]], step: number };
  }
  return null;
}

function lastEntry(words: Int32Array): number {
  return Math.min(words[H.entries], LIMITS.entriesMax);
}
