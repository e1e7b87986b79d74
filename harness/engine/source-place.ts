import { SourceMap, type SourceMapPayload } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** The first frame of the stack that is not forkcheck's own: "scenarios/ticket-rush.ts:31", or "" if there is none. */
export function userPlace(error: Error): string {
  const place = places(error).find(({ file }) => !isOwnFile(file) && !WRAPPERS.test(file));
  return place === undefined ? "" : `${place.file}:${place.line}`;
}

/** Where this is called from, and by which operation, as one text: see `readPlaceText`. "" if nothing is known. */
export function placeText(operation: number): string {
  const here = stackHere();
  const source = userPlace(here);
  const via = packagePlace(here, source);
  return source === "" && operation === 0 ? "" : [source, via, operation].join(SEPARATOR);
}

export function readPlaceText(text: string): { source: string | null; via?: string; operation?: number } {
  const [source, via = "", operation = "0"] = text.split(SEPARATOR);
  return {
    source: source === "" ? null : source,
    ...(via === "" ? {} : { via }),
    ...(operation === "0" ? {} : { operation: Number(operation) - 1 }),
  };
}

const SEPARATOR = "\n";

/** Where a package came from when it called the user's code that stands at `source`: the outermost of its frames; "" if none did. */
function packagePlace(error: Error, source: string): string {
  if (source === "" || IN_PACKAGE.test(source)) return "";
  // Installed, forkcheck lies in such a folder itself.
  const isPackage = (file: string): boolean => IN_PACKAGE.test(file) && !isOwnFile(file) && !WRAPPERS.test(file);
  const place = places(error).findLast(({ file, awaits }) => !awaits && isPackage(file));
  return place === undefined ? "" : `${place.file}:${place.line}`;
}

const IN_PACKAGE = /\/node_modules\//;

/** Where this was called, as deep as the user's code may have called down to it. */
export function stackHere(): Error {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES_MAX;
  const here = new Error("here");
  Error.stackTraceLimit = limit;
  return here;
}

const FRAMES_MAX = 64;

/** A stack as text, with no frames but those of the program: where forkcheck called it from is another place each time. */
export function withoutOwnFrames(stack: string): string {
  const isOwn = (line: string): boolean => {
    const file = /^\s+at .*?((?:file:\/\/|node:)?[^\s()]+):\d+:\d+\)?$/.exec(line)?.[1] ?? "";
    return file.startsWith("node:") || isOwnFile(file.startsWith("file:") ? fileURLToPath(file) : file);
  };
  return stack
    .split("\n")
    .filter((line) => !isOwn(line))
    .join("\n");
}

/** The file is one of those that forkcheck's engine consists of. */
export function isOwnFile(file: string): boolean {
  return OWN_FOLDERS.some((folder) => file.startsWith(folder));
}

/**
 * What is compiled here and not by Node has source maps that Node does not know.
 *
 * @param maps of each transformation, the last one first
 */
export function rememberSourceMaps(file: string, maps: readonly (object | undefined)[]): void {
  const known = maps.filter((map) => map !== undefined);
  sourceMaps.set(file, () => known.map((map) => new SourceMap(map as SourceMapPayload)));
}

const sourceMaps = new Map<string, () => SourceMap[]>();

/** The frames of a stack that stand in files, the innermost first. */
function places(error: Error): Frame[] {
  const found: Frame[] = [];
  for (const text of (error.stack ?? "").split("\n").slice(1)) {
    const match = /(?:\(|at (?:async )?)((?:file:\/\/)?\/[^()]+?):(\d+):(\d+)\)?$/.exec(text);
    if (match === null) continue;
    const file = match[1].startsWith("file:") ? fileURLToPath(match[1]) : match[1];
    found.push({ file, line: originalLine(file, match[2], match[3]), awaits: text.includes("at async ") });
  }
  return found;
}

interface Frame {
  readonly file: string;
  readonly line: string;
  /** It is not on the stack: it awaits what is. */
  readonly awaits: boolean;
}

function originalLine(file: string, line: string, column: string): string {
  let [originalLine, originalColumn] = [Number(line) - 1, Number(column) - 1];
  for (const map of sourceMaps.get(file)?.() ?? []) {
    const entry = map.findEntry(originalLine, originalColumn);
    if (!("originalLine" in entry)) break;
    ({ originalLine, originalColumn } = entry);
  }
  return String(originalLine + 1);
}

/** These pass a call of `fs` on, and who called them is of interest. */
const WRAPPERS = /\/node_modules\/(?:graceful-fs|stubborn-fs|stubborn-utils|universalify)\//;

// Where source maps are on, a stack names the sources that this was compiled from, and those lie in another folder.
const THIS_FILE = fileURLToPath(import.meta.url);
const THIS_FILE_IN_STACKS = places(new Error("where this stands"))[0]?.file ?? THIS_FILE;
const OWN_FOLDERS = [THIS_FILE, THIS_FILE_IN_STACKS].flatMap((file) => {
  const root = dirname(dirname(dirname(file)));
  return [`${root}/harness/`, `${root}/primitives/`];
});
