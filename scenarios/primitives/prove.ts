import type { Checker } from "../../harness/check.ts";
import type { Result } from "../../harness/result.ts";
import type { TableCell, TableColumn } from "../../reports/index.ts";
import { PROOFS, type Program } from "./proofs.ts";

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
export async function proveAll(checker: Checker): Promise<Proved[]> {
  const proved: Proved[] = [];
  for (const { primitive, scenario, programs } of PROOFS) {
    for (const program of programs) {
      const options = { exhaustive: true, inputs: [program], seed: 1, runs: RUNS_MAX };
      let preemptions = Infinity;
      let result = await checker.check(scenario, options);
      if (result.verdict === "pass" && !result.exhaustive) {
        preemptions = PREEMPTIONS;
        result = await checker.check(scenario, { ...options, preemptions });
      }
      proved.push({ primitive, program, result, preemptions });
    }
  }
  return proved;
}

/** Interleavings of one program at most. */
const RUNS_MAX = 6000;
const PREEMPTIONS = 2;

export const PROOF_TITLES: readonly TableColumn[] = [
  { title: "primitive" },
  { title: "processes", wraps: true },
  { title: "runs", align: "right" },
  { title: "what holds", wraps: true },
];

export function proofRow({ primitive, program, result, preemptions }: Proved): readonly TableCell[] {
  const processes = program.map((operations) => operations.join(" ")).join(" | ");
  return [primitive, processes, result.runs.toLocaleString("en"), claim(result, preemptions)];
}

/** What was executed, and that it held. */
export function claim({ verdict, exhaustive, message }: Result, preemptions: number): TableCell {
  if (verdict !== "pass") return { text: message ?? verdict, style: "bad" };
  if (!exhaustive) return { text: "these; there are more", style: "doubt" };
  if (preemptions === Infinity) return { text: "all interleavings", style: "good" };
  return `all schedules with at most ${preemptions} preemption${preemptions === 1 ? "" : "s"}`;
}
