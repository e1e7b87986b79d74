import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { recordArtifact, TestRunner, vi, type RunnerTestCase, type TestArtifactBase, type TestContext } from "vitest";
import { check } from "../harness/check.ts";
import type { CheckOptions, Progress } from "../harness/options.ts";
import { RequestError } from "../harness/request-error.ts";
import type { Result } from "../harness/result.ts";
import { scenarioName, type Scenario } from "../harness/scenario.ts";
import { ScenarioError } from "../reports/assert.ts";
import { toJson } from "../reports/document.ts";
import { renderPage } from "../reports/html/page.ts";
import { timeFor, type TestTime } from "./test-time.ts";

/**
 * Checks a scenario inside a test. A violated property fails the test at the line of this call, and the message is the
 * report. The search ends with the test: it takes no longer than the test's time-out leaves, and stops when the test is
 * cancelled. The command that replays a failure is added to the test as an annotation, the report's page as an artifact.
 *
 * @throws {ScenarioError} a property is violated, or the harness could not do its work; `result` has the details
 * @throws {TypeError} the test is concurrent, and its context was not given
 * @example
 * test("no ticket is sold twice", () => assert(ticketRush));
 * test("nor by many", () => assert(ticketRush, { runs: 10_000 }), 60_000);
 * test.concurrent("nor beside other tests", (context) => assert(ticketRush, { context }));
 */
export const assert: Assert = vi.defineHelper((scenario, options = {}) => {
  // Made here, while the caller is on the stack: after the check only the event loop would be.
  const error = new ScenarioError("");
  return checkInTest(scenario as unknown as Scenario, options, error);
});

type Assert = <Input, Shared extends object>(
  scenario: Scenario<Input, Shared>,
  options?: AssertOptions,
) => Promise<Result>;

export interface AssertOptions extends CheckOptions {
  /** The test's context, its function's first argument. Concurrent tests must give it; others are found by themselves. */
  readonly context?: TestContext;
}

/** What an assertion leaves with its test, for reporters. */
export interface RunArtifact extends TestArtifactBase {
  type: "forkcheck:run";
  scenario: string;
  verdict: Result["verdict"];
  property: string;
  message: string;
  /** `npx forkcheck replay TOKEN` shows the failing run again. */
  token: string;
  runs: number;
  /** All of it. */
  result: Result;
}

declare module "vitest" {
  interface TestArtifactRegistry {
    "forkcheck:run": RunArtifact;
  }
}

async function checkInTest(scenario: Scenario, options: AssertOptions, error: ScenarioError): Promise<Result> {
  const { context = currentContext(), ...own } = options;
  if (context === undefined) return verdictOf(await checkAt(error, scenario, own), own, error);
  const time = timeFor(context.task, Date.now());
  using orphaned = new Orphaned();
  const limits = { ...own, ...withinTest(own, context, time, orphaned.signal) };
  const result = await endingBy(time.endMs, scenario, limits, error);
  await leaveTraces(result, scenario, context);
  if (result.verdict === "pass" && result.runs > 0 && result.elapsedMs >= time.searchMs)
    await sayHowFarItCame(result, own, context);
  return verdictOf(result, limits, error);
}

/** `check`; if it refuses the request, that too is an error at the line of the assertion. */
async function checkAt(place: ScenarioError, scenario: Scenario, options: CheckOptions): Promise<Result> {
  try {
    return await check(scenario, options);
  } catch (error) {
    if (error instanceof RequestError) error.stack = `${error.name}: ${error.message}\n${framesOf(place)}`;
    throw error;
  }
}

function framesOf({ stack = "" }: Error): string {
  return stack.slice(stack.indexOf("\n    at ") + 1);
}

function verdictOf(result: Result, options: CheckOptions, error: ScenarioError): Result {
  options.signal?.throwIfAborted();
  if (result.verdict === "pass" && result.runs > 0) return result;
  const failure =
    result.verdict === "pass" || result.property === "time-limit" ? nothingExplored(result, options) : result;
  throw withHiddenResult(error.about(failure, options));
}

/**
 * The test that is running. Concurrent tests take turns at every `await`, so that the current one is anyone's.
 *
 * @throws {TypeError} it is a concurrent one
 */
function currentContext(): TestContext | undefined {
  const test = TestRunner.getCurrentTest<RunnerTestCase>();
  if (test?.concurrent === true) {
    throw new TypeError(
      `assert cannot know which of the concurrent tests it is called by (perhaps "${test.name}"). Pass the test's context: ` +
        "test.concurrent(name, (context) => assert(scenario, { context })).",
    );
  }
  return test?.context;
}

/** The search ends before the test does, and with it if it is cancelled. */
function withinTest(options: CheckOptions, context: TestContext, { searchMs }: TestTime, orphaned: AbortSignal) {
  const timeLimitMs = Math.min(options.timeLimitMs ?? Infinity, searchMs);
  const signals = [context.signal, options.signal, orphaned].filter((signal) => signal !== undefined);
  return { signal: AbortSignal.any(signals), ...(timeLimitMs === Infinity ? {} : { timeLimitMs }) };
}

/** Aborts when vitest's main process has gone, however it went: a search would keep this process alive, for nobody. */
class Orphaned implements Disposable {
  readonly #controller = new AbortController();
  readonly #abort = (): void => this.#controller.abort(new Error("vitest has ended"));

  constructor() {
    process.once("disconnect", this.#abort);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    process.off("disconnect", this.#abort);
  }
}

/**
 * The result of the check, or, where a search does not end when it is told to (a property never returns, the machine is
 * slow), what is known of it by then. Its processes end by themselves.
 */
async function endingBy(
  endMs: number,
  scenario: Scenario,
  options: CheckOptions,
  error: ScenarioError,
): Promise<Result> {
  if (endMs === Infinity) return checkAt(error, scenario, options);
  let latest: Progress | undefined;
  let timer: NodeJS.Timeout | undefined;
  const onProgress = (progress: Progress): void => {
    latest = progress;
    options.onProgress?.(progress);
  };
  const late = new Promise<Result>((resolve) => {
    timer = setTimeout(() => resolve(unfinished(scenario, latest, endMs)), endMs);
  });
  try {
    return await Promise.race([checkAt(error, scenario, { ...options, onProgress }), late]);
  } finally {
    clearTimeout(timer);
  }
}

function unfinished(scenario: Scenario, progress: Progress | undefined, elapsedMs: number): Result {
  const name = progress?.scenario ?? scenarioName(scenario);
  const runs = progress?.runs ?? 0;
  const explored = `${name}: explored ${runs === 0 ? "no schedule" : `${runs} schedules`} in ${elapsedMs} ms`;
  const message =
    progress?.phase === "shrinking"
      ? `${explored}, and one fails, but the test's time-out left no time to make it smaller.`
      : `${explored}, and could not be ended before the test's time-out.`;
  const advice =
    " Give the test more time. If that does not help, look for an endless loop in a property, `final` or `shared`.";
  const counts = {
    runs,
    schedulingPoints: 0,
    choices: 0,
    switches: 0,
    elapsedMs,
    exhaustive: false,
    faults: 0,
    seed: 0,
    notes: [],
  };
  return {
    ...counts,
    scenario: name,
    strategy: "",
    verdict: "error",
    property: "time-limit",
    message: message + advice,
  };
}

async function sayHowFarItCame(result: Result, { runs = RUNS }: CheckOptions, context: TestContext): Promise<void> {
  await context.annotate(
    `${result.scenario}: explored ${result.runs} of ${runs} schedules in ${result.elapsedMs} ms, and all hold. ` +
      "The test's time-out ends the search: give the test more time to explore more.",
    "notice",
  );
}

function nothingExplored(result: Result, { timeLimitMs }: CheckOptions): Result {
  return {
    ...result,
    verdict: "error",
    property: "time-limit",
    message:
      `${result.scenario}: explored no schedule within ${timeLimitMs} ms (limit: timeLimitMs, or else the test's time-out), ` +
      "because starting the processes took that long. Give the test more time: test(name, () => assert(scenario), 30_000).",
  };
}

async function leaveTraces(result: Result, { moduleUrl }: Scenario, context: TestContext): Promise<void> {
  const file = relative(process.cwd(), fileURLToPath(moduleUrl));
  const token = result.counterexample?.token ?? "";
  if (token !== "") await context.annotate(`replay: npx forkcheck replay ${token} ${file}`, "notice");
  // Pages of what holds would be many, and nobody opens them: the reporter makes one of all.
  const page = result.verdict === "pass" ? null : pageOf(result);
  await recordArtifact(context.task, {
    type: "forkcheck:run",
    scenario: result.scenario,
    verdict: result.verdict,
    property: result.property ?? "",
    message: result.message ?? "",
    token,
    runs: result.runs,
    result: plain(result),
    ...(page === null ? {} : { attachments: [{ contentType: "text/html", body: page, bodyEncoding: "utf-8" }] }),
  });
}

/** As it is after a way through JSON, for reports travel to vitest's own process and into its blobs. */
function plain(result: Result): Result {
  return JSON.parse(toJson(result)) as Result;
}

/** The page comes with the package; a checkout that was never built has none, and its tests do without. */
function pageOf(result: Result): string | null {
  try {
    return renderPage([result], { root: process.cwd() });
  } catch {
    return null;
  }
}

/** Still there for who catches the error, but vitest does not print it after the report a second time, as raw data. */
function withHiddenResult(error: ScenarioError): ScenarioError {
  return Object.defineProperty(error, "result", { value: error.result, enumerable: false });
}

/** As many as `check` makes without being told. */
const RUNS = 1000;
