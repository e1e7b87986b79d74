import { shortDataText } from "../data-text.ts";
import { PropertyError } from "../judge.ts";
import type { Counterexample } from "../result.ts";
import type { Prepared } from "./preparation.ts";
import { PlanNotFollowedError } from "../exhaustive/explore.ts";
import type { TraceEntry } from "../trace.ts";
import type { Trouble } from "./protocol.ts";

/** What keeps the harness from its work, in the words that the user gets. */
export function troubleOf(error: unknown, name: string): Trouble {
  if (error instanceof NondeterminismError)
    return { kind: "nondeterministic", message: `${name} is not deterministic: ${error.message}` };
  if (error instanceof TokenError) return { kind: error.kind, message: error.message };
  if (error instanceof ScenarioError) return { kind: "scenario", message: error.message };
  if (error instanceof OutsideError) return { kind: "worker", message: `${name}: ${error.message}. Run again.` };
  if (error instanceof NotIndependentError) return { kind: "scenario", message: `${name}: ${error.message}` };
  if (error instanceof PlanNotFollowedError)
    return { kind: "scenario", message: `${name}: ${error.message}. ${LOOK_FOR_WHAT_IS_NOT_SAID}` };
  if (error instanceof PropertyError)
    return { kind: error.isUndecided ? "undecided" : "scenario", message: `${name}: ${error.message}` };
  return { kind: "worker", message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

/** One of the scenario's own functions fails, or returns what it must not. */
export class ScenarioError extends Error {}

/** Somebody outside keeps forkcheck from its work. */
export class OutsideError extends Error {}

/** The lane was asked to stop. */
export class StoppedError extends Error {
  constructor() {
    super("stopped");
  }
}

export class NondeterminismError extends Error {
  constructor(first: Counterexample["trace"], second: Counterexample["trace"], prepared: Prepared) {
    const at = first.findIndex((entry, index) => JSON.stringify(entry) !== JSON.stringify(second[index]));
    const step = at < 0 ? first.length : at;
    const say = (entry: Counterexample["trace"][number] | undefined): string =>
      entry === undefined ? "nothing more" : `${entry.process}: ${entry.label} ${entry.detail}`.trim();
    super(
      `the same run was done twice, and was not the same: at step ${step + 1} there was '${say(first[step])}' first, and then '${say(second[step])}' ` +
        `(input ${shortDataText(prepared.input)}). Look for what is not under control there: a random number, the clock, state that a module keeps between runs, or a file outside of the run's folder.`,
    );
  }
}

/** Two steps have to do with each other though they do not say so, and a proof would leave out one of their orders. */
export class NotIndependentError extends Error {
  constructor(
    [first, second]: readonly [TraceEntry, TraceEntry],
    difference: string,
    { input }: Pick<Prepared, "input">,
  ) {
    const say = ({ step, process, label, detail }: TraceEntry): string =>
      `'${process}: ${`${label} ${detail}`.trim()}' (step ${step})`;
    super(
      `two steps say that they have nothing to do with each other, ${say(first)} and ${say(second)}, but in the other order ${difference} ` +
        `(input ${shortDataText(input)}). ${LOOK_FOR_WHAT_IS_NOT_SAID}`,
    );
  }
}

const LOOK_FOR_WHAT_IS_NOT_SAID =
  "Look for shared memory or files that are used without the primitives, and for a step of the scenario's own (`p.step`) " +
  "that touches more than it says; or check it without `exhaustive`.";

/** The run that a token stands for is none of the program's as it is now. */
export class TokenError extends Error {
  /** Whether the run was tried and differs, or the scenario can do nothing with its input, so that there was none. */
  readonly kind: "token" | "token-input";

  constructor(difference: string, scenario: string, kind: TokenError["kind"] = "token") {
    super(
      `the token no longer fits the program, which was changed since: ${difference.replace(/\.$/, "")}. ` +
        `Go back to the version that the token was found with, or find the failure anew: forkcheck run ${scenario}`,
    );
    this.kind = kind;
  }
}
