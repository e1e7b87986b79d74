import { describe, expect, test } from "vitest";
import { Checker } from "../../harness/check.ts";
import { SEARCH_STRATEGIES } from "../../harness/strategies/index.ts";
import { lockstep } from "../../harness/strategies/lockstep.ts";
import { isScenario } from "../../harness/scenario.ts";
import * as golden from "./golden.ts";
import * as programs from "./programs.ts";

describe("strategies over real processes", () => {
  test("what is found depends on the seed alone, whatever the number of lanes", async () => {
    const found = [];
    for (const jobs of [1, 2]) {
      await using checker = new Checker();
      const result = await checker.check(programs.twostage, { seed: 11, runs: 640, jobs, endOnFailure: true });
      found.push([result.strategy, result.counterexample?.foundInRun, result.counterexample?.token]);
    }
    expect(found[0][1]).toBeGreaterThan(0);
    expect(found[1]).toEqual(found[0]);
  });

  test("each strategy finds the bug of the work-steal queue, and the token of its run replays", async () => {
    await using checker = new Checker();
    // lockstep looks for processes that keep pace with each other without end, and this bug is none of these.
    for (const { name } of SEARCH_STRATEGIES.filter((strategy) => strategy !== lockstep)) {
      const options = { strategy: name, seed: 5, runs: 5000, jobs: 1, endOnFailure: true };
      const result = await checker.check(programs.workStealQueue, options);
      expect(result.verdict).toBe("fail");
      const replayed = await checker.replay(programs.workStealQueue, result.counterexample?.token as string);
      expect(replayed.message).toBe(result.message);
    }
  });
});

describe("the exhaustive search over real processes", () => {
  test("runs each program of known count exactly so often", async () => {
    await using checker = new Checker();
    const counts: Record<string, number> = {};
    for (const program of Object.values(golden).filter(isScenario)) {
      const result = await checker.check(program, { exhaustive: true, seed: 1 });
      expect(result).toMatchObject({ verdict: "pass", exhaustive: true });
      counts[program.name as string] = result.runs;
    }
    expect(counts).toEqual(golden.GOLDEN_COUNTS);
  });

  test("finds the bug of each program that is small enough", async () => {
    await using checker = new Checker();
    for (const program of [programs.account, programs.bluetooth, programs.deadlock01, programs.reorder3]) {
      const result = await checker.check(program, { exhaustive: true, seed: 1, endOnFailure: true });
      expect(result).toMatchObject({ verdict: "fail", strategy: "exhaustive" });
    }
  });
});
