import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Region } from "../../primitives/memory/region.ts";
import { strategyNumber } from "../strategies/index.ts";
import { KIND } from "./kinds.ts";
import { ENDING, H, LaneMemory, P, PARTS, PROCESS } from "./lane-memory.ts";
import { Scheduler } from "./scheduler.ts";
import { processAt } from "./strands.ts";

/** The scheduler by itself: processes are played by these tests, which announce steps and ask who is next. */
let region: Region;
let words: Int32Array;
let scheduler: Scheduler;

beforeEach(() => {
  region = Region.create("scheduler-test", PARTS.end);
  words = region.words;
  words[H.processes] = 2;
  words[H.planned] = 2;
  words[H.lastStrand] = -1;
  words[H.stepsMax] = 100;
  words[H.strategy] = strategyNumber("guide");
  for (const process of [0, 1]) {
    words[processAt(process) + P.state] = PROCESS.live;
    words[processAt(process) + P.strand] = 1;
  }
  scheduler = new Scheduler(new LaneMemory(region));
  scheduler.enter(true);
});
afterEach(() => region[Symbol.dispose]());

const A = 1;
const B = 65;
const WORD = 4096;

function announce(process: number, kind: number, object = WORD): number {
  return scheduler.announce(process, 0, kind, object, 0);
}

function fallsAsleep(deadlineMs: number): void {
  announce(0, KIND.wait);
  scheduler.pick();
  scheduler.fallAsleep(0, 0, WORD, deadlineMs);
}

function finish(process: number): void {
  words[processAt(process) + P.state] = PROCESS.finished;
}

describe("the scheduler", () => {
  test("goes on with the process that moves, then takes the other one", () => {
    announce(0, KIND.read);
    announce(1, KIND.read);
    expect(scheduler.pick()).toBe(A);
    announce(0, KIND.write);
    expect(scheduler.pick()).toBe(A);
    finish(0);
    expect(scheduler.pick()).toBe(B);
    finish(1);
    expect(scheduler.pick()).toBe(-1);
    expect(words[H.ending]).toBe(ENDING.finished);
    expect([words[H.switches], words[H.preemptions]]).toEqual([1, 0]);
  });

  test("wakes the one that waits longest, and no more than asked for", () => {
    announce(0, KIND.wait);
    announce(1, KIND.wait);
    scheduler.pick();
    scheduler.fallAsleep(0, 0, WORD, Infinity);
    scheduler.pick();
    scheduler.fallAsleep(1, 0, WORD, Infinity);
    expect(scheduler.wakeWaiters(WORD, 1)).toBe(1);
    expect(scheduler.pick()).toBe(A);
    expect(scheduler.wakeWaiters(WORD, 5)).toBe(1);
    expect(scheduler.wakeWaiters(WORD, 5)).toBe(0);
  });

  test("does not wake those who wait for another word", () => {
    announce(0, KIND.wait);
    scheduler.pick();
    scheduler.fallAsleep(0, 0, WORD, Infinity);
    expect(scheduler.wakeWaiters(WORD + 4, 9)).toBe(0);
  });

  test("is at a deadlock when somebody waits without a deadline and nobody can move", () => {
    announce(0, KIND.wait);
    scheduler.pick();
    scheduler.fallAsleep(0, 0, WORD, Infinity);
    finish(1);
    expect(scheduler.pick()).toBe(-1);
    expect(words[H.ending]).toBe(ENDING.deadlock);
  });

  test("lets time pass only when nobody can move, and then to the next deadline", () => {
    scheduler.delay(announce(0, KIND.sleep, 0), 800);
    announce(1, KIND.read);
    expect(scheduler.pick()).toBe(B);
    expect(scheduler.now()).toBe(0);
    announce(1, KIND.wait);
    expect(scheduler.pick()).toBe(B);
    scheduler.fallAsleep(1, 0, WORD, 300);
    expect(scheduler.pick()).toBe(B);
    expect(scheduler.now()).toBe(300);
    finish(1);
    expect(scheduler.pick()).toBe(A);
    expect(scheduler.now()).toBe(800);
  });

  test.each([
    ["sleeps", true, () => scheduler.delay(announce(0, KIND.sleep, 0), 5)],
    ["thinks", true, () => scheduler.announce(0, 0, KIND.think, 0, 0, { thinkMs: 5 })],
    ["waits with a limit", true, () => fallsAsleep(5)],
    ["waits without one", false, () => fallsAsleep(Infinity)],
    ["sleeps for no time at all", false, () => scheduler.delay(announce(0, KIND.sleep, 0), 0)],
  ])("knows whether time may pass in a run: who %s", (_, timed, act) => {
    act();
    expect(words[H.timed]).toBe(timed ? 1 : 0);
  });

  test("counts a switch away from a sleeper as a preemption, from a waiter as none", () => {
    announce(0, KIND.read);
    announce(1, KIND.read);
    scheduler.pick();
    scheduler.delay(announce(0, KIND.sleep, 0), 5);
    expect(scheduler.pick()).toBe(B);
    expect(words[H.preemptions]).toBe(1);
    announce(1, KIND.wait);
    expect(scheduler.pick()).toBe(B);
    scheduler.fallAsleep(1, 0, WORD, Infinity);
    expect(scheduler.pick()).toBe(A);
    expect(words[H.preemptions]).toBe(1);
  });

  test("ends a run that takes too many steps", () => {
    words[H.stepsMax] = 2;
    for (let step = 0; step < 2; step++) {
      announce(0, KIND.read);
      expect(scheduler.pick()).toBe(A);
    }
    announce(0, KIND.read);
    expect(scheduler.pick()).toBe(-1);
    expect(words[H.ending]).toBe(ENDING.stepLimit);
  });

  test("gives a step the same fingerprint wherever in memory its object lies, if it is called the same", () => {
    words[H.objectCount] = 1;
    const object = PARTS.objects >> 2;
    words.set([4096, 4104, 77], object);
    const before = scheduler.fingerprintOf(KIND.read, 4100, 0);
    words.set([8192, 8200, 77], object);
    expect(scheduler.fingerprintOf(KIND.read, 8196, 0)).toBe(before);
    expect(scheduler.fingerprintOf(KIND.write, 8196, 0)).not.toBe(before);
    expect(scheduler.fingerprintOf(KIND.read, 8192, 0)).not.toBe(before);
  });
});
