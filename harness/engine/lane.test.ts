import { afterEach, beforeEach, expect, test } from "vitest";
import { Region } from "../../primitives/memory/region.ts";
import { usesTheWord } from "../fixtures/misbehaving.ts";
import type { Scenario } from "../scenario.ts";
import { Baton } from "./baton.ts";
import { Lane } from "./lane.ts";
import { ARENA_START, ENDING, H, LaneMemory, P, PARTS, PROCESS } from "./lane-memory.ts";
import { RunFolder } from "./run-folder.ts";
import { processAt } from "./strands.ts";

/** The lane by itself: its workers are played by this test, which has its turn whenever the lane lets messages in. */
let region: Region;
let memory: LaneMemory;
let lane: Lane;
let worker: Baton;

beforeEach(() => {
  region = Region.create("lane-test", ARENA_START + 65_536);
  memory = new LaneMemory(region);
  worker = new Baton(memory, 1);
  const { words } = memory;
  lane = new Lane(
    memory,
    new Baton(memory, 0),
    {
      lost: new Map(),
      mishaps: [],
      stopping: false,
      watchdogMs: 60_000,
      ensure: async (count) => {
        words.fill(words[H.programVersion], PARTS.loaded >> 2, (PARTS.loaded >> 2) + count);
      },
      kill: async () => {},
      expect: () => {},
      forgive: () => {},
      gone: async () => {},
    },
    new RunFolder(""),
  );
});
afterEach(() => region[Symbol.dispose]());

test("a baton that a worker gives back late, having loaded the scenario, is not the end of a run", async () => {
  const { words } = memory;
  lane.load(usesTheWord as unknown as Scenario);
  await lane.prepare({});
  const running = lane.run({ strategy: "guide", seed: 1, stepsMax: 100 });
  // Once before it has begun, and once while it is under way.
  for (let late = 0; late < 2; late++) {
    worker.passTo(0);
    do await new Promise((resolve) => setImmediate(resolve));
    while (Atomics.load(words, PARTS.turns >> 2) === 1);
  }
  // Who ends it says how first.
  for (const process of [0, 1]) words[processAt(process) + P.state] = PROCESS.finished;
  words[H.ending] = ENDING.finished;
  worker.passTo(0);
  expect(await running).toMatchObject({ ending: "finished" });
});
