import { create } from "xmlbuilder2";
import type { Result } from "../harness/result.ts";
import { describePartlyControlled } from "./terminal/partly-controlled.ts";
import { formatResult } from "./terminal/result.ts";
import { printable } from "./terminal/text.ts";

/** Width of the diagrams in the XML, in characters: there is no terminal to ask. */
const diagramColumns = 110;

/**
 * Results as JUnit XML, which every CI system reads: one test case a scenario. The failure's text is the report that the
 * terminal would show; token, seed and counts are properties.
 */
export function formatJUnit(results: readonly Result[], suite = "forkcheck"): string {
  const failures = results.filter((result) => result.verdict === "fail").length;
  const errors = results.filter((result) => result.verdict === "error").length;
  const time = seconds(results.reduce((sum, result) => sum + result.elapsedMs, 0));
  const counts = { tests: results.length, failures, errors, skipped: 0, time };
  // A program under test may print characters that XML cannot hold in any spelling.
  const root = create({ version: "1.0", encoding: "UTF-8", invalidCharReplacement: "\uFFFD" })
    .ele("testsuites", { name: suite, ...counts })
    .ele("testsuite", { name: suite, ...counts });
  for (const result of results) {
    const test = root.ele("testcase", { classname: suite, name: result.scenario, time: seconds(result.elapsedMs) });
    const properties = test.ele("properties");
    for (const [name, value] of listProperties(result)) properties.ele("property", { name, value });
    if (result.verdict === "pass") continue;
    test
      .ele(result.verdict === "fail" ? "failure" : "error", {
        type: result.property ?? result.verdict,
        message: printable(result.message ?? ""),
      })
      .txt(formatResult(result, { colour: false, columns: diagramColumns }));
  }
  return `${root.end({ prettyPrint: true })}\n`;
}

function listProperties(result: Result): readonly (readonly [name: string, value: string])[] {
  const { counterexample } = result;
  return [
    ["strategy", result.strategy],
    ["seed", String(result.seed)],
    ["runs", String(result.runs)],
    ["schedulingPoints", String(result.schedulingPoints)],
    ["exhaustive", String(result.exhaustive)],
    ...(counterexample === undefined || counterexample.token === "" ? [] : [["token", counterexample.token] as const]),
    ...[...describePartlyControlled(result), ...result.notes].map((note) => ["note", note] as const),
  ];
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
