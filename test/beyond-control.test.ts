import { afterAll, expect, test } from "vitest";
import { Checker } from "../harness/check.ts";
import type { Scenario } from "../harness/scenario.ts";
import { startsBeside } from "./fixtures/starts-beside.ts";

const checker = new Checker();

afterAll(() => checker[Symbol.asyncDispose]());

test.each([
  ["spawn", /child_process\.spawn \(\S*starts-beside\.ts:10\) is called, .*Give that part a process of its own/s],
  ["exec", /child_process\.exec .*process of its own/s],
  ["Worker", /new Worker \(\S*starts-beside\.ts:12\) is called with .*SharedArrayBuffer.*shares nothing/s],
  ["listen", /net\.Server\.listen .*outside of the run, before the check/s],
  ["connect", /tls\.connect .*without TLS/s],
])("what can't be under control is an error with its place, and says what to do: %s", async (name, says) => {
  const scenario = startsBeside as unknown as Scenario;
  const { verdict, property, message } = await checker.check(scenario, { runs: 1, inputs: [name], seed: 1 });
  expect({ verdict, property }).toEqual({ verdict: "error", property: "scenario" });
  expect(message).toMatch(/^starter can't be brought under control: /);
  expect(message).toMatch(says);
});
