import { readRaces } from "../../reports/index.ts";
import { join } from "node:path";
import { resultIn, type ChaosCommand, type CommandRun, type Observed } from "./command.ts";

/** What is wrong with the answer of a command that was disturbed: it says what is true, or it says what was done to it. */
export function wrongResult(observed: Observed, { status }: ChaosCommand, truth: Observed): string | null {
  if (observed.hung) return "it hangs";
  if (observed.left.length > 0) return `left behind: ${observed.left.join(", ")}`;
  const result = resultIn(observed);
  if (result === null) return `no whole document on standard output, status ${observed.status}: ${observed.stderr}`;
  if (observed.status === 3 && result.verdict === "error") {
    return result.property === "worker" && NAMED.test(result.message ?? "") ? null : `it says: ${result.message}`;
  }
  if (observed.status !== status) return `status ${observed.status}: ${result.message ?? observed.stderr}`;
  const expected = resultIn(truth);
  for (const key of ["verdict", "property", "message", "runs", "exhaustive", "survived"] as const) {
    const [is, was] = [JSON.stringify(result[key]), JSON.stringify(expected?.[key])];
    // What fails ends the search, and how far the other lanes have come by then is chance.
    if (is !== was && !(key === "runs" && status === 1)) return `${key} is ${is}, and was ${was}`;
  }
  const [is, was] = [result.counterexample?.token, expected?.counterexample?.token];
  return is === was ? null : `another counterexample, ${is}`;
}

/**
 * What is wrong with the files that a command has written: each is whole.
 *
 * @param allowed may be there besides
 */
export async function wrongFiles(run: CommandRun, allowed: readonly RegExp[]): Promise<string | null> {
  for (const name of run.files()) {
    if (allowed.some((pattern) => pattern.test(name))) continue;
    if (name.endsWith(".races")) {
      try {
        if ((await readRaces(join(run.folder, name))).length === 0) return `${name} is empty`;
      } catch (error) {
        return (error as Error).message;
      }
    } else if (name === "page.html" || name === "junit.xml") {
      if (!/<\/(html|testsuites)>\s*$/.test(run.read(name))) return `${name} is half-written`;
    } else if (name !== "out.json") {
      return `${name} is left behind`;
    }
  }
  return null;
}

const NAMED = /process \d+.* was (killed|stopped) from outside \(SIG(KILL|STOP)\)/;
