import { expect, test } from "vitest";
import { ticketRushUnsafe } from "../scenarios/ticket-rush.ts";
import { Checker } from "./check.ts";
import { Play } from "./play.ts";
import type { Scenario } from "./scenario.ts";

const unsafe = ticketRushUnsafe as unknown as Scenario;

test("whoever plays the scheduler walks through real runs, and the token replays what was played", async () => {
  await using play = new Play(unsafe, { tickets: 1, buyers: 2 });
  let position = await play.at([]);
  expect(position.trace).toEqual([]);
  expect(position.choices).toEqual([
    { strand: 1, process: "buyer 1", label: "read stock", preempts: false },
    { strand: 65, process: "buyer 2", label: "read stock", preempts: false },
  ]);
  const choose = async (process: string): Promise<void> => {
    const choice = position.choices.find((other) => other.process === process);
    position = await play.at([...position.guide, choice?.strand ?? -1]);
  };
  await choose("buyer 1");
  expect(position.choices.map(({ label, preempts }) => [label, preempts])).toEqual([
    ["think", false],
    ["read stock", true],
  ]);
  expect(position.history[0]).toMatchObject({ operation: "buy", outcome: "pending", returned: null });
  await choose("buyer 2");
  while (position.choices.length > 0) await choose(position.choices[0].process);
  expect(position.violation).toMatchObject({ property: "no-oversell", message: "2 tickets sold, 1 in stock" });

  await using checker = new Checker();
  const replayed = await checker.replay(unsafe, position.token);
  expect(replayed.verdict).toBe("fail");
  const bare = (trace: typeof position.trace) => trace.map(({ process, label, detail }) => [process, label, detail]);
  expect(bare(replayed.counterexample?.trace ?? [])).toEqual(bare(position.trace));
});

test("a run that cannot be played is refused with the reason", async () => {
  const broken = { ...unsafe, ordinal: 99 };
  await using play = new Play(broken, { tickets: 1, buyers: 2 });
  await expect(play.at([])).rejects.toThrow(/declares no scenario number 100/);
});
