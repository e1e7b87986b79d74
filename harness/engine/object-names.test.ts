import { describe, expect, test } from "vitest";
import { Barrier } from "../../primitives/barrier.ts";
import { Event } from "../../primitives/event.ts";
import { freshArena } from "../../primitives/fixtures/arena.ts";
import { Lock } from "../../primitives/lock.ts";
import { withArena } from "../../primitives/memory/arena.ts";
import { Word } from "../../primitives/memory/word.ts";
import { pipe } from "../../primitives/pipe.ts";
import { Queue } from "../../primitives/queue.ts";
import { Semaphore } from "../../primitives/semaphore.ts";
import { Value } from "../../primitives/value.ts";
import { ObjectNames } from "./object-names.ts";

test("the ends of a pipe are named, and what they consist of after them", () => {
  const arena = freshArena();
  const shared = withArena(arena, () => ({ ends: pipe(), locks: [new Lock(), new Lock()] }));
  const names = new ObjectNames(shared, arena);
  const [here, there] = shared.ends;
  const { in: toHere, out: toThere } = here.parts;
  const nameOf = (object: { readonly offset: number } | null): string => names.nameOf(object?.offset ?? -1);
  expect([here, there, toHere, toThere].map(nameOf)).toEqual(["ends[0]", "ends[1]", "ends[0].in", "ends[0].out"]);
  expect(nameOf(shared.locks[1])).toBe("locks[1]");
  expect(names.ranges.every(({ name }) => !/ \d+$/.test(name))).toBe(true);
});

test("a queue's words are told apart", () => {
  const arena = freshArena();
  const queue = withArena(arena, () => new Queue());
  const names = new ObjectNames({ queue }, arena);
  expect(names.partOf(queue.ring.tail.offset)).toBe("tail");
  expect(names.partOf(queue.ring.head.offset)).toBe("head");
});

test("so are those of a lock inside another object; that of an object which is one word has no name of its own", () => {
  const arena = freshArena();
  const shared = withArena(arena, () => ({ gate: new Barrier(2), lock: new Lock(), stock: new Value(1) }));
  const names = new ObjectNames(shared, arena);
  const partsOf = ({ offset, byteLength }: { offset: number; byteLength: number }): string[] =>
    [...new Set(arena.words.map((word) => word.offset).filter((at) => offset <= at && at < offset + byteLength))].map(
      (at) => names.partOf(at),
    );
  expect(partsOf(shared.gate).slice(0, 4)).toEqual(["lock", "phase", "arrived", "round"]);
  expect(partsOf(shared.lock)).toEqual([""]);
  expect(partsOf(shared.stock)).toEqual(["lock"]);
});

describe("a value of a primitive's word is told in words", () => {
  const nameOf = (agent: number): string => `buyer ${agent}`;
  const told = (build: () => { readonly offset: number }, values: readonly number[]): string[] => {
    const arena = freshArena();
    const object = withArena(arena, build);
    return values.map((value) => new ObjectNames({ object }, arena).told(object.offset, value, nameOf));
  };
  const waiters = 2 ** 30;

  test.each([
    ["a lock's", () => new Lock(), [0, 2, 2 + waiters, 2 + 2 ** 29, -1]],
    ["a semaphore's", () => new Semaphore(2), [2, waiters]],
    ["an event's", () => new Event(), [0, 2, 5]],
    ["a plain word's", () => Word.allocate("count"), [7]],
  ] as const)("%s", (name, build, values) => {
    expect(told(build, values)).toEqual(TOLD[name]);
  });
});

const TOLD = {
  "a lock's": ["free", "buyer 2", "buyer 2, waiters", "buyer 2, inconsistent", "unrecoverable"],
  "a semaphore's": ["2", "0, waiters"],
  "an event's": ["off", "off, waiters", "on"],
  "a plain word's": ["7"],
};
