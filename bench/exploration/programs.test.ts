import { describe, expect, test } from "vitest";
import { Checker } from "../../harness/check.ts";
import { SEARCH_STRATEGIES } from "../../harness/strategies/index.ts";
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
    for (const { name } of SEARCH_STRATEGIES) {
      const options = { strategy: name, seed: 5, runs: 5000, jobs: 1, endOnFailure: true };
      const result = await checker.check(programs.workStealQueue, options);
      expect(result.verdict).toBe("fail");
      const replayed = await checker.replay(programs.workStealQueue, result.counterexample?.token as string);
      expect(replayed.message).toBe(result.message);
    }
  });
});
