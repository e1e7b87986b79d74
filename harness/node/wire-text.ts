/** What went over a connection, for the trace: in one line, and what Redis counts left out. */
export function wireText(bytes: Buffer): string {
  const text = bytes.subarray(0, BYTES_MAX).toString("latin1");
  // The protocol of Redis: "*2", "$3", "GET", "$1", "n", each on a line of its own.
  const lines = text.replaceAll(/(^|\r\n)([*$]\d+\r\n)+/g, "$1").split(/\r?\n/);
  const shown = lines
    .join(" ")
    .trimEnd()
    .replaceAll(/[^\x20-\x7e]/g, "·");
  return shown.length > LENGTH_MAX ? `${shown.slice(0, LENGTH_MAX - 1)}…` : shown;
}

const BYTES_MAX = 256;
const LENGTH_MAX = 40;

/** Between a request and its reply. */
export const REPLY = " → ";
/** How a step begins that hears what a server has sent late. */
export const HEARING = "hear from ";
