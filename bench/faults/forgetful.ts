import type { Checker } from "../../harness/check.ts";
import { FORGETFUL, type Forgetful } from "../../scenarios/primitives/fixtures/forgetful.ts";

/** What came of a primitive that forgets one step by which it recovers. */
export interface Forgotten extends Pick<Forgetful, "primitive" | "forgets"> {
  /** Null if nothing was found. */
  readonly property: string | null;
  readonly foundInRun: number;
  /** "kill before release lock" */
  readonly faults: readonly string[];
  /** Of the smallest failing run. */
  readonly steps: number;
  /** It took so long to find it, to make sure of it and to make it small. */
  readonly ms: number;
}

/** Takes each of them with at most one death in a run. */
export async function forgetfulUnderFaults(checker: Checker): Promise<Forgotten[]> {
  const found: Forgotten[] = [];
  for (const { primitive, forgets, scenario } of FORGETFUL) {
    const result = await checker.check(scenario, { runs: 400, seed: 1, jobs: 1, faults: { kill: 1 } });
    const { foundInRun = 0, faultList = [], steps = 0 } = result.counterexample ?? {};
    found.push({
      primitive,
      forgets,
      property: result.verdict === "fail" ? (result.property ?? "") : null,
      foundInRun,
      faults: faultList.map(({ kind, before }) => `${kind} before ${before}`),
      steps,
      ms: result.elapsedMs,
    });
  }
  return found;
}
