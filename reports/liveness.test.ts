import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Checker } from "../harness/check.ts";
import * as scenarios from "../harness/fixtures/liveness.ts";
import type { Result } from "../harness/result.ts";
import type { Scenario } from "../harness/scenario.ts";
import { formatDocument, formatJUnit, formatResult, renderPage } from "./index.ts";

/** Five runs that come to no end, each for another reason, and how whoever reads of them can tell which. */
const WHY = [
  ["threeForks", "no-deadlock", "deadlock", "nobody can move, in a circle: philosopher 1 waits for forks[1]"],
  ["bellThatLeavesNoTrace", "no-deadlock", "lost-wake-up", "lost wake-up: sleeper fell asleep at bell"],
  ["afterYou", "no-livelock", "livelock", "livelock: walker 1 and walker 2 take the same steps over and over"],
  ["favourite", "no-starvation", "starvation", "starvation: other has been waiting since it called pass"],
  ["longRun", "no-endless-run", undefined, "the run did not end within 300 steps (limit: stepsMax)"],
] as const;

const results = new Map<string, Result>();
beforeAll(async () => {
  await using checker = new Checker();
  for (const [name] of WHY) {
    const scenario = scenarios[name] as unknown as Scenario;
    const options = { runs: 300, seed: 1, jobs: 1, stepsMax: 300, endOnFailure: name === "longRun" };
    results.set(name, await checker.check(scenario, options, name));
  }
});
afterAll(() => results.clear());

describe.each(WHY)("%s is told as %s (%s)", (name, property, kind, said) => {
  const resultOf = (): Result => results.get(name) as Result;

  test("in the terminal: its first line says why", () => {
    const [headline] = formatResult(resultOf(), { colour: false, columns: 1000 }).split("\n");
    expect(headline.startsWith(`✗ ${name}: ${said}`)).toBe(true);
  });

  test("in JSON: property, message, and who is in it as data", () => {
    const text = formatDocument({ forkcheck: "0.0.0", seed: 1, results: [resultOf()] });
    const [result] = (JSON.parse(text) as { results: Result[] }).results;
    expect(result.property).toBe(property);
    expect(result.message?.startsWith(said)).toBe(true);
    expect(result.counterexample?.liveness?.kind).toBe(kind);
  });

  test("in JUnit: type and message of the failure", () => {
    const xml = formatJUnit([resultOf()]);
    expect(xml).toContain(`<failure type="${property}" message="${said}`);
  });

  test("in the page: with JavaScript and without", () => {
    const template = `<pre>%forkcheck-text%</pre><script type="application/json" id="forkcheck-data"></script>`;
    const [text, data] = renderPage([resultOf()], { template }).split("</pre>");
    expect(text.replaceAll(/\s+/g, " ")).toContain(said);
    expect(data).toContain(said);
    expect(data).toContain(`"property":"${property}"`);
  });
});
