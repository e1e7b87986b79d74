import { afterAll, describe, expect, test } from "vitest";
import { ticketRushLocked, ticketRushUnsafe } from "../scenarios/ticket-rush.ts";
import { ticketRushFileFixed, ticketRushFileLocked, ticketRushFileUnsafe } from "../scenarios/ticket-rush-file.ts";
import { Checker } from "./check.ts";
import { bothUnderTheLock } from "./fixtures/data-races.ts";
import type { Result } from "./result.ts";
import type { Scenario } from "./scenario.ts";

const checker = new Checker();
afterAll(() => checker[Symbol.asyncDispose]());

const unsafe = ticketRushUnsafe as unknown as Scenario;
const locked = ticketRushLocked as unknown as Scenario;
const fileUnsafe = ticketRushFileUnsafe as unknown as Scenario;
const fileLocked = ticketRushFileLocked as unknown as Scenario;
const fileFixed = ticketRushFileFixed as unknown as Scenario;

describe("the ticket rush in memory", () => {
  test("is oversold by 2 buyers and 1 preemption, proved smallest, whatever the seed", async () => {
    for (let seed = 1; seed <= 50; seed++) {
      const { verdict, property, counterexample } = await checker.check(unsafe, { seed });
      const { processes, operations, preemptions, minimal } = counterexample ?? {};
      expect({ seed, verdict, property, processes, operations, preemptions, minimal }).toEqual({
        seed,
        verdict: "fail",
        property: "no-oversell",
        processes: 2,
        operations: 2,
        preemptions: 1,
        minimal: true,
      });
    }
  });

  test("holds with a lock", async () => {
    const result = await checker.check(locked, { seed: 1, runs: 2000 });
    expect(result).toMatchObject({ verdict: "pass", runs: 2000, notes: [] });
    expect(result.choices).toBeGreaterThan(10_000);
  });

  test("stops when the chance that a run shows something new is low enough, or says that it is not", async () => {
    const enough = await checker.check(bothUnderTheLock, { seed: 1, risk: 0.5 });
    expect(enough).toMatchObject({ verdict: "pass" });
    expect(enough.coverage?.newBehaviourChanceMax).toBeLessThanOrEqual(0.5);
    expect(enough.runs % 32).toBe(0);
    expect(enough.notes.join()).toMatch(
      /^the chance that another run shows a new behaviour is at most 0\.\d+, with 95 % confidence$/,
    );
    const short = await checker.check(bothUnderTheLock, { seed: 1, risk: 0.5, runs: enough.runs - 32 });
    expect(short.notes.join()).toMatch(/more than the 0\.5 that was asked for/);
  });

  test("comes to the same result with one lane and with two", async () => {
    const one = await checker.check(unsafe, { seed: 7, jobs: 1, runs: 5000 });
    const two = await checker.check(unsafe, { seed: 7, jobs: 2, runs: 5000 });
    expect(timeless(two)).toEqual(timeless(one));
  });

  test("in shards comes to the same failure, in the same run, and no run is done twice or left out", async () => {
    const options = { seed: 9, runs: 500, property: "no-deadlock", strategy: "random-walk" };
    const shards = [1, 2, 3].map((index) => ({ ...options, shard: { index, count: 3 } }));
    const whole = await checker.check(unsafe, options);
    const parts: Result[] = [];
    for (const shard of shards) parts.push(await checker.check(unsafe, shard));
    const sum = (field: "runs" | "schedulingPoints"): number => parts.reduce((total, part) => total + part[field], 0);
    expect([sum("runs"), sum("schedulingPoints")]).toEqual([500, whole.schedulingPoints]);

    const found = await checker.check(unsafe, { seed: 9 });
    const finder = (found.counterexample?.foundInRun ?? 0) <= 32 ? 1 : 2;
    const again = await checker.check(unsafe, { seed: 9, shard: { index: finder, count: 100 } });
    expect(timeless(again)).toEqual(timeless(found));
  });

  test("has no shards without a seed, for they would be no parts of one whole", async () => {
    await expect(checker.check(unsafe, { shard: { index: 1, count: 2 } })).rejects.toThrow(
      /Shard 1 of 2 is asked for without a seed\. All shards of one check need the same one/,
    );
  });

  test("is searched with the inputs that are given, and proved for them alone", async () => {
    const inputs = [{ tickets: 1, buyers: 2 }];
    const proof = await checker.check(locked, { inputs, exhaustive: true });
    expect(proof).toMatchObject({ verdict: "pass", exhaustive: true });
    expect(proof.notes[0]).toMatch(/^all \d+ interleavings hold, for the input \{"tickets":1,"buyers":2\}$/);
    const nothing = await checker.check(locked, { inputs, exhaustive: true, seed: 1, shard: { index: 2, count: 2 } });
    expect(nothing.notes).toEqual(["shard 2 of 2 has nothing to do: there is 1 input"]);
  });

  test("says in its explanation which access came between which", async () => {
    const { counterexample } = await checker.check(unsafe, { seed: 1 });
    expect(counterexample?.explanation.join(" ")).toMatch(
      /buyer 1 'read stock' .* then buyer 2 'write stock' .* before buyer 1 'write stock'/,
    );
  });

  test("comes with the nearest run that holds: one race the other way round", async () => {
    const { counterexample } = await checker.check(unsafe, { seed: 1 });
    const nearest = counterexample?.nearestPassing;
    expect(nearest?.reversedRaces).toBe(1);
    expect(nearest?.race.sentence).toMatch(
      /^Where it fails, buyer 1 'read stock' \(ticket-rush\.ts:\d+\) comes before buyer 2 'write stock' \(ticket-rush\.ts:\d+\); where it holds, buyer 2 comes first\.$/,
    );
    const [first, second] = nearest?.race.failing.map((step) => entryAt(counterexample?.trace, step)) ?? [];
    const [then, later] = nearest?.race.passing.map((step) => entryAt(nearest.trace, step)) ?? [];
    expect([first, second]).toEqual(["buyer 1: read stock", "buyer 2: write stock"]);
    expect([then, later]).toEqual([second, first]);
    const bought = nearest?.history.filter(({ operation }) => operation === "buy");
    expect(bought?.map(({ result }) => result).sort()).toEqual(["bought", "sold out"]);
    expect((await checker.replay(unsafe, nearest?.token ?? "")).verdict).toBe("pass");
  });

  test("says which switches the failure needs", async () => {
    const { counterexample } = await checker.check(unsafe, { seed: 1 });
    expect(counterexample?.switchRoles).toMatchObject([
      { from: "buyer 1", to: "buyer 2", role: "needed" },
      { from: "buyer 2", to: "buyer 1", role: "forced" },
    ]);
  });

  test("is oversold in free mode too, and that failure is replayed and shrunk under control", async () => {
    await using free = new Checker();
    const result = await free.check(unsafe, { seed: 1, mode: "free", runs: 300 });
    expect(result).toMatchObject({ verdict: "fail", property: "no-oversell", strategy: "free" });
    expect(result.counterexample).toMatchObject({ mode: "free", processes: 2, preemptions: 1, minimal: true });
    const again = await checker.replay(unsafe, result.counterexample?.token ?? "");
    expect(again.verdict).toBe("fail");
  });
});

describe("a token", () => {
  test("replays the run it stands for, entry by entry, as often as one likes and in new processes", async () => {
    const { counterexample } = await checker.check(unsafe, { seed: 3 });
    const token = counterexample?.token ?? "";
    for (let time = 0; time < 20; time++) expect(await traceOf(checker, unsafe, token)).toEqual(counterexample?.trace);
    for (let time = 0; time < 2; time++) {
      await using fresh = new Checker();
      expect(await traceOf(fresh, unsafe, token)).toEqual(counterexample?.trace);
    }
  });

  test("of a program that no longer takes the step is refused with the place where it differs", async () => {
    const { counterexample } = await checker.check(unsafe, { seed: 3 });
    const replayed = await checker.replay(fileFixed, counterexample?.token ?? "");
    expect(replayed.verdict).toBe("error");
  });
});

describe("the ticket rush in a file", () => {
  const expectations: [Scenario, string, number][] = [
    [fileUnsafe, "no-oversell", 3],
    [fileUnsafe, "no-lost-update", 2],
    [fileUnsafe, "no-uncaught-error", 2],
    [fileLocked, "no-uncaught-error", 2],
  ];
  for (const [scenario, property, processes] of expectations) {
    test(`${scenario.name} violates ${property}, with ${processes} processes and 1 preemption`, async () => {
      const result = await checker.check(scenario, { seed: 1, property });
      expect(result).toMatchObject({ verdict: "fail", property });
      expect(result.counterexample).toMatchObject({ processes, preemptions: 1, minimal: true });
    });
  }

  test("under a lock the count is right, though readers still find the file empty", async () => {
    for (const property of ["no-oversell", "no-lost-update"]) {
      expect(await checker.check(fileLocked, { seed: 1, property, runs: 300 })).toMatchObject({ verdict: "pass" });
    }
  });

  test("with a rename it is right for everybody", async () => {
    expect(await checker.check(fileFixed, { seed: 1, runs: 300 })).toMatchObject({ verdict: "pass" });
  });

  test("shows what each process printed, at the step where it printed it", async () => {
    const { counterexample } = await checker.check(fileUnsafe, { seed: 1, property: "no-lost-update" });
    const printed = counterexample?.trace.filter(({ kind }) => kind === "print").map(({ detail }) => detail);
    expect(printed).toEqual(["2 left", "2 left", "bought", "bought"]);
  });
});

async function traceOf(from: Checker, scenario: Scenario, token: string): Promise<unknown> {
  return (await from.replay(scenario, token)).counterexample?.trace;
}

/** What does not depend on the machine. */
function timeless(result: Result): unknown {
  const { verdict, property, message, strategy, counterexample } = result;
  const { token, trace, explanation, foundInRun } = counterexample ?? {};
  return { verdict, property, message, strategy, token, trace, explanation, foundInRun };
}

function entryAt(trace: readonly { process: string; label: string }[] = [], step: number | null): string {
  const { process, label } = trace[(step ?? 0) - 1];
  return `${process}: ${label}`;
}
