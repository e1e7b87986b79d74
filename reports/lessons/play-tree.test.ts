import { expect, test } from "vitest";
import { orders } from "../fixtures/orders.ts";
import { buildPlayTree } from "./play-tree.ts";

test("the tree has every order as a path, and says of each end what came of it", async () => {
  const { positions, steps, preemptionsMax } = await buildPlayTree(orders(3), { positionsMax: 100 });
  expect(preemptionsMax).toBeNull();
  const ends = positions.flatMap(({ end }) => (end === null ? [] : [end]));
  expect(new Set(ends.map(({ token }) => token)).size).toBe(20); // 6 choose 3
  expect(ends.filter(({ violation }) => violation !== null).length).toBe(10);
  expect(steps.length).toBe(2);
  const walked = (at: number): number[] =>
    positions[at].choices.length === 0
      ? [positions[at].happened.length]
      : positions[at].choices.flatMap(({ to }) => walked(to));
  expect(walked(0).length).toBe(20);
});

test("a tree that would be too large has fewer preemptions, and every order with as many", async () => {
  const { positions, preemptionsMax } = await buildPlayTree(orders(5), { positionsMax: 90 });
  expect(preemptionsMax).toBe(2);
  // Of 5 + 5 steps: 2 orders without a preemption, 2 · 4 with one, 2 · 4 · 4 with two.
  expect(positions.filter(({ end }) => end !== null).length).toBe(2 + 8 + 32);
});

test("one that is too large whatever one does is refused", async () => {
  await expect(buildPlayTree(orders(2), { positionsMax: 2 })).rejects.toThrow(
    /more than 2 positions \(limit: positionsMax\)/,
  );
});
