import { expect, test } from "vitest";
import { Checker } from "../../harness/check.ts";
import { SEARCH_STRATEGIES } from "../../harness/strategies/index.ts";
import { SCENARIOS } from "../../scenarios/index.ts";
import { replayed } from "./replays.ts";

test("runs replay byte for byte, whatever the scenario and the strategy: every fourth scenario, the strategies in turn", async () => {
  await using checker = new Checker();
  for (const [index, scenario] of SCENARIOS.entries()) {
    if (index % 4 !== 0) continue;
    const { name } = SEARCH_STRATEGIES[(index / 4) % SEARCH_STRATEGIES.length];
    const { verdict, message } = await replayed(checker, scenario, name, 3);
    expect({ scenario: scenario.name, verdict, message }).toEqual({ scenario: scenario.name, verdict: "pass" });
  }
});
