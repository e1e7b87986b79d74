import { shortDataText } from "../data-text.ts";
import type { FaultKind } from "../fault.ts";
import type { Loss } from "./crew.ts";
import type { FaultTable } from "./fault-table.ts";
import { ENDING, H, P, PROCESS, type LaneMemory } from "./lane-memory.ts";
import type { Prepared } from "./preparation.ts";
import type { RunRequest } from "./run-request.ts";
import { processAt } from "./strands.ts";
import type { Values } from "./values.ts";

/** What the run that has just ended came to. */
export function outcomeOf(left: Left, prepared: Prepared, { strategy }: RunRequest, loss: Loss | null): RunOutcome {
  const { words } = left.memory;
  return {
    ending: loss === null ? ENDING_NAMES[words[H.ending]] : loss.kind,
    loss,
    steps: words[H.steps],
    choices: words[H.choices],
    switches: words[H.switches],
    preemptions: words[H.preemptions],
    operations: words[H.operations],
    draws: words[H.draws],
    faults: left.faults.struck,
    entries: words[H.entries],
    timed: words[H.timed] === 1,
    diverged: divergenceOf(left, strategy === "replay"),
    threw: someoneThrew(left),
    failure: failureOf(left, prepared),
  };
}

export interface RunOutcome {
  readonly ending: (typeof ENDING_NAMES)[number] | Loss["kind"];
  readonly loss: Loss | null;
  readonly steps: number;
  readonly choices: number;
  readonly switches: number;
  readonly preemptions: number;
  /** All operations, nested ones included. */
  readonly operations: number;
  /** Values drawn. */
  readonly draws: number;
  /** Faults that struck. */
  readonly faults: number;
  readonly entries: number;
  /** Somebody has slept with a limit of time, or for a time: virtual time may pass. */
  readonly timed: boolean;
  /** Where a saved schedule no longer matched; null if it did. */
  readonly diverged: Divergence | null;
  /** A process ended by an error or by leaving, or waits for something that will not come. */
  readonly threw: boolean;
  /** Why a process could not be started; empty if all could. */
  readonly failure: string;
}

interface Divergence {
  /** The trace entry that was to come next, from 1. */
  readonly entry: number;
  readonly strand: number;
  /** It was this fault that found no step. */
  readonly fault?: FaultKind;
}

/** Where the run left it. */
interface Left {
  readonly memory: LaneMemory;
  readonly values: Values;
  readonly faults: FaultTable;
  /** Names of the processes. */
  readonly processes: readonly string[];
}

const ENDING_NAMES = [
  "none",
  "finished",
  "deadlock",
  "step-limit",
  "text-limit",
  "pruned",
  "shared-differs",
  "start-failed",
  "refused",
  "crowded",
] as const;

function divergenceOf({ memory: { words }, faults }: Left, saved: boolean): Divergence | null {
  if (words[H.divergedAt] > 0) return { entry: words[H.divergedAt], strand: words[H.divergedStrand] };
  // A saved run in which a fault did not find its step is not the run that was saved.
  const missed = saved ? faults.missed : null;
  return missed === null ? null : { entry: words[H.entries] + 1, ...missed };
}

function someoneThrew({ memory: { words } }: Left): boolean {
  for (let process = 0; process < words[H.processes]; process++) {
    const state = words[processAt(process) + P.state];
    if (state === PROCESS.threw || state === PROCESS.exited || state === PROCESS.outside) return true;
  }
  return false;
}

function failureOf({ memory: { words }, values, processes }: Left, { input }: Prepared): string {
  const process = words[H.endingProcess];
  const why = (): string => String(values.read(processAt(process) + P.endTag));
  switch (words[H.ending]) {
    case ENDING.sharedDiffers:
      return (
        `\`shared\` built other objects in ${processes[process]} (input ${shortDataText(input)}) than elsewhere. It must create ` +
        "the same objects in the same order in every process, from the input alone: no random numbers, no clock, nothing " +
        "that earlier runs left behind."
      );
    case ENDING.startFailed:
      return `${processes[process]} (input ${shortDataText(input)}) could not be started: ${why()}`;
    case ENDING.refused:
      return `${processes[process]} can't be brought under control: ${why()}`;
    default:
      return "";
  }
}
