import { formatResult, mergeShards } from "../reports/index.ts";
import { documentIn } from "./document-file.ts";
import { terminalLayout } from "./layout.ts";
import { publish, type Publication } from "./publication.ts";
import { STATUS, statusOf } from "./status.ts";

/** `forkcheck merge`: the results of shards as one; a shard that is missing is no success. */
export function merge(files: readonly string[], options: Publication): number {
  const { document, missing } = mergeShards(files.map(documentIn));
  if (options.json !== true) {
    const layout = terminalLayout();
    for (const result of document.results) process.stdout.write(`${formatResult(result, layout)}\n`);
  }
  const unwritten = publish(document, options);
  if (missing.length > 0) process.stderr.write(`forkcheck: ${incomplete(files, missing)}\n`);
  const status = statusOf(document.results, unwritten);
  return status === STATUS.holds && missing.length > 0 ? STATUS.couldNotWork : status;
}

function incomplete(files: readonly string[], missing: readonly number[]): string {
  const [which, is] = missing.length === 1 ? ["shard", "is"] : ["shards", "are"];
  return (
    `${which} ${missing.join(", ")} of ${files.length + missing.length} ${is} missing, so only a part of the whole is covered. ` +
    "Look why there is no result, and merge again with all of them."
  );
}
