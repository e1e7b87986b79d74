import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Checker } from "./check.ts";
import * as faulty from "./fixtures/faulty.ts";
import { harmedAtImport } from "./fixtures/harmed-at-import.ts";
import * as misbehaving from "./fixtures/misbehaving.ts";
import { ownProcesses, type OwnProcess } from "./fixtures/own-processes.ts";
import type { CheckOptions } from "./options.ts";
import type { Result } from "./result.ts";

/** Somebody kills or stops one of forkcheck's own processes: what is said of the scenario is right, or what is said is that. */
const OPTIONS: CheckOptions = { runs: 2000, seed: 1, jobs: 1 };
const folder = mkdtempSync(join(tmpdir(), "forkcheck-outside-"));
afterEach(() => vi.unstubAllEnvs());

/** Checks, and sends the signal to the newest process of that role as soon as there is progress. */
async function harmed(
  signal: "SIGKILL" | "SIGSTOP",
  role: OwnProcess["role"],
  scenario: unknown,
  options: CheckOptions = OPTIONS,
): Promise<Result> {
  await using checker = new Checker();
  let victim = 0;
  const onProgress = (): void => {
    if (victim !== 0) return;
    victim = Math.max(0, ...ownProcesses(process.pid).flatMap((own) => (own.role === role ? [own.pid] : [])));
    if (victim !== 0) process.kill(victim, signal);
  };
  const result = await checker.check(scenario as never, { ...options, onProgress }, "mine");
  expect(victim).not.toBe(0);
  return result;
}

describe.each(["SIGKILL", "SIGSTOP"] as const)("%s from outside", (signal) => {
  const done = signal === "SIGKILL" ? /was killed from outside \(SIGKILL\)/ : /was stopped from outside \(SIGSTOP\)/;

  test("of a worker in the middle of runs: it is replaced, and all runs are done", async () => {
    const result = await harmed(signal, "worker", misbehaving.usesTheWord);
    expect(result).toMatchObject({ verdict: "pass", runs: 2000 });
    expect(result.notes.join()).toMatch(done);
  });

  test("of a worker in free mode: nobody calls that a failure", async () => {
    const result = await harmed(signal, "worker", misbehaving.usesTheWord, { ...OPTIONS, mode: "free", runs: 500 });
    expect({ verdict: result.verdict, message: result.message }).toEqual({ verdict: "pass", message: undefined });
    expect(result.notes.join()).toMatch(done);
  });

  test("of a worker during a proof: it is a proof all the same", async () => {
    const options = { ...OPTIONS, exhaustive: true, faults: { pause: 1 } };
    await using checker = new Checker();
    const alone = await checker.check(faulty.lockTakenOnce as never, options, "mine");
    const result = await harmed(signal, "worker", faulty.lockTakenOnce, options);
    expect(result).toMatchObject({ verdict: "pass", exhaustive: true, survived: alone.survived });
  });

  test("of a worker while it loads the scenario: another one loads it", async () => {
    vi.stubEnv("HARM_SIGNAL", signal);
    vi.stubEnv("HARM_ONCE", join(folder, signal));
    await using checker = new Checker();
    const result = await checker.check(harmedAtImport as never, OPTIONS, "mine");
    expect({ verdict: result.verdict, message: result.message }).toEqual({ verdict: "pass", message: undefined });
    expect(result.notes.join()).toMatch(done);
  });

  test("of a spare worker: the deaths of the scenario go on", async () => {
    const result = await harmed(signal, "spare", faulty.lockWithAnOwner, {
      ...OPTIONS,
      runs: 256,
      faults: { kill: 1 },
    });
    expect(result).toMatchObject({ verdict: "pass", runs: 256 });
  });

  test("of a conductor: that is said, and nothing of the scenario", async () => {
    const result = await harmed(signal, "conductor", misbehaving.usesTheWord, { ...OPTIONS, runs: 1_000_000 });
    expect(result).toMatchObject({ verdict: "error", property: "worker" });
    expect(result.message).toMatch(/the conductor of .*\(process \d+\) was/);
    expect(result.message).toMatch(done);
  });
});

test("a module that ends whoever loads it is named, not somebody outside", async () => {
  vi.stubEnv("HARM_SIGNAL", "SIGKILL");
  await using checker = new Checker();
  const result = await checker.check(harmedAtImport as never, OPTIONS, "mine");
  expect(result).toMatchObject({ verdict: "error", property: "scenario" });
  expect(result.message).toMatch(/ended 2 times, one after the other, while it loaded the scenario \(SIGKILL\)\. Look/);
});

test("a conductor that was killed between two checks keeps the next ones from nothing", async () => {
  await using checker = new Checker();
  const check = () => checker.check(misbehaving.usesTheWord as never, OPTIONS, "mine");
  expect(await check()).toMatchObject({ verdict: "pass" });
  const before = ownProcesses(process.pid).filter(({ role }) => role === "conductor");
  for (const { pid } of before) process.kill(pid, "SIGKILL");
  const second = await check();
  // It may begin before this process has heard of the death.
  expect(second.message ?? "was killed from outside").toMatch(/was killed from outside/);
  expect(await check()).toMatchObject({ verdict: "pass", runs: 2000 });
});

test("whatever was killed, nothing of ours is left", async () => {
  await vi.waitFor(() => expect(ownProcesses(process.pid)).toEqual([]));
  rmSync(folder, { recursive: true });
});
