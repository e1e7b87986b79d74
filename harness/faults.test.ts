import { afterAll, describe, expect, test } from "vitest";
import { Checker } from "./check.ts";
import { parseFaultBudget, type FaultBudget } from "./fault.ts";
import * as faulty from "./fixtures/faulty.ts";
import { ownProcesses } from "./fixtures/own-processes.ts";
import { RequestError } from "./request-error.ts";
import type { Result } from "./result.ts";
import type { Scenario } from "./scenario.ts";

const checker = new Checker();
afterAll(() => checker[Symbol.asyncDispose]());

function check(scenario: unknown, faults: FaultBudget, runs = 200): Promise<Result> {
  return checker.check(scenario as Scenario, { faults, runs, seed: 1, jobs: 1 });
}

/** Checked once for all tests that look at what came of it. */
let deadly: Promise<Result> | null = null;
async function ofADeath(): Promise<NonNullable<Result["counterexample"]>> {
  const { counterexample } = await (deadly ??= check(faulty.lockWithoutAnOwner, { kill: 1 }));
  return counterexample!;
}

describe("a fault is found by what it breaks, and nothing breaks without it", () => {
  test.each([
    ["kill", faulty.lockWithoutAnOwner, "no-deadlock"],
    ["pause", faulty.limitThatOnlyAPauseReaches, "late"],
    ["wake", faulty.sleeperThatDoesNotLookAgain, "early"],
    ["restart", faulty.countsItsBeginnings, "three"],
    ["cut", faulty.messageOfTwoHalves, "half"],
    ["enospc", faulty.writesAFile, "no-uncaught-error"],
    ["eio", faulty.writesAFile, "no-uncaught-error"],
    ["emfile", faulty.writesInOneGo, "no-uncaught-error"],
    ["short", faulty.writesInOneGo, "short"],
    ["torn", faulty.writesInOneGo, "torn"],
    ["clock", faulty.looksAtTwoClocks, "jump"],
  ])("%s", async (kind, scenario, property) => {
    const result = await check(scenario, { [kind]: 1 });
    expect(result).toMatchObject({ verdict: "fail", property, counterexample: { faults: 1 } });
    const again = await checker.replay(scenario as never, result.counterexample?.token as string);
    expect(again.counterexample).toMatchObject({
      trace: result.counterexample?.trace.map((entry) => ({ ...entry, source: entry.source })),
      token: result.counterexample?.token,
      faultList: result.counterexample?.faultList,
    });
    expect(await check(scenario, {})).toMatchObject({ verdict: "pass" });
  });
});

test("who began a dead process's role anew and reaches no scheduling point is named, and not another one", async () => {
  const options = { faults: { restart: 1 }, runs: 200, seed: 1, jobs: 1, watchdogMs: 300 };
  const result = await checker.check(faulty.loopsWhenItBeginsAnew as never, options);
  expect(result).toMatchObject({ verdict: "fail", property: "no-endless-run" });
  expect(result.message).toMatch(/^user [12] restarted reached no scheduling point/);
});

test("what a scenario says it survives is tried without being asked for", async () => {
  const result = await checker.check(faulty.lockWithAnOwner as never, { runs: 64, seed: 1, jobs: 1 });
  expect(result).toMatchObject({ verdict: "pass" });
  expect(result.faults).toBeGreaterThan(64);
});

test("of three faults the one that is needed is left, in the smallest program, with a certificate", async () => {
  const { counterexample } = await check(faulty.lockWithoutAnOwnerOfMany, { kill: 1, pause: 1, wake: 1 });
  expect(counterexample).toMatchObject({ processes: 2, faults: 1, preemptions: 0, minimal: true });
  expect(counterexample?.faultList).toMatchObject([{ kind: "kill" }]);
});

test("of a death that is needed and a pause that is not, the death is left", async () => {
  const { counterexample } = await check(faulty.lockWithoutAnOwner, { kill: 1, pause: 1 });
  expect(counterexample).toMatchObject({ faults: 1, minimal: true, faultList: [{ kind: "kill" }] });
});

test("what is left is as early and as short as it can be, and still fails when it is replayed", async () => {
  const [paused, jumped] = [
    await check(faulty.limitThatOnlyAPauseReaches, { pause: 1 }),
    await check(faulty.looksAtTwoClocks, { clock: 1 }),
  ];
  // The limit that is missed is one of 50 ms; it would be missed as well if the setter stood still after its thought.
  expect(paused.counterexample?.faultList).toMatchObject([{ process: "setter", before: "think", step: 1, ms: 50 }]);
  expect(Math.abs(jumped.counterexample?.faultList[0].ms ?? 0)).toBe(1);
  const again = await checker.replay(
    faulty.limitThatOnlyAPauseReaches as never,
    paused.counterexample?.token as string,
  );
  expect(again).toMatchObject({ verdict: "fail", property: "late" });
});

test("where two faults are needed, both are left, and each strikes first thing", async () => {
  const { counterexample } = await check(faulty.somebodyAddsOnce, { kill: 2, pause: 1 });
  expect(counterexample?.faultList).toMatchObject([
    { kind: "kill", step: 1 },
    { kind: "kill", step: 2 },
  ]);
});

describe("exhaustively: a fault at every step, in every interleaving", () => {
  test("all survived, and how many steps and runs that were", async () => {
    for (const kind of ["kill", "pause"]) {
      const options = { exhaustive: true, seed: 1, faults: { [kind]: 1 } };
      const result = await checker.check(faulty.lockTakenOnce as never, options);
      expect(result).toMatchObject({ verdict: "pass", exhaustive: true });
      expect(result.notes.slice(0, 2)).toEqual([
        "all 8 interleavings hold, for the input {}",
        expect.stringMatching(new RegExp(`^${kind} at 12 steps × 8 interleavings, all survived \\(\\d+ runs\\)$`)),
      ]);
    }
  });

  test("where a role begins anew they are counted, too: each order once, at each step", async () => {
    const options = { exhaustive: true, seed: 1, faults: { restart: 1 } };
    const result = await checker.check(faulty.addOnce as never, options);
    expect(result).toMatchObject({ verdict: "pass", exhaustive: true });
    const [survived] = result.survived ?? [];
    // Each adds and looks, and of two looks it does not matter which comes first: 4 orders. So there are where one begins anew before
    // it adds; where it does so before it looks, its two additions and its look meet the other's addition and look in 7.
    expect(survived).toMatchObject({ kind: "restart", interleavings: 4 });
    expect(survived.steps.map(({ runs }) => runs).sort()).toEqual([4, 4, 7, 7]);
  });

  test("the one that is not survived is found", async () => {
    const options = { exhaustive: true, seed: 1, faults: { kill: 1 } };
    const result = await checker.check(faulty.lockWithoutAnOwner as never, options);
    expect(result).toMatchObject({ verdict: "fail", property: "no-deadlock", counterexample: { faults: 1 } });
  });

  test("two in one run, of one kind or of two, at every choice of steps", async () => {
    const two = await checker.check(faulty.addOnce as never, { exhaustive: true, seed: 1, faults: { kill: 2 } });
    expect(two).toMatchObject({ verdict: "pass", exhaustive: true });
    expect(two.notes).toContainEqual(
      expect.stringMatching(/^kill \+ kill in one run, at 4 choices of steps, all survived/),
    );
    const mixed = { exhaustive: true, seed: 1, faults: { kill: 1, pause: 1 } };
    const reduced = await checker.check(faulty.addOnce as never, mixed);
    const whole = await checker.check(faulty.addOnce as never, { ...mixed, preemptions: 100 });
    const choices = ({ notes }: Result) => notes.join().match(/kill \+ pause in one run, at \d+ choices of steps/)?.[0];
    // Without any reduction there are no others.
    expect(choices(reduced)).toBe(choices(whole));
    expect(choices(reduced)).toBeDefined();
  });

  test("what only two deaths break is found, and needs both", async () => {
    const options = { exhaustive: true, seed: 1 };
    const one = await checker.check(faulty.somebodyAddsOnce as never, { ...options, faults: { kill: 1 } });
    expect(one).toMatchObject({ verdict: "pass", exhaustive: true });
    const two = await checker.check(faulty.somebodyAddsOnce as never, { ...options, faults: { kill: 2 } });
    expect(two).toMatchObject({ verdict: "fail", property: "somebody-lives", counterexample: { faults: 2 } });
  });

  test("a proof with two faults that runs out of runs says what it has tried, and that it is none", async () => {
    const options = { exhaustive: true, seed: 1, runs: 300, faults: { kill: 2 } };
    const result = await checker.check(faulty.lockTakenOnce as never, options);
    expect(result).toMatchObject({ verdict: "pass", exhaustive: false });
    expect(result.notes.join()).toMatch(
      /was not finished.*kill at 12 steps × 8 interleavings, all survived.*other choices of steps were not tried/,
    );
  });
});

test("a killed process's operation is pending, and its end says when it died and before what", async () => {
  const { ends, trace } = await ofADeath();
  const killed = ends.find(({ end }) => end === "killed");
  const entry = trace[(killed?.at ?? 0) - 1];
  expect(entry).toMatchObject({ kind: "kill", label: "killed", process: killed?.process });
  expect(entry?.detail).toMatch(/^before: /);
});

test("in a replay the process really dies, and is replaced", async () => {
  const { token } = await ofADeath();
  const before = workersOf(process.pid);
  await checker.replay(faulty.lockWithoutAnOwner as never, token);
  // The next check needs them all again.
  await check(faulty.lockWithoutAnOwner, {}, 1);
  const after = workersOf(process.pid);
  expect(before.filter((pid) => !after.includes(pid))).not.toHaveLength(0);
});

test("spare workers for those who are going to die are started ahead, for a replay as well", async () => {
  const { token } = await ofADeath();
  await using other = new Checker();
  const mine = () => ownProcesses(process.pid).filter(({ role }) => role === "spare");
  const before = new Set(mine().map(({ pid }) => pid));
  await other.replay(faulty.lockWithoutAnOwner as never, token);
  expect(mine().filter(({ pid }) => !before.has(pid))).not.toHaveLength(0);
});

test("a fault whose step is not there any more is reported as a run that differs", async () => {
  const { token } = await ofADeath();
  const replayed = await checker.replay(faulty.lockWithAnOwner as never, token);
  expect(replayed).toMatchObject({ verdict: "error", property: "token" });
});

describe("a budget of faults", () => {
  test("is read as KIND=NUMBER, with 1 left out", () => {
    expect(parseFaultBudget("kill, pause=2")).toEqual({ kill: 1, pause: 2 });
    expect(parseFaultBudget("none")).toEqual({});
  });

  test.each(["bite=1", "kill=x", "kill=1=2", "kill=-1", "kill=17"])("%s is refused", (text) => {
    expect(() => parseFaultBudget(text)).toThrow(RequestError);
  });
});

function workersOf(pid: number): number[] {
  return ownProcesses(pid).flatMap((own) => (own.role === "worker" || own.role === "spare" ? [own.pid] : []));
}
