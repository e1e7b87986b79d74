import type { Checker } from "../../harness/check.ts";
import type { FaultKind } from "../../harness/fault.ts";
import type { Result, SurvivedFaults } from "../../harness/result.ts";
import { isScenario, type Scenario } from "../../harness/scenario.ts";
import * as survival from "../../scenarios/primitives/survival.ts";

/** What one kind of fault does to one of our primitives, tried at each step of each process in every interleaving. */
export interface Ours {
  readonly primitive: string;
  readonly kind: FaultKind;
  /** `survived`: at every step, in every interleaving. `sampled`: there were too many; those that were tried are survived. */
  readonly outcome: "survived" | "sampled" | "broken" | "error";
  readonly interleavings: number;
  readonly steps: SurvivedFaults["steps"];
  /** Faults that struck. */
  readonly faults: number;
  readonly runs: number;
  /** What broke. */
  readonly message: string;
}

/** Takes each scenario of survival.ts with one death, and with one pause. */
export async function primitivesUnderFaults(checker: Checker): Promise<Ours[]> {
  const ours: Ours[] = [];
  for (const scenario of Object.values(survival).filter(isScenario) as unknown as Scenario[]) {
    for (const kind of KINDS) ours.push(await underFault(checker, scenario, kind));
  }
  return ours;
}

async function underFault(checker: Checker, scenario: Scenario, kind: FaultKind): Promise<Ours> {
  const options = { seed: 1, jobs: 1, faults: { [kind]: 1 }, endOnFailure: true } as const;
  const proof = await checker.check(scenario, { ...options, exhaustive: true, runs: RUNS_MAX });
  if (proof.verdict !== "pass" || proof.exhaustive) return oursOf(scenario, kind, proof, "survived");
  return oursOf(scenario, kind, await checker.check(scenario, { ...options, runs: RUNS_SAMPLED }), "sampled");
}

function oursOf({ name = "" }: Scenario, kind: FaultKind, result: Result, held: "survived" | "sampled"): Ours {
  const { verdict, faults, runs, message = "" } = result;
  const proved = result.survived?.find((one) => one.kind === kind);
  return {
    primitive: name.replace(/-survives?$/, ""),
    kind,
    outcome: verdict === "pass" ? held : verdict === "fail" ? "broken" : "error",
    interleavings: proved?.interleavings ?? 0,
    steps: proved?.steps ?? [],
    faults,
    runs,
    message,
  };
}

const KINDS: readonly FaultKind[] = ["kill", "pause"];
/** Interleavings of one scenario at most, with and without the fault. */
const RUNS_MAX = 40_000;
const RUNS_SAMPLED = 2000;
