import { expect, test } from "vitest";
import { freshArena } from "../../primitives/fixtures/arena.ts";
import { Lock } from "../../primitives/lock.ts";
import { withArena } from "../../primitives/memory/arena.ts";
import { pipe } from "../../primitives/pipe.ts";
import { Queue } from "../../primitives/queue.ts";
import { ObjectNames } from "./object-names.ts";

test("the ends of a pipe are named, and what they consist of after them", () => {
  const arena = freshArena();
  const shared = withArena(arena, () => ({ ends: pipe(), locks: [new Lock(), new Lock()] }));
  const names = new ObjectNames(shared, arena.allocations);
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
  const names = new ObjectNames({ queue }, arena.allocations);
  expect(names.partOf(queue.ring.tail.offset)).toBe("tail");
  expect(names.partOf(queue.ring.head.offset)).toBe("head");
});
