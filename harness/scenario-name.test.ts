import { afterAll, expect, test } from "vitest";
import { Checker } from "./check.ts";
import { aLostCount, inAList, lostCount, lostIPCCount } from "./fixtures/unnamed.ts";
import type { Scenario } from "./scenario.ts";

const checker = new Checker();
afterAll(() => checker[Symbol.asyncDispose]());

test.each([
  ["its export", lostCount, "lost-count"],
  ["its export, in which a word has one letter", aLostCount, "a-lost-count"],
  ["its export, in which letters stand for words", lostIPCCount, "lost-ipc-count"],
  ["its file, and which of the file's it is", inAList[0], "unnamed-2"],
])("a scenario without a name goes by %s, also in the token", async (_, scenario, name) => {
  const result = await checker.check(scenario as unknown as Scenario, { seed: 1 });
  expect([result.verdict, result.scenario]).toEqual(["fail", name]);
  expect(result.counterexample!.token.split(":")[1]).toBe(name);
});
