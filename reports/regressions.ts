import { mkdir, readFile, realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { replaceFile } from "./regressions/atomic-write.ts";
import { holdLock } from "./regressions/file-lock.ts";
import { RegressionFileError } from "./regressions/file-error.ts";
import { fileHead, formatRace, parseRaces } from "./regressions/race-text.ts";
import type { PlacedRace, Race } from "./regressions/race-text.ts";

export { RegressionFileError } from "./regressions/file-error.ts";
export { readInput, writeInput } from "./regressions/input-text.ts";
export { describeRace, formatRace, parseRaces } from "./regressions/race-text.ts";
export type { PlacedRace, Race } from "./regressions/race-text.ts";

/**
 * Regression files: the races of one scenario, as text that is committed and reviewed. A file is changed by appending a
 * stanza or cutting one out, under a lock and in one atomic step, so that comments stay, a diff shows one race, and two
 * processes that write at once lose nothing. A file that cannot be read whole is never written.
 */

/** `.forkcheck/ticket-rush.races`, for a scenario of any name. */
export function racesFile(folder: string, scenario: string): string {
  const name = scenario
    .normalize("NFC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "");
  return join(folder, `${name === "" ? "scenario" : name}.races`);
}

/**
 * All races of a file, in its order; none if there is no such file.
 *
 * @throws {RegressionFileError} naming the file and the line, if the file is damaged.
 */
export async function readRaces(file: string): Promise<readonly PlacedRace[]> {
  const text = await readText(file);
  return text === null ? [] : parseRaces(text, file);
}

/**
 * Appends a race to a file, which is created if need be. A race whose token is already there is `known`.
 *
 * @throws {RegressionFileError} if the file is damaged; it then stays as it is. Errors of the file system (no space, no
 * permission) come as they are, and the file stays as it was.
 */
export async function addRace(file: string, scenario: string, race: Race): Promise<"added" | "known"> {
  return change(file, (text) => {
    const races = text === null ? [] : parseRaces(text, file);
    if (races.some(({ token }) => token === race.token)) return { text: null, answer: "known" };
    if (races.length >= racesMax) {
      throw new RegressionFileError(
        file,
        null,
        `it holds ${races.length} races, and the limit is ${racesMax}`,
        "Remove those that no longer fail with 'npx forkcheck run --prune', or delete stanzas by hand.",
      );
    }
    const before = text ?? fileHead(scenario);
    const separator = before.endsWith("\n") ? "\n" : "\n\n";
    return { text: before + separator + formatRace(race), answer: "added" };
  });
}

/** Cuts the races with these tokens out of a file and says which ones were there. Everything else stays as it is. */
export async function removeRaces(file: string, tokens: readonly string[]): Promise<readonly string[]> {
  if ((await readText(file)) === null) return [];
  return change(file, (text) => {
    const races = text === null ? [] : parseRaces(text, file);
    const cut = races.filter(({ token }) => tokens.includes(token));
    if (text === null || cut.length === 0) return { text: null, answer: [] };
    const lines = text.split("\n");
    for (const { firstLine, lastLine } of cut.toReversed()) {
      const follows = lines[lastLine] === "" ? 1 : 0;
      lines.splice(firstLine - 1, lastLine - firstLine + 1 + follows);
    }
    return { text: `${lines.join("\n").trimEnd()}\n`, answer: cut.map(({ token }) => token) };
  });
}

/** More races than this in one file are no longer reviewed by anybody. */
const racesMax = 1000;

/** Reads a file, changes it and writes it back, alone. `text: null` leaves it as it is. */
async function change<T>(
  file: string,
  edit: (text: string | null) => { readonly text: string | null; readonly answer: T },
): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  // A link is followed, so that the file that it points to is replaced and not the link.
  const target = join(await realpath(dirname(file)), basename(file));
  const whole = await realpath(target).catch((error: unknown) => {
    if (isMissing(error)) return target;
    throw error;
  });
  await using lock = await holdLock(`${whole}.lock`);
  const { text, answer } = edit(await readText(whole));
  if (text !== null) await replaceFile(whole, text, () => lock.check());
  return answer;
}

async function readText(file: string): Promise<string | null> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
