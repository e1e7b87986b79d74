import type { Reporter, TestCase, TestModule } from "vitest/node";
import { writePage } from "../cli/publication.ts";
import { VERSION } from "../cli/version.ts";
import { writeWhole } from "../cli/whole-file.ts";
import type { Result } from "../harness/result.ts";
import { formatDocument, formatJUnit } from "../reports/index.ts";
import { count } from "../reports/terminal/text.ts";

export interface RaceReporterOptions {
  /** The page; default "forkcheck.html". */
  readonly html?: string;
  /** The results as JSON, for `forkcheck compare` and `forkcheck report`; default: none. */
  readonly json?: string;
  /** One JUnit test case for each scenario; default: none. */
  readonly junit?: string;
}

/**
 * A reporter of vitest that writes one page of all scenarios which the tests checked. With vitest's own shards it works at
 * `vitest --merge-reports`, which has the results of all of them. Without a scenario it writes nothing.
 *
 * @example
 * // vitest.config.ts
 * export default defineConfig({ test: { reporters: ["default", ["forkcheck/vitest/reporter", { html: "races.html" }]] } });
 */
export class RaceReporter implements Reporter {
  readonly #options: RaceReporterOptions;

  constructor(options: RaceReporterOptions = {}) {
    this.#options = options;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const results = worstOfEach(modules.flatMap((module) => [...module.children.allTests()].flatMap(resultsOf)));
    if (results.length === 0) return;
    const { html = "forkcheck.html", json, junit } = this.#options;
    writePage(html, results);
    if (json !== undefined) {
      writeWhole(json, formatDocument({ forkcheck: VERSION, seed: results[0].seed, results }));
    }
    if (junit !== undefined) writeWhole(junit, formatJUnit(results));
    const failed = results.filter(({ verdict }) => verdict !== "pass").length;
    process.stdout.write(`\n forkcheck  ${failed} of ${count(results.length, "scenario")} failed: ${html}\n`);
  }
}

// Whoever names a reporter by its module gets what that module exports by default: so vitest has it.
export { RaceReporter as default };

function resultsOf(test: TestCase): readonly Result[] {
  return test.artifacts().flatMap((artifact) => (artifact.type === "forkcheck:run" ? [artifact.result] : []));
}

/** Several tests may check one scenario: the page has it once, as it came off worst. */
function worstOfEach(results: readonly Result[]): readonly Result[] {
  const worst = new Map<string, Result>();
  for (const result of results) {
    const known = worst.get(result.scenario);
    if (known === undefined || ORDER.indexOf(result.verdict) < ORDER.indexOf(known.verdict)) {
      worst.set(result.scenario, result);
    }
  }
  return [...worst.values()];
}

const ORDER: readonly Result["verdict"][] = ["fail", "error", "pass"];
