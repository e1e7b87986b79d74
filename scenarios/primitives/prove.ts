import type { Checker } from "../../harness/check.ts";
import type { Result } from "../../harness/result.ts";
import { tableOf, type Table, type TableCell } from "../../reports/index.ts";
import { PROOFS } from "./proofs.ts";
import { shownProgram, type Program } from "./small-programs.ts";

/** What came of one small program of a primitive. */
export interface Proved {
  readonly primitive: string;
  readonly program: Program;
  readonly result: Result;
  /** With at most so many preemptions; Infinity for all interleavings. */
  readonly preemptions: number;
}

/**
 * Executes every interleaving of each small program of each primitive. Where they are too many, every schedule with at most
 * so many preemptions, and the row says that it is no more than that.
 */
export async function* proofs(checker: Checker): AsyncGenerator<Proved, void> {
  for (const { primitive, scenario, programs, runsMax } of PROOFS) {
    for (const [index, program] of programs.entries()) {
      const options = { exhaustive: true, inputs: [program], seed: 1, runs: RUNS_MAX };
      let preemptions = Infinity;
      let result = await checker.check(scenario, { ...options, runs: runsMax?.[index] ?? RUNS_MAX });
      if (result.verdict === "pass" && !result.exhaustive) {
        preemptions = PREEMPTIONS;
        result = await checker.check(scenario, { ...options, preemptions });
      }
      yield { primitive, program, result, preemptions };
    }
  }
}

/** Interleavings of one program at most, unless it is known to have some more. */
const RUNS_MAX = 10_000;
const PREEMPTIONS = 3;

/** The table of proofs, for rows as they come. */
export function proofTable(layout: { readonly colour: boolean; readonly columns: number }): Table<Proved> {
  const titles = [
    { title: "primitive" },
    { title: "processes", wraps: true },
    { title: "runs", align: "right" },
    { title: "what holds", wraps: true },
  ] as const;
  const expected = PROOFS.flatMap(({ primitive, programs }) =>
    programs.map((program) => [primitive, shownProgram(program), grouped(RUNS_MAX), atMost(PREEMPTIONS)]),
  );
  const { heading, row } = tableOf(titles, expected, layout);
  return {
    heading,
    row: ({ primitive, program, result, preemptions }) =>
      row([primitive, shownProgram(program), grouped(result.runs), claim(result, preemptions)]),
  };
}

function grouped(runs: number): string {
  return runs.toLocaleString("en");
}

/** What was executed, and that it held. */
export function claim({ verdict, exhaustive, message }: Result, preemptions: number): TableCell {
  if (verdict !== "pass") return { text: message ?? verdict, style: "bad" };
  if (!exhaustive) return { text: "these; there are more", style: "doubt" };
  if (preemptions === Infinity) return { text: "all interleavings", style: "good" };
  return atMost(preemptions);
}

export function atMost(preemptions: number): string {
  return `all schedules with at most ${preemptions} preemption${preemptions === 1 ? "" : "s"}`;
}
