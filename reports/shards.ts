import { mergedPartlyControlled } from "../harness/partly-controlled.ts";
import { RequestError } from "../harness/request-error.ts";
import type { Counterexample, Result } from "../harness/result.ts";
import type { ResultDocument } from "./document.ts";

/** The results of several shards as one, and what of the whole they cover. */
export interface Merged {
  readonly document: ResultDocument;
  /** The shards that were not among them, from 1; empty if the whole was covered. */
  readonly missing: readonly number[];
}

/**
 * Merges what the shards of one check came to. A scenario fails if it failed anywhere, with the smallest of the failures; it
 * is proved only if every shard is there and each proved its part. Runs and times are added up.
 *
 * How many different behaviours the shards saw together cannot be told from their results, so `coverage` is left out where
 * there are several.
 *
 * @throws {RequestError} if the documents are not shards of one check.
 */
export function mergeShards(documents: readonly ResultDocument[]): Merged {
  if (documents.length === 0)
    throw new RequestError("There are no results to merge.", "Name the JSON results of the shards.");
  const split = findSplit(documents);
  const byScenario = new Map<string, Part[]>();
  for (const document of documents) {
    for (const result of document.results) {
      const parts = byScenario.get(result.scenario);
      if (parts === undefined) byScenario.set(result.scenario, [{ result, document }]);
      else parts.push({ result, document });
    }
  }
  const results = [...byScenario.values()].map((parts) => mergeParts(parts, split));
  const { forkcheck, seed } = documents[0];
  return { document: { forkcheck, seed, results }, missing: split.missing };
}

/** The order of smaller of section 7 of the design: negative if `a` is the smaller failure. */
export function compareSize(a: Counterexample, b: Counterexample): number {
  for (const field of sizeOrder) {
    if (a[field] !== b[field]) return a[field] - b[field];
  }
  return 0;
}

/** What one shard came to for one scenario. */
interface Part {
  readonly result: Result;
  readonly document: ResultDocument;
}

const sizeOrder = ["processes", "operations", "faults", "preemptions", "switches", "steps"] as const;

/** In how many parts the work was split, and which of them are not there. */
interface Split {
  readonly count: number;
  readonly missing: readonly number[];
}

function findSplit(documents: readonly ResultDocument[]): Split {
  const counts = new Set(documents.map(({ shard }) => shard?.count ?? 1));
  if (counts.size > 1) {
    throw new RequestError(
      `The results to merge are shards of different splits (${[...counts].join(", ")} parts).`,
      "Merge only results of one 'forkcheck run --shard i/n', with the same n.",
    );
  }
  const [count] = counts;
  const seeds = new Set(documents.map(({ seed }) => seed));
  if (count > 1 && seeds.size > 1) {
    throw new RequestError(
      `The results to merge are shards of checks with different seeds (${[...seeds].join(", ")}).`,
      "Parts of different wholes make no whole: give all shards the same --seed.",
    );
  }
  const seen = new Map<number, number>();
  for (const { shard } of documents) {
    const index = shard?.index ?? 1;
    seen.set(index, (seen.get(index) ?? 0) + 1);
  }
  const twice = [...seen].find(([, times]) => times > 1);
  if (twice !== undefined && count > 1) {
    throw new RequestError(
      `Shard ${twice[0]} of ${count} is among the results ${twice[1]} times.`,
      "Name each result once.",
    );
  }
  const missing = Array.from({ length: count }, (_, index) => index + 1).filter((index) => !seen.has(index));
  return { count, missing };
}

function mergeParts(parts: readonly Part[], { count }: Split): Result {
  const results = parts.map(({ result }) => result);
  const worst = pickWorst(results);
  const counts = results.map(({ runs }) => runs);
  const whole = parts.length >= count;
  const { coverage, ...rest } = worst;
  const notes = new Set(results.flatMap((result) => result.notes));
  if (!whole) notes.add(`covered in part: ${describeCover(parts, count)}`);
  return {
    ...rest,
    ...(parts.length === 1 && coverage !== undefined ? { coverage } : {}),
    strategy:
      worst.verdict === "fail" ? worst.strategy : [...new Set(results.flatMap((r) => r.strategy.split("+")))].join("+"),
    runs: total(counts),
    schedulingPoints: total(results.map((result) => result.schedulingPoints)),
    choices: total(results.map((result) => result.choices)),
    switches: total(results.map((result) => result.switches)),
    elapsedMs: total(results.map((result) => result.elapsedMs)),
    exhaustive: whole && results.every((result) => result.exhaustive),
    notes: [...notes],
    ...mergedPartlyControlled(results.flatMap(({ partlyControlled }) => partlyControlled ?? [])),
  };
}

function pickWorst(results: readonly Result[]): Result {
  const failed = results.filter((result) => result.verdict === "fail");
  if (failed.length === 0) return results.find((result) => result.verdict === "error") ?? results[0];
  return failed.reduce((least, result) => {
    if (result.counterexample === undefined) return least;
    if (least.counterexample === undefined) return result;
    return compareSize(result.counterexample, least.counterexample) < 0 ? result : least;
  });
}

function describeCover(parts: readonly Part[], count: number): string {
  const there = parts.map(({ document }) => document.shard?.index ?? 1);
  return `${there.length === 1 ? "shard" : "shards"} ${there.join(", ")} of ${count} reported it`;
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
