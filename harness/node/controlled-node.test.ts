import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { execa } from "execa";
import { afterAll, expect, test } from "vitest";
import { Checker } from "../check.ts";
import type { CheckOptions } from "../options.ts";
import type { Result } from "../result.ts";
import type { Scenario } from "../scenario.ts";
import { folderLock, readModifyWrite } from "./fixtures/locks.ts";
import * as longerTour from "./fixtures/longer-tour.ts";
import * as tour from "./fixtures/tour.ts";

const checker = new Checker();
const options: CheckOptions = { seed: 1, jobs: 1 };
/** Making it as small as it gets takes several hundred runs. */
const GUIDE_LIMIT = { timeout: 240_000 };
const ROOT = fileURLToPath(new URL("../../", import.meta.url));

afterAll(() => checker[Symbol.asyncDispose]());

test.each(
  [...Object.values(tour), ...Object.values(longerTour)].map((scenario) => [scenario.name as string, scenario]),
)("under control everything is as in Node: %s", async (name, scenario) => {
  const result = await checker.check(scenario as unknown as Scenario, { ...options, runs: 4 }, name);
  expect(failure(result)).toBe("");
});

test("a lock by mkdir and rmdir holds", async () => {
  expect(failure(await checker.check(folderLock as unknown as Scenario, { ...options, runs: 64 }))).toBe("");
});

test("of such a lock every interleaving of two processes is proved", async () => {
  const result = await checker.check(folderLock as unknown as Scenario, { ...options, exhaustive: true, runs: 20_000 });
  expect(failure(result)).toBe("");
  expect(result.exhaustive).toBe(true);
});

test("a file that is read, changed and written back loses a change, or is read half written", async () => {
  const result = await checker.check(readModifyWrite as unknown as Scenario, { ...options, runs: 200 });
  expect(result.verdict).toBe("fail");
  expect(result.counterexample).toMatchObject({ processes: 2, preemptions: 1, minimal: true });
});

test(
  "the example of the guide fails as the guide says, at the package's own lines, the same in a new process",
  GUIDE_LIMIT,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "forkcheck-guide-"));
    try {
      const guide = readFileSync(join(ROOT, "docs/testing-a-package.md"), "utf8");
      const example = /```ts\n([\s\S]*?)```/.exec(guide)?.[1] ?? "";
      const entry = (path: string): string => JSON.stringify(pathToFileURL(join(ROOT, path)).href);
      const file = join(folder, "stale-lock.ts");
      writeFileSync(
        file,
        example
          .replace('"forkcheck/properties"', entry("properties/index.ts"))
          .replace('"forkcheck"', entry("index.ts")),
      );
      symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
      const found = await forkcheck("run", file, "--json", "--no-save", "--seed", "1", "--runs", "200");
      const { verdict, property, counterexample } = found.results[0];
      expect({ verdict, property }).toEqual({ verdict: "fail", property: "mutual-exclusion" });
      expect(counterexample).toMatchObject({ processes: 2, operations: 2, preemptions: 2, minimal: true });
      expect(counterexample?.trace.map(({ label }) => label)).toContain("remove folder data.lock");
      const places = counterexample?.trace.filter(({ kind }) => kind === "file").map(({ source }) => source);
      expect(places?.every((place) => /proper-lockfile\/lib\/.*\.js:\d+$/.test(place ?? ""))).toBe(true);
      const again = await forkcheck("replay", counterexample?.token ?? "", file, "--json");
      expect(again.results[0].counterexample?.trace).toEqual(counterexample?.trace);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

async function forkcheck(...args: string[]): Promise<{ results: Result[] }> {
  const loader = join(ROOT, "harness/engine/typescript-loader.js");
  const { stdout } = await execa(process.execPath, ["--import", loader, join(ROOT, "cli/main.ts"), ...args], {
    reject: false,
  });
  return JSON.parse(stdout) as { results: Result[] };
}

function failure(result: Result): string {
  return result.verdict === "pass" ? "" : `${result.property}: ${result.message}`;
}
