import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** The first frame of the stack that is not forkcheck's own: "scenarios/ticket-rush.ts:31", or "" if there is none. */
export function userPlace(error: Error): string {
  const place = places(error).find(({ file }) => !OWN_FOLDERS.some((folder) => file.startsWith(folder)));
  return place === undefined ? "" : `${place.file}:${place.line}`;
}

/** The frames of a stack that stand in files, the innermost first. */
function places(error: Error): { file: string; line: string }[] {
  const found: { file: string; line: string }[] = [];
  for (const text of (error.stack ?? "").split("\n").slice(1)) {
    const match = /(?:\(|at (?:async )?)((?:file:\/\/)?\/[^()]+?):(\d+):\d+\)?$/.exec(text);
    if (match === null) continue;
    const file = match[1].startsWith("file:") ? fileURLToPath(match[1]) : match[1];
    found.push({ file, line: match[2] });
  }
  return found;
}

// Where source maps are on, a stack names the sources that this was compiled from, and those lie in another folder.
const THIS_FILE = fileURLToPath(import.meta.url);
const THIS_FILE_IN_STACKS = places(new Error("where this stands"))[0]?.file ?? THIS_FILE;
const OWN_FOLDERS = [THIS_FILE, THIS_FILE_IN_STACKS].flatMap((file) => {
  const root = dirname(dirname(dirname(file)));
  return [`${root}/harness/`, `${root}/primitives/`];
});
