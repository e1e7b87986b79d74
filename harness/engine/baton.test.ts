import { afterEach, beforeEach, expect, test } from "vitest";
import { Region } from "../../primitives/memory/region.ts";
import { Baton } from "./baton.ts";
import { LaneMemory, PARTS } from "./lane-memory.ts";

let region: Region;
let conductor: Baton;
let worker: Baton;

beforeEach(() => {
  region = Region.create("baton-test", PARTS.end);
  const memory = new LaneMemory(region);
  conductor = new Baton(memory, 0);
  worker = new Baton(memory, 1);
});
afterEach(() => region[Symbol.dispose]());

/** A point that has passed: nobody waits for it. */
const PAST = 0;
const now = (): number => 1;

test("a turn that was passed comes once", () => {
  worker.passTo(0);
  expect([conductor.awaitUntil(PAST, now), conductor.awaitUntil(PAST, now)]).toEqual([true, false]);
});

test("a turn that was given back late, and is none of those that are waited for, is none, and is gone", () => {
  worker.passTo(0);
  expect(conductor.awaitUntil(PAST, now, () => false)).toBe(false);
  expect(conductor.awaitUntil(PAST, now)).toBe(false);
});
