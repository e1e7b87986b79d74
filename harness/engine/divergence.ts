import { processOf } from "../strategies/strategy.ts";
import type { TraceEntry } from "../trace.ts";
import type { Lane } from "./lane.ts";
import type { RunOutcome } from "./run-outcome.ts";

/**
 * Where the run that has just ended stopped being the one that its token stands for, as half a sentence; null if it is that
 * run. The token knows steps by what they do, not by where they stand in the source: an edit elsewhere changes nothing.
 */
export function divergenceOf(lane: Lane, outcome: RunOutcome): string | null {
  const { diverged } = outcome;
  if (diverged === null) return null;
  const { processes } = lane.names;
  if (diverged.fault !== undefined) {
    return `the ${diverged.fault} has not struck, as no process came to the step that it was to befall`;
  }
  const number = processOf(diverged.strand);
  const at = `at step ${diverged.entry}`;
  const process = processes[number];
  if (process === undefined) {
    return `${at} process number ${number + 1} is to move, and with this input there is only ${processes.join(", ")}`;
  }
  const own = lane.trace().filter((entry) => entry.process === process);
  const ended = lane.history().processes.some((end) => end.process === process && end.end !== "blocked");
  const before = own.findLast(({ step }) => step < diverged.entry);
  return `${at} ${process} is to move up to a certain step, and ${instead(own, before, diverged.entry, ended)}`;
}

function instead(own: readonly TraceEntry[], before: TraceEntry | undefined, entry: number, ended: boolean): string {
  const next = own.find(({ step }) => step >= entry);
  const last = before === undefined ? "it has taken none" : `its last one was step ${before.step}, '${before.label}'`;
  if (next !== undefined) return `can't: its next one is step ${next.step}, '${next.label}'`;
  return `${ended ? "has ended" : "waits"} without it: ${last}`;
}
