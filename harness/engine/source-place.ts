import { fileURLToPath } from "node:url";

/** The first frame of the stack that is not forkcheck's own: "scenarios/ticket-rush.ts:31", or "" if there is none. */
export function userPlace(error: Error): string {
  for (const line of (error.stack ?? "").split("\n").slice(1)) {
    const match = /\(?((?:file:\/\/)?\/[^()]+?):(\d+):\d+\)?$/.exec(line);
    if (match === null) continue;
    const file = match[1].startsWith("file:") ? fileURLToPath(match[1]) : match[1];
    if (OWN_FOLDERS.some((folder) => file.startsWith(folder)) || file.startsWith("node:")) continue;
    return `${file}:${match[2]}`;
  }
  return "";
}

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const OWN_FOLDERS = ["harness/", "primitives/"].map((folder) => ROOT + folder);
