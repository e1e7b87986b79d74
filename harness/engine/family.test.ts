import { afterEach, beforeEach, expect, test } from "vitest";
import { Region } from "../../primitives/memory/region.ts";
import { strategyNumber } from "../strategies/index.ts";
import { H, LaneMemory, P, PARTS, PROCESS, SIGNAL } from "./lane-memory.ts";
import { Scheduler } from "./scheduler.ts";
import { processAt } from "./strands.ts";

/** One process of a scenario, and places for six that programs start. */
let region: Region;
let words: Int32Array;
let scheduler: Scheduler;

beforeEach(() => {
  region = Region.create("family-test", PARTS.end);
  words = region.words;
  words[H.processes] = 7;
  words[H.planned] = 1;
  words[H.starters] = 1;
  words[H.lastStrand] = -1;
  words[H.strategy] = strategyNumber("guide");
  words[processAt(0) + P.state] = PROCESS.live;
  words[processAt(0) + P.strand] = 1;
  scheduler = new Scheduler(new LaneMemory(region));
  scheduler.enter(true);
});
afterEach(() => region[Symbol.dispose]());

const THREAD = { linked: false, thread: true };
const CHILD = { linked: true, thread: false };

function start(parent: number, ties: typeof THREAD): number {
  return scheduler.family.start(parent, 1, ties);
}

function states(): number[] {
  return Array.from({ length: 7 }, (_, process) => words[processAt(process) + P.state]);
}

/** A process with two threads, the second of which has a thread and a child, which has a thread of its own. */
function startAll(): void {
  for (const [parent, ties] of [
    [0, THREAD],
    [0, THREAD],
    [2, THREAD],
    [2, CHILD],
    [4, THREAD],
  ] as const)
    start(parent, ties);
}

test("threads are numbered and belong to a process, whoever has started them", () => {
  startAll();
  const { family } = scheduler;
  expect([1, 2, 3, 4, 5].map((process) => family.threadOf(process))).toEqual([1, 2, 3, 0, 1]);
  expect([0, 1, 2, 3, 4, 5].map((process) => family.ownerOf(process))).toEqual([0, 0, 0, 0, 4, 4]);
  expect([0, 2, 4].map((process) => family.threadsOf(process))).toEqual([[1, 2, 3], [3], [5]]);
});

test("who dies takes its threads along, and neither its children nor what these have", () => {
  startAll();
  words[H.signals] = 1;
  scheduler.effects.kill(0);
  const { killed, live, absent } = PROCESS;
  expect(states()).toEqual([killed, killed, killed, killed, live, live, absent]);
  // Nothing of a thread is seen from outside: the process alone dies of a signal.
  expect([0, 1, 2, 3].map((process) => words[processAt(process) + P.signal])).toEqual([SIGNAL.due, 0, 0, 0]);
  expect(words[H.doomed]).toBe(1);
});

test("a thread that ends takes along those that it has started alone", () => {
  startAll();
  scheduler.family.ended(2, 0, 0);
  const { killed, live, absent } = PROCESS;
  // Its own state is for its process to say.
  expect(states()).toEqual([live, live, live, killed, live, live, absent]);
});

test("threads of a process that is connected to a server die of a signal, too", () => {
  start(0, THREAD);
  words[H.signals] = 1;
  words[H.servers] = 1;
  scheduler.family.terminate(1);
  expect(words[processAt(1) + P.signal]).toBe(SIGNAL.due);
});

test("who stands still has its threads stand still, and they go on together", () => {
  startAll();
  scheduler.faults.plan([{ kind: "pause", process: 0, atStep: 1, ms: 50 }] as never);
  scheduler.effects.apply("pause", 0, 0, 0);
  const paused = (): boolean[] => [0, 1, 2, 3, 4, 5].map((process) => words[processAt(process) + P.paused] !== 0);
  expect(paused()).toEqual([true, true, true, true, false, false]);
  scheduler.effects.endPauses(scheduler.effects.firstEndOfPause());
  expect(paused()).toEqual([false, false, false, false, false, false]);
});
