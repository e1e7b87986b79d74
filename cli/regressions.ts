import { relative } from "node:path";
import { RequestError } from "../harness/request-error.ts";
import { addRace, describeRace, racesFile, readRaces, RegressionFileError, removeRaces } from "../reports/index.ts";
import type { Result } from "../harness/result.ts";
import { decodeToken } from "../harness/token.ts";
import { VERSION } from "./version.ts";

/** Where regression files are kept, from the folder in which forkcheck was started. */
const FOLDER = ".forkcheck";

export interface KnownRace {
  readonly token: string;
  /** The property that it violated. */
  readonly property: string;
  readonly input: unknown;
  /** "FILE:LINE" of its stanza. */
  readonly place: string;
}

/**
 * The races that were found in a scenario before.
 *
 * @throws {RegressionFileError} the file is damaged
 * @throws {RequestError} there is something at its place that cannot be read
 */
export async function knownRaces(name: string): Promise<KnownRace[]> {
  const file = racesFile(FOLDER, name);
  return (await races(file)).map(({ token, property, firstLine }) => ({
    token,
    property,
    input: inputOf(token, file, firstLine),
    place: `${relative("", file)}:${firstLine}`,
  }));
}

async function races(file: string): ReturnType<typeof readRaces> {
  try {
    return await readRaces(file);
  } catch (error) {
    if (error instanceof RegressionFileError) throw error;
    throw new RequestError(
      `Known races are kept in ${relative("", file)}, which could not be read: ${(error as Error).message}.`,
      `Make ${FOLDER} a folder that can be read, or start forkcheck somewhere else.`,
    );
  }
}

function inputOf(token: string, file: string, line: number): unknown {
  try {
    return decodeToken(token).value.input;
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    const what = error.message.slice(0, -error.advice.length).trim().replace(/\.$/, "");
    throw new RegressionFileError(file, line, what, "Restore the file from version control, or delete the stanza.");
  }
}

/** Removes races that no longer fail; says which. What could be found does not depend on that they are gone. */
export async function forgetRaces(name: string, tokens: readonly string[]): Promise<string[]> {
  const file = racesFile(FOLDER, name);
  try {
    return (await removeRaces(file, tokens)).map((token) => `removed from ${relative("", file)}: ${token}`);
  } catch (error) {
    return [`${relative("", file)} could not be written, and stays as it is: ${(error as Error).message}`];
  }
}

/**
 * Writes a failure down, to be tried first from now on; returns the file, or undefined if there is nothing to write. A folder
 * that cannot be written takes nothing away from the finding: it is said, and that is all.
 */
export async function rememberRace(name: string, result: Result): Promise<string | undefined> {
  const { counterexample } = result;
  if (result.verdict !== "fail" || counterexample === undefined || counterexample.token === "") return undefined;
  const file = racesFile(FOLDER, name);
  const context = {
    found: new Date().toISOString().slice(0, 10),
    versions: `forkcheck ${VERSION}, node ${process.versions.node}`,
  };
  try {
    await addRace(file, name, describeRace({ ...result, counterexample }, context));
    return file;
  } catch (error) {
    process.stderr.write(
      `forkcheck: ${file} could not be written: ${(error as Error).message}. The report has the token; --no-save keeps forkcheck from trying.\n`,
    );
    return undefined;
  }
}
