import type { Checker } from "../../harness/check.ts";
import type { FaultKind } from "../../harness/fault.ts";
import type { Result } from "../../harness/result.ts";
import type { Scenario } from "../../harness/scenario.ts";
import type { TableCell, TableColumn } from "../../reports/index.ts";
import { ticketRushFileInherited } from "../ticket-rush-file-inherited.ts";
import * as survival from "./survival.ts";

/** What came of one kind of fault, tried at every step of every interleaving of a program. */
export interface Survived {
  readonly kind: FaultKind;
  readonly result: Result;
}

/**
 * Kills and holds up a process at every one of its steps, in every interleaving of a small program. It takes the programs that
 * are over within seconds: a kill is done for real at each step, and a new worker takes a fifth of a second to start.
 */
export async function surviveAll(checker: Checker): Promise<Survived[]> {
  const survived: Survived[] = [];
  for (const [kind, scenarios] of Object.entries(TRIED) as [FaultKind, readonly Scenario[]][]) {
    for (const scenario of scenarios) {
      const options = { exhaustive: true, seed: 1, faults: { [kind]: 1 } };
      survived.push({ kind, result: await checker.check(scenario, options) });
    }
  }
  return survived;
}

const KILLED = [
  survival.lockSurvives,
  survival.semaphoreSurvives,
  survival.eventSurvives,
  survival.conditionSurvives,
  survival.barrierSurvives,
  survival.pipeSurvives,
  survival.valueSurvives,
  survival.heldValueSurvives,
  ticketRushFileInherited,
] as unknown as readonly Scenario[];

const TRIED: { readonly [kind in FaultKind]?: readonly Scenario[] } = {
  kill: KILLED,
  pause: [
    ...KILLED,
    survival.rlockSurvives,
    survival.boundedSemaphoreSurvives,
    survival.queueSurvives,
    survival.simpleQueueSurvives,
    survival.joinableQueueSurvives,
    survival.duplexPipeSurvives,
    survival.heldArraySurvives,
    survival.sharedBytesSurvive,
  ] as unknown as readonly Scenario[],
};

export const SURVIVAL_TITLES: readonly TableColumn[] = [
  { title: "scenario" },
  { title: "fault" },
  { title: "runs", align: "right" },
  { title: "what holds", wraps: true },
];

export function survivalRow({ kind, result }: Survived): readonly TableCell[] {
  return [result.scenario, kind, result.runs.toLocaleString("en"), claim(kind, result)];
}

function claim(kind: FaultKind, { verdict, exhaustive, message, notes }: Result): TableCell {
  if (verdict !== "pass") return { text: message ?? verdict, style: "bad" };
  if (!exhaustive) return { text: "these runs; there are more", style: "doubt" };
  return { text: notes.find((note) => note.startsWith(`${kind} at `)) ?? "no step", style: "good" };
}
