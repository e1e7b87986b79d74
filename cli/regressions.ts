import { relative } from "node:path";
import { addRace, describeRace, racesFile, readRaces, removeRaces } from "../reports/index.ts";
import type { Result } from "../harness/result.ts";
import { VERSION } from "./version.ts";

/** Where regression files are kept, from the folder in which forkcheck was started. */
const FOLDER = ".forkcheck";

/** The races that were found in a scenario before, with the place where each stands. */
export async function knownRaces(name: string): Promise<{ token: string; place: string }[]> {
  const file = racesFile(FOLDER, name);
  return (await readRaces(file)).map(({ token, firstLine }) => ({
    token,
    place: `${relative("", file)}:${firstLine}`,
  }));
}

/** Removes races that no longer fail; says which. */
export async function forgetRaces(name: string, tokens: readonly string[]): Promise<string[]> {
  const file = racesFile(FOLDER, name);
  return (await removeRaces(file, tokens)).map((token) => `removed from ${relative("", file)}: ${token}`);
}

/** Writes a failure down, to be tried first from now on; returns the file, or undefined if there is nothing to write. */
export async function rememberRace(name: string, result: Result): Promise<string | undefined> {
  const { counterexample } = result;
  if (result.verdict !== "fail" || counterexample === undefined || counterexample.token === "") return undefined;
  const file = racesFile(FOLDER, name);
  const context = {
    found: new Date().toISOString().slice(0, 10),
    versions: `forkcheck ${VERSION}, node ${process.versions.node}`,
  };
  await addRace(file, name, describeRace({ ...result, counterexample }, context));
  return file;
}
