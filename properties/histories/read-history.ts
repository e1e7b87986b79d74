import { isColumnar, readColumnar } from "./columnar.ts";
import { LOG_LINE, readJepsen, readJepsenLog } from "./jepsen.ts";
import { readJsonLines } from "./json-lines.ts";
import { HistoryFileError, type Recording, recordingOf } from "./recording.ts";

export const HISTORY_FORMATS = ["columnar", "json-lines", "jepsen", "jepsen-log"] as const;

export type HistoryFormat = (typeof HISTORY_FORMATS)[number];

/**
 * Reads a recorded history in one of the formats of docs/checking-histories.md. Without `format` it is told from how the file
 * begins, and only where that leaves no doubt.
 *
 * @throws {HistoryFileError} if the format cannot be told, or with the number of every line that does not keep to it.
 *
 * @example
 * const recording = readHistory(new TextEncoder().encode('{"process":"p1","operation":"read","result":0,"invoked":1,"returned":2}'));
 */
export function readHistory(bytes: Uint8Array, format: HistoryFormat = formatOf(bytes)): Recording {
  if (format === "columnar") return readColumnar(bytes);
  const text = new TextDecoder().decode(bytes);
  const read = { "json-lines": readJsonLines, jepsen: readJepsen, "jepsen-log": readJepsenLog }[format];
  const operations = read(text);
  if (operations.length === 0) {
    throw new HistoryFileError(
      [{ line: 0, what: `It has no operations in the format ${format}.` }],
      "Name the file's format, or another file.",
    );
  }
  return recordingOf(operations);
}

function formatOf(bytes: Uint8Array): HistoryFormat {
  if (isColumnar(bytes)) return "columnar";
  const beginning = new TextDecoder().decode(bytes.subarray(0, BEGINNING_BYTES));
  if (/^\s*\{\s*"/.test(beginning)) return "json-lines";
  if (/^\s*[[(]?\s*(?:#[\w.]+\s*)?\{\s*:/.test(beginning)) return "jepsen";
  if (beginning.split("\n").some((line) => LOG_LINE.test(line))) return "jepsen-log";
  throw new HistoryFileError(
    [{ line: 0, what: "It begins like none of the formats that are known." }],
    `Name its format, one of ${HISTORY_FORMATS.join(", ")}; docs/checking-histories.md describes them.`,
  );
}

const BEGINNING_BYTES = 65_536;
