import { compareResults, formatComparison, isRegression } from "../reports/index.ts";
import { documentIn } from "./document-file.ts";
import { terminalLayout } from "./layout.ts";
import { STATUS } from "./status.ts";

/** `forkcheck compare`: what has changed from one result to a later one; a change for the worse is a violation. */
export function compare(before: string, after: string, options: { readonly json?: boolean }): number {
  const changes = compareResults(documentIn(before), documentIn(after));
  const worse = changes.filter(isRegression);
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify({
          changes: changes.map((change) => ({
            scenario: change.scenario,
            kind: change.kind,
            regression: worse.includes(change),
            before: change.before?.verdict ?? null,
            after: change.after?.verdict ?? null,
          })),
        })}\n`
      : `${formatComparison(changes, terminalLayout())}\n`,
  );
  return worse.length > 0 ? STATUS.violated : STATUS.holds;
}
