import { Checker } from "../harness/check.ts";
import { RequestError } from "../harness/request-error.ts";
import { decodeToken } from "../harness/token.ts";
import { formatDocument, formatResult } from "../reports/index.ts";
import { endOnSignal } from "./ending.ts";
import { statusOf } from "./status.ts";
import { findTargets, scenariosIn, type Target } from "./targets.ts";
import { terminalLayout } from "./layout.ts";
import { VERSION } from "./version.ts";

/** `forkcheck replay`: one run again, with its timeline; returns the exit status. */
export async function replay(
  token: string,
  files: readonly string[],
  options: { readonly json?: boolean; readonly times: number },
): Promise<number> {
  const { scenario: name } = decodeToken(token);
  const target = await targetOf(name, files);
  await using checker = new Checker();
  using _ending = endOnSignal();
  const result = await checker.replay(target.scenario, token, { times: options.times }, target.name);
  if (result.verdict === "error" && result.property?.startsWith("token") === true) {
    throw new RequestError(result.message ?? "", "");
  }
  process.stdout.write(
    options.json === true
      ? formatDocument({ forkcheck: VERSION, seed: 0, results: [result] })
      : `${formatResult(result, terminalLayout())}\n`,
  );
  return statusOf([result]);
}

async function targetOf(name: string, files: readonly string[]): Promise<Target> {
  if (files.length === 0) return (await findTargets([name]))[0];
  for (const file of files) {
    const target = (await scenariosIn(file)).find((other) => other.name === name);
    if (target !== undefined) return target;
  }
  throw new RequestError(
    `The token is of the scenario ${name}, which ${files.join(", ")} does not export.`,
    "Name the file that does, or leave the file out to look for it below this folder.",
  );
}
