import { check } from "../harness/check.ts";
import type { CheckOptions } from "../harness/options.ts";
import type { Result } from "../harness/result.ts";
import type { Scenario } from "../harness/scenario.ts";
import { formatResult } from "./terminal/result.ts";

/**
 * Checks a scenario and throws if a property is violated, or if the harness could not do its work: the message is the
 * report, the smallest failing run with its timeline. Returns the result if all holds.
 *
 * @throws {ScenarioError} with the result as `result`
 * @example
 * test("no ticket is sold twice", () => assert(ticketRush));
 */
export async function assert<Input, Shared extends object>(
  scenario: Scenario<Input, Shared>,
  options: CheckOptions = {},
): Promise<Result> {
  // Taken here, while the caller is on the stack: after the check only the event loop would be.
  const place = new ScenarioError("");
  Error.captureStackTrace(place, assert);
  const result = await check(scenario, options);
  if (result.verdict === "pass") return result;
  throw place.about(result, options);
}

/** A scenario that does not hold, or could not be checked. */
export class ScenarioError extends Error {
  result!: Result;

  /** Fills the error in; its stack stays that of where it was made. */
  about(result: Result, options: CheckOptions): this {
    this.result = result;
    this.name = result.verdict === "fail" ? "RaceFound" : "CheckFailed";
    this.message = formatResult(result, { colour: false, columns: COLUMNS, runsMax: options.runs ?? RUNS });
    this.stack = `${this.name}: ${this.message}\n${(this.stack ?? "").split("\n").slice(1).join("\n")}`;
    return this;
  }
}

/** A test runner says nothing of the terminal: what every one has. A longer line would break the diagram. */
const COLUMNS = 80;
const RUNS = 1000;
