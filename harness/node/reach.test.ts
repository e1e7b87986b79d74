import { afterAll, expect, test } from "vitest";
import { Checker } from "../check.ts";
import type { Scenario } from "../scenario.ts";
import { reach } from "./fixtures/reach.ts";

const checker = new Checker();

afterAll(() => checker[Symbol.asyncDispose]());

test("all that Node offers for reaching out of a program is controlled, refused, or known to need neither", async () => {
  const result = await checker.check(reach as unknown as Scenario, { seed: 1, jobs: 1, runs: 1, endOnFailure: true });
  expect(result.message ?? "").toBe("");
  expect(result.verdict).toBe("pass");
});
