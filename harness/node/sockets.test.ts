import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Checker } from "../check.ts";
import type { CheckOptions } from "../options.ts";
import type { Result } from "../result.ts";
import type { Scenario } from "../scenario.ts";
import * as keyValue from "./fixtures/key-value.ts";

const FOLDER = fileURLToPath(new URL("fixtures/", import.meta.url));
const LOADER = fileURLToPath(new URL("../engine/typescript-loader.js", import.meta.url));
let server: ChildProcess;
let checker: Checker;

beforeAll(async () => {
  server = fork(`${FOLDER}key-value-server.ts`, { execArgv: ["--import", LOADER] });
  const [{ port }] = (await once(server, "message")) as [AddressInfo];
  process.env.KEY_VALUE_SERVER = String(port);
  checker = new Checker();
});

afterAll(async () => {
  await checker[Symbol.asyncDispose]();
  server.kill();
});

const { lostUpdate, lookedBeforeLocking, counted, lockedAtOnce, blockingLock, lockOfTheDead } = keyValue;

test.each([
  ["every-add-counts", lostUpdate],
  ["mutual-exclusion", lookedBeforeLocking],
])("a race at a server is found, confirmed, and the same in each of 100 replays: %s", async (property, scenario) => {
  const found = await check(scenario, { runs: 200 });
  expect(found).toMatchObject({ verdict: "fail", property });
  expect(found.partlyControlled).toMatchObject({ used: ["sockets"], confirmedBy: 5, unconfirmed: [] });
  // A smaller one is looked for, and not claimed to be the smallest.
  expect(found.counterexample).toMatchObject({ processes: 2, minimal: false });
  expect(found.counterexample?.preemptions).toBeLessThanOrEqual(2);
  const token = found.counterexample?.token as string;
  const again = await checker.replay(scenario as unknown as Scenario, token, { times: 100 });
  expect(again).toMatchObject({ verdict: "fail", property });
  expect(again.notes).toContain("replayed 100 times: each step was the same");
});

test.each([counted, lockedAtOnce, blockingLock, lockOfTheDead, keyValue.connectionTour].map((one) => [one.name, one]))(
  "what is right at a server holds: %s",
  async (_, scenario) => {
    const result = await check(scenario, { runs: scenario === lockOfTheDead ? 8 : 64, distrustEvery: 16 });
    expect(failure(result)).toBe("");
    expect(result.faults > 0).toBe(scenario === lockOfTheDead);
    expect(result.partlyControlled).toMatchObject({ used: ["sockets"], unconfirmed: [], redone: { differing: 0 } });
  },
);

test("a request shows its reply, and a lock that another one has is not waited for", async () => {
  const { counterexample, property, message } = await check(keyValue.circle);
  expect(property).toBe("no-deadlock");
  expect(message).toMatch(/client 1 waits for a reply from 127.0.0.1; client 2 waits for a reply from 127.0.0.1/);
  const details = counterexample?.trace.map(({ detail }) => detail);
  expect(details).toEqual(expect.arrayContaining(["LOCK a → OK", "LOCK b → no reply within 10 ms"]));
});

test("what does not come again in its replays is no failure, and is told", async () => {
  const result = await check(keyValue.otherEachTime);
  expect(failure(result)).toBe("");
  expect(result.partlyControlled?.unconfirmed).toEqual([
    { property: "no-twentieth", message: "it has", replays: 5, failed: 0 },
  ]);
});

test("a reply that is another one each time makes no other run, and is told", async () => {
  const found = await check(keyValue.serverState, { runs: 200 });
  expect(found).toMatchObject({ verdict: "fail", property: "every-add-counts" });
  const token = found.counterexample?.token as string;
  const again = await checker.replay(keyValue.serverState as unknown as Scenario, token, { times: 20 });
  expect(again.notes).toContain(
    "replayed 20 times: each step was the same; in 19 what a server replied was another thing",
  );
});

test("a server that is slow is not taken for one that never answers", async () => {
  const result = await check(keyValue.slowServer, { runs: 1 });
  expect(failure(result)).toBe("");
  for (const { property, replays, failed } of result.partlyControlled?.unconfirmed ?? []) {
    expect(property).toBe("no-deadlock");
    expect(failed).toBeLessThan(replays);
  }
});

test("a server that nobody puts back is an error that says what to add", async () => {
  const result = await check(keyValue.withoutSetup);
  expect(result).toMatchObject({ verdict: "error", property: "scenario" });
  expect(result.message).toMatch(/client can't be brought under control: it connects to a server .* Add `setup`/s);
});

test("nothing is proved about a server", async () => {
  await expect(check(counted, { exhaustive: true })).rejects.toThrow(/uses servers \(`setup`\).*leave out exhaustive/s);
});

function check(scenario: unknown, options: CheckOptions = {}): Promise<Result> {
  return checker.check(scenario as Scenario, { seed: 1, runs: 100, ...options });
}

function failure(result: Result): string {
  return result.verdict === "pass" ? "" : `${result.property}: ${result.message}`;
}
