import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { distance } from "fastest-levenshtein";
import { RequestError } from "../harness/request-error.ts";
import { isScenario, scenarioName, type Scenario } from "../harness/scenario.ts";
import { SCENARIOS } from "../scenarios/index.ts";

/** A scenario by the name that it goes by on the command line and in reports. */
export interface Target {
  readonly name: string;
  readonly scenario: Scenario;
  /** The user's file that it comes from; null for one of the project's own. */
  readonly file: string | null;
}

/**
 * The scenarios that are meant: all of each named file, and each named scenario, which may be one of the project's own or
 * one that is found in a file below this folder.
 *
 * @throws {RequestError} a file is missing, cannot be loaded or has no scenario; a name is unknown
 */
export async function findTargets(words: readonly string[]): Promise<Target[]> {
  if (words.length === 0) {
    const found = await discover();
    if (found.length > 0) return found;
    throw new RequestError(
      `No scenario was named, and no file below ${process.cwd()} declares one.`,
      "Name a file or a scenario: forkcheck run ticket-rush.ts. `forkcheck list` shows the built-in ones; `forkcheck demo` shows what this is about.",
    );
  }
  const targets: Target[] = [];
  for (const word of words) targets.push(...(isFileName(word) ? await scenariosIn(word) : [await scenarioNamed(word)]));
  return targets.filter((target, index) => targets.findIndex(({ scenario }) => scenario === target.scenario) === index);
}

/** The project's own scenarios. */
export function builtInTargets(): Target[] {
  return SCENARIOS.map((scenario) => ({ name: scenario.name as string, scenario, file: null }));
}

/** One of the project's own scenarios. */
export function scenarioOf(name: string): Scenario {
  return builtInTargets().find((target) => target.name === name)?.scenario as Scenario;
}

/** All scenarios of one file, with the names that they go by. */
export async function scenariosIn(file: string): Promise<Target[]> {
  const path = resolve(file);
  let module: object;
  try {
    statSync(path);
    module = (await import(pathToFileURL(path).href)) as object;
  } catch (error) {
    throw cannotLoad(file, path, error as NodeJS.ErrnoException);
  }
  const scenarios = Object.values(module).filter(isScenario);
  if (scenarios.length === 0) {
    throw new RequestError(
      `${file} exports no scenario.`,
      "Export one at the top level: export const mine = scenario(import.meta.url, { ... }).",
    );
  }
  return scenarios.map((scenario) => ({ name: scenarioName(scenario, module), scenario, file }));
}

async function scenarioNamed(name: string): Promise<Target> {
  const builtIn = builtInTargets().find((target) => target.name === name);
  if (builtIn !== undefined) return builtIn;
  const found = await discover();
  const target = found.find((other) => other.name === name);
  if (target !== undefined) return target;
  const known = [...builtInTargets(), ...found].map((other) => other.name);
  const [nearest] = known.sort((a, b) => distance(a, name) - distance(b, name));
  const guess = distance(nearest, name) <= name.length / 2 ? `Did you mean ${nearest}? ` : "";
  throw new RequestError(
    `There is no scenario ${JSON.stringify(name)}.`,
    `${guess}\`forkcheck list\` shows all; for your own, name the file that exports it.`,
  );
}

/** Scenarios in the files below this folder that look as if they had some. Files that cannot be loaded are left out. */
async function discover(): Promise<Target[]> {
  const targets: Target[] = [];
  for (const file of candidateFiles(process.cwd())) {
    try {
      targets.push(...(await scenariosIn(file)));
    } catch {
      // Not every file that speaks of scenarios is one to run; whoever names it is told why not.
    }
  }
  return targets;
}

/** How many files are looked into, so that a run from the root of a disk ends. */
const FILES_MAX = 5000;

function candidateFiles(root: string): string[] {
  const files: string[] = [];
  const folders = [root];
  let looked = 0;
  for (let folder = folders.shift(); folder !== undefined && looked < FILES_MAX; folder = folders.shift()) {
    for (const entry of entriesOf(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !/^(\.|node_modules$|dist$|build$|coverage$)/.test(entry.name)) folders.push(path);
      if (!entry.isFile() || !isFileName(entry.name) || /\.(test|spec|config|d)\.[mc]?[jt]s$/.test(entry.name))
        continue;
      if (looked++ > FILES_MAX) break;
      const text = readFileSync(path, "utf8");
      if (/from\s+["']forkcheck["']/.test(text) && /\b(scenario|linearizable)\(/.test(text)) files.push(path);
    }
  }
  return files;
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function isFileName(word: string): boolean {
  return /\.[mc]?[jt]s$/.test(word);
}

function cannotLoad(file: string, path: string, error: NodeJS.ErrnoException): RequestError {
  if (error.code === "ENOENT" && error.syscall === "stat") {
    return new RequestError(
      `There is no file ${file}.`,
      `It was looked for at ${path}. Check the name and the folder that you are in.`,
    );
  }
  return new RequestError(
    `${basename(file)} could not be loaded: ${error instanceof Error ? stackInUserCode(error) : String(error)}\n`,
    "It has to load in plain Node: scenarios are imported by every process.",
  );
}

/** Without the frames of Node's loader and whoever called it: they say nothing about the module. */
function stackInUserCode(error: Error): string {
  const lines = (error.stack ?? error.message).split("\n");
  const loader = lines.findIndex((line) => /^\s+at .*\(?node:internal/.test(line));
  return (loader === -1 ? lines : lines.slice(0, loader)).join("\n");
}
