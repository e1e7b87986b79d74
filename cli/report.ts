import { documentIn } from "./document-file.ts";
import { writePage } from "./publication.ts";
import { STATUS } from "./status.ts";

/** `forkcheck report`: a page of a result that was written earlier. */
export function report(file: string, options: { readonly html?: string }): number {
  const { results } = documentIn(file);
  const page = options.html ?? `${file.replace(/\.json$/, "")}.html`;
  writePage(page, results);
  process.stdout.write(`${page}\n`);
  return STATUS.holds;
}
