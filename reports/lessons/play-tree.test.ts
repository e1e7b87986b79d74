import { expect, test } from "vitest";
import { orders } from "../fixtures/orders.ts";
import { buildPlayTree, type PlayTree } from "./play-tree.ts";

test("the tree has every order as a path, and says of each end what came of it", async () => {
  const tree = await buildPlayTree(orders(3), { runsMax: 100 });
  expect(tree.open).toBe(0);
  expect(tree.steps.length).toBe(2);
  const ends = Object.values(tree.ends);
  expect(new Set(ends.map(({ token }) => token)).size).toBe(20); // 6 choose 3
  expect(ends.filter(({ violation }) => violation !== null).length).toBe(10);
  expect(pathsOf(tree)).toEqual(Array.from({ length: 20 }, () => 6));
});

test("what leads to the same state meets in one position, and takes no run of its own", async () => {
  let runs = 0;
  const play = orders(3, { meets: true });
  const tree = await buildPlayTree((guide) => (runs++, play(guide)), { runsMax: 100 });
  expect(tree.open).toBe(0);
  expect(Object.values(tree.ends).map(({ violation }) => violation)).toEqual([null, "b was first"]);
  expect(pathsOf(tree)).toEqual(Array.from({ length: 20 }, () => 6));
  expect(tree.positions.length).toBeLessThan(20);
  expect(runs).toBeLessThan(10);
});

test("where there are too many ways, those with few preemptions are followed, and each position leads to an end", async () => {
  const tree = await buildPlayTree(orders(5), { runsMax: 2 + 8 + 1 });
  expect(tree.open).toBeGreaterThan(0);
  const notFollowed = tree.positions.flat().filter(([, to]) => to < 0);
  expect(notFollowed.length).toBe(tree.open);
  // 2 orders without a preemption, 2 · 4 with one, and one more.
  const switches = Object.values(tree.ends).map(({ token }) => (token.match(/0(?=1)|1(?=0)/g) ?? []).length - 1);
  expect(switches.filter((preemptions) => preemptions <= 1).length).toBe(10);
  expect(switches.length).toBe(11);
  for (const [place, choices] of tree.positions.entries()) {
    expect(choices.some(([, to]) => to >= 0) || tree.ends[place] !== undefined).toBe(true);
  }
});

/** How many steps happen on each way from the start to an end. */
function pathsOf({ positions, opening }: PlayTree): number[] {
  const from = (place: number): number[] =>
    positions[place].length === 0
      ? [0]
      : positions[place].flatMap(([, to, ...happened]) =>
          to < 0 ? [] : from(to).map((rest) => happened.length + rest),
        );
  return from(0).map((length) => opening.length + length);
}
