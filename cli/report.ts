import { readFileSync } from "node:fs";
import { RequestError } from "../harness/request-error.ts";
import { parseDocument } from "../reports/index.ts";
import { STATUS } from "./status.ts";
import { writePage } from "./written-files.ts";

/** `forkcheck report`: a page of a result that was written earlier. */
export async function report(file: string, options: { readonly html?: string }): Promise<number> {
  const { results } = parseDocument(textOf(file), file);
  const page = options.html ?? `${file.replace(/\.json$/, "")}.html`;
  writePage(page, results);
  process.stdout.write(`${page}\n`);
  return STATUS.holds;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new RequestError(
      `${file} could not be read: ${(error as Error).message}.`,
      "Write it with: forkcheck run --json > result.json",
    );
  }
}
