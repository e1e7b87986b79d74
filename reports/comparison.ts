import type { Result } from "../harness/result.ts";
import type { ResultDocument } from "./document.ts";
import { painter } from "./terminal/paint.ts";
import type { Style } from "./terminal/paint.ts";
import { count, grouped, printable } from "./terminal/text.ts";

/** What has changed for one scenario between two checks. */
export interface Change {
  readonly scenario: string;
  readonly kind: ChangeKind;
  readonly before: Result | null;
  readonly after: Result | null;
}

export type ChangeKind =
  | "newly-broken" // it held or was not there, and fails now
  | "newly-erring" // the harness could do its work, and cannot now
  | "broken-otherwise" // it fails, but another property than before
  | "slower-to-find" // it fails as before, and finding it takes many more runs
  | "no-longer-proved" // it was a proof, and is a sample now
  | "gone" // it was checked, and is not now
  | "newly-holding" // it failed or erred, and holds now
  | "newly-proved" // it holds, and is a proof now
  | "new"; // it was not checked, and holds now

export interface ComparisonLimits {
  /** A failure is slower to find if it takes so many times the runs ... */
  readonly slowerFactor: number;
  /** ... and at least so many more: below that it is the luck of the draw. */
  readonly slowerRunsMin: number;
}

const defaultLimits: ComparisonLimits = { slowerFactor: 3, slowerRunsMin: 100 };

/** What is different in `after`, the worst first; empty if nothing is. */
export function compareResults(
  before: ResultDocument,
  after: ResultDocument,
  limits: ComparisonLimits = defaultLimits,
): readonly Change[] {
  const old = new Map(before.results.map((result) => [result.scenario, result]));
  const now = new Map(after.results.map((result) => [result.scenario, result]));
  const scenarios = [...new Set([...now.keys(), ...old.keys()])];
  return scenarios
    .flatMap((scenario): readonly Change[] => {
      const pair = { before: old.get(scenario) ?? null, after: now.get(scenario) ?? null };
      const kind = judge(pair.before, pair.after, limits);
      return kind === null ? [] : [{ scenario, kind, ...pair }];
    })
    .sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

/** True if a change is one that should stop a merge. */
export function isRegression(change: Change): boolean {
  return order.indexOf(change.kind) < order.indexOf("newly-holding");
}

/** A line for each change, the worst first; one line that says so if there is none. */
export function formatComparison(changes: readonly Change[], options: { readonly colour: boolean }): string {
  const paint = painter(options.colour);
  if (changes.length === 0) return "Nothing has changed.";
  const width = Math.max(...changes.map((change) => words[change.kind].text.length));
  return changes
    .map((change) => {
      const { text, style } = words[change.kind];
      return `${paint(style, text.padEnd(width))}  ${printable(change.scenario)}: ${printable(detail(change))}`;
    })
    .join("\n");
}

const order: readonly ChangeKind[] = [
  "newly-broken",
  "newly-erring",
  "broken-otherwise",
  "slower-to-find",
  "no-longer-proved",
  "gone",
  "newly-holding",
  "newly-proved",
  "new",
];

const words: Readonly<Record<ChangeKind, { readonly text: string; readonly style: Style }>> = {
  "newly-broken": { text: "newly broken", style: "bad" },
  "newly-erring": { text: "newly erring", style: "bad" },
  "broken-otherwise": { text: "broken otherwise", style: "bad" },
  "slower-to-find": { text: "slower to find", style: "doubt" },
  "no-longer-proved": { text: "no longer proved", style: "doubt" },
  gone: { text: "no longer checked", style: "doubt" },
  "newly-holding": { text: "newly holding", style: "good" },
  "newly-proved": { text: "newly proved", style: "good" },
  new: { text: "newly checked", style: "quiet" },
};

function judge(before: Result | null, after: Result | null, limits: ComparisonLimits): ChangeKind | null {
  if (after === null) return "gone";
  if (after.verdict === "error") return before?.verdict === "error" ? null : "newly-erring";
  if (after.verdict === "fail") {
    if (before?.verdict !== "fail") return "newly-broken";
    if (before.property !== after.property) return "broken-otherwise";
    return isSlower(before, after, limits) ? "slower-to-find" : null;
  }
  if (before === null) return "new";
  if (before.verdict !== "pass") return after.exhaustive ? "newly-proved" : "newly-holding";
  if (before.exhaustive === after.exhaustive) return null;
  return after.exhaustive ? "newly-proved" : "no-longer-proved";
}

function isSlower(before: Result, after: Result, limits: ComparisonLimits): boolean {
  const [old, now] = [runsToFind(before), runsToFind(after)];
  return now >= old * limits.slowerFactor && now - old >= limits.slowerRunsMin;
}

function runsToFind(result: Result): number {
  return result.counterexample?.foundInRun ?? result.runs;
}

function detail({ kind, before, after }: Change): string {
  switch (kind) {
    case "newly-broken":
    case "newly-erring":
      return after?.message ?? after?.property ?? "";
    case "broken-otherwise":
      return `${after?.message ?? after?.property ?? ""} (before: ${before?.property ?? ""})`;
    case "slower-to-find":
      return `found in run ${grouped(runsToFind(after!))}, before in run ${grouped(runsToFind(before!))}`;
    case "no-longer-proved":
      return `held in ${count(after!.runs, "run")}, which is a sample`;
    case "gone":
      return `it was ${before!.verdict === "pass" ? "holding" : "failing"}`;
    case "newly-holding":
    case "new":
      return `held in ${count(after!.runs, "run")}`;
    case "newly-proved":
      return `all ${count(after!.runs, "interleaving")} hold`;
  }
}
