import { expect, test } from "vitest";
import { check } from "../check.ts";
import type { CheckOptions } from "../options.ts";
import type { Result } from "../result.ts";
import { folderLock, readModifyWrite } from "./fixtures/locks.ts";

const options: CheckOptions = { seed: 1, jobs: 1 };

test("a lock by mkdir and rmdir holds", async () => {
  expect(failure(await check(folderLock, { ...options, runs: 64 }))).toBe("");
});

test("a file that is read, changed and written back loses a change, or is read half written", async () => {
  const result = await check(readModifyWrite, { ...options, runs: 200 });
  expect(result.verdict).toBe("fail");
  expect(result.counterexample).toMatchObject({ processes: 2, preemptions: 1, minimal: true });
});

function failure(result: Result): string {
  return result.verdict === "pass" ? "" : `${result.property}: ${result.message}`;
}
