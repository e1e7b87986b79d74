import { readFileSync } from "node:fs";

/** A failure as docs/findings.md has it in its table of the smallest runs. */
export interface DocumentedFailure {
  readonly scenario: string;
  readonly foundInRun: number;
  readonly steps: number;
  readonly token: string;
}

export function documentedFailures(): DocumentedFailure[] {
  const text = readFileSync(new URL("../docs/findings.md", import.meta.url), "utf8");
  return [...text.matchAll(/^\| `([^`]+)` \| ([\d,]+) \| (\d+) \| `(fc1:[^`]+)` \|$/gm)].map(
    ([, scenario, foundInRun, steps, token]) => ({
      scenario,
      foundInRun: Number(foundInRun.replaceAll(",", "")),
      steps: Number(steps),
      token,
    }),
  );
}
