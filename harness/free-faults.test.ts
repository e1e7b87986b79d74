import { afterAll, describe, expect, test } from "vitest";
import { Checker } from "./check.ts";
import { FAULT_KINDS, FREE_FAULTS } from "./fault.ts";
import * as faulty from "./fixtures/faulty.ts";
import * as misbehaving from "./fixtures/misbehaving.ts";
import { ownProcesses } from "./fixtures/own-processes.ts";
import { RequestError } from "./request-error.ts";

const checker = new Checker();
/** A replay is under control, in processes of its own: those of free mode would end for it. */
const replayer = new Checker();
afterAll(async () => {
  await checker[Symbol.asyncDispose]();
  await replayer[Symbol.asyncDispose]();
});

const FREE = { mode: "free", seed: 1 } as const;

describe("in free mode faults happen for real", () => {
  test("a lock that knows its owner outlives those who die, and those who stand still", async () => {
    const result = await checker.check(faulty.lockWithAnOwner as never, { ...FREE, runs: 12 });
    expect({ verdict: result.verdict, message: result.message }).toEqual({ verdict: "pass", message: undefined });
    // How many of them strike differs: each waits for a step that its process may not come to.
    expect(result.faults).toBeGreaterThan(4);
    // Nobody dies but of a fault.
    expect(result.notes.join()).not.toMatch(/died/);
  });

  test("one that does not is waited for in vain, and that is brought under control, with its death", async () => {
    const options = { ...FREE, runs: 64, faults: { kill: 1 }, watchdogMs: 400 };
    const result = await checker.check(faulty.lockWithoutAnOwner as never, options);
    expect(result).toMatchObject({ verdict: "fail", property: "no-deadlock" });
    expect(result.counterexample).toMatchObject({ mode: "free", processes: 2, faultList: [{ kind: "kill" }] });
    const token = result.counterexample?.token as string;
    const replayed = await replayer.replay(faulty.lockWithoutAnOwner as never, token);
    expect(replayed).toMatchObject({ verdict: "fail", property: "no-deadlock" });
  });

  test("who is killed is a process of the system that ends, and who stands still one that is stopped", async () => {
    const before = stateOfWorkers();
    let stopped = 0;
    const look = setInterval(() => {
      for (const state of stateOfWorkers().values()) if (state === "T") stopped++;
    }, 3);
    const options = { ...FREE, runs: 24, faults: { kill: 1, pause: 1 } };
    const result = await checker.check(faulty.lockWithAnOwner as never, options).finally(() => clearInterval(look));
    expect(result.verdict).toBe("pass");
    expect(stopped).toBeGreaterThan(0);
    const after = stateOfWorkers();
    expect([...before.keys()].filter((pid) => !after.has(pid)).length).toBeGreaterThan(0);
  });

  test.each([
    ["wake", faulty.sleeperThatDoesNotLookAgain, "early"],
    ["enospc", faulty.writesAFile, "no-uncaught-error"],
    ["eio", faulty.writesAFile, "no-uncaught-error"],
    ["emfile", faulty.writesAFile, "no-uncaught-error"],
    ["cut", faulty.messageOfTwoHalves, "half"],
    ["restart", faulty.countsItsBeginnings, "three"],
  ] as const)(
    "%s breaks who did not think of it, and that is brought under control",
    async (kind, scenario, property) => {
      const result = await checker.check(scenario as never, { ...FREE, runs: 256, faults: { [kind]: 1 } });
      expect(result).toMatchObject({ verdict: "fail", property });
      expect(result.counterexample).toMatchObject({ mode: "free", faultList: [{ kind }] });
      const replayed = await replayer.replay(scenario as never, result.counterexample?.token as string);
      expect(replayed).toMatchObject({ verdict: "fail", property, counterexample: { faultList: [{ kind }] } });
    },
  );

  test("who began a dead process's role anew and is caught in a loop is named", async () => {
    const options = { ...FREE, runs: 64, faults: { restart: 1 }, watchdogMs: 300 };
    const result = await checker.check(faulty.loopsWhenItBeginsAnew as never, options);
    expect(result).toMatchObject({ verdict: "fail", property: "no-endless-run" });
    expect(result.message).toMatch(/^user [12] restarted reached no scheduling point/);
  });

  test("who says that a message is there when it is outlives a copy that stops half way", async () => {
    const result = await checker.check(faulty.messageThatIsAnnounced as never, { ...FREE, runs: 32 });
    expect({ verdict: result.verdict, message: result.message }).toEqual({ verdict: "pass", message: undefined });
    expect(result.faults).toBeGreaterThan(0);
  });

  test("who goes without a file outlives what befalls that", async () => {
    const result = await checker.check(faulty.writesAFileOrGoesWithout as never, { ...FREE, runs: 64 });
    expect({ verdict: result.verdict, message: result.message }).toEqual({ verdict: "pass", message: undefined });
    expect(result.faults).toBeGreaterThan(20);
  });

  const others = FAULT_KINDS.filter((kind) => !FREE_FAULTS.includes(kind));
  test.each(others)("%s cannot be had for real, and is refused with what to do", async (kind) => {
    const refusal = await checker
      .check(faulty.lockWithAnOwner as never, { ...FREE, faults: { [kind]: 1 } })
      .catch((error: unknown) => error as RequestError);
    expect(refusal).toBeInstanceOf(RequestError);
    expect((refusal as RequestError).message).toMatch(
      /^The fault \w+ is asked for in free mode\. There it would have to happen for real, but .*: ask for .*, or leave out --mode free\.$/,
    );
  });
});

test("in free mode, too, processes that wait for each other are a deadlock, though each looks up now and then", async () => {
  const options = { ...FREE, runs: 200, watchdogMs: 400 };
  const result = await checker.check(misbehaving.twoLocks as never, options, "two-locks");
  expect(result).toMatchObject({ verdict: "fail", property: "no-deadlock", counterexample: { mode: "free" } });
});

/** Of the workers of this process, by pid: the letter that the kernel has for their state. */
function stateOfWorkers(): Map<number, string> {
  const workers = ownProcesses(process.pid).filter(({ role }) => role === "worker" || role === "spare");
  return new Map(workers.map(({ pid, state }) => [pid, state]));
}
