import { readFileSync } from "node:fs";
import { RequestError } from "../harness/request-error.ts";
import { parseDocument, type ResultDocument } from "../reports/index.ts";

/**
 * A result that was written earlier, from its file.
 *
 * @throws {RequestError} the file cannot be read, or is no result
 */
export function documentIn(file: string): ResultDocument {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new RequestError(
      `${file} could not be read: ${(error as Error).message}.`,
      "Write it with: forkcheck run --json > result.json",
    );
  }
  return parseDocument(text, file);
}
