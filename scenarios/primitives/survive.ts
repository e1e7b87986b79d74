import type { Checker } from "../../harness/check.ts";
import type { FaultKind } from "../../harness/fault.ts";
import type { Result } from "../../harness/result.ts";
import { scenarioName, type Scenario } from "../../harness/scenario.ts";
import { tableOf, type Table, type TableCell } from "../../reports/index.ts";
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
export async function* surviveAll(checker: Checker): AsyncGenerator<Survived, void> {
  for (const [kind, scenarios] of Object.entries(TRIED) as [FaultKind, readonly Scenario[]][]) {
    for (const scenario of scenarios) {
      const options = { exhaustive: true, seed: 1, faults: { [kind]: 1 } };
      yield { kind, result: await checker.check(scenario, options) };
    }
  }
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

/** The table of the faults that are survived, for rows as they come. */
export function survivalTable(layout: { readonly colour: boolean; readonly columns: number }): Table<Survived> {
  const titles = [
    { title: "scenario" },
    { title: "fault" },
    { title: "runs", align: "right" },
    { title: "what holds", wraps: true },
  ] as const;
  const expected = Object.entries(TRIED).flatMap(([kind, scenarios]) =>
    scenarios.map((scenario) => [
      scenarioName(scenario),
      kind,
      "10,000",
      `${kind} at 99 steps × 9,999 interleavings, all survived (99,999 runs)`,
    ]),
  );
  const { heading, row } = tableOf(titles, expected, layout);
  return {
    heading,
    row: ({ kind, result }) => row([result.scenario, kind, result.runs.toLocaleString("en"), claim(kind, result)]),
  };
}

function claim(kind: FaultKind, { verdict, exhaustive, message, notes }: Result): TableCell {
  if (verdict !== "pass") return { text: message ?? verdict, style: "bad" };
  if (!exhaustive) return { text: "these runs; there are more", style: "doubt" };
  return { text: notes.find((note) => note.startsWith(`${kind} at `)) ?? "no step", style: "good" };
}
