import { expect, test } from "vitest";
import { Play } from "../../harness/play.ts";
import { buildPlayTree, type PlayTree } from "../../reports/index.ts";
import type { Scenario } from "../../harness/scenario.ts";
import { LESSONS } from "../../scenarios/lessons/index.ts";
import { ticketRushUnsafe } from "../../scenarios/ticket-rush.ts";
import { pipeHelloTwice } from "../../scenarios/pipe.ts";

test("the tree of a lesson is what playing every order of it by itself shows, in far fewer runs", async () => {
  await using play = new Play(ticketRushUnsafe, { tickets: 1, buyers: 2 });
  let runs = 0;
  const tree = await buildPlayTree((guide) => (runs++, play.run(guide)), { runsMax: RUNS });
  const played: string[] = [];
  const playAll = async (guide: readonly number[]): Promise<void> => {
    const { choices, trace, guide: taken, violation } = await play.at(guide);
    for (const { strand } of choices) await playAll([...taken, strand]);
    if (choices.length > 0) return;
    const steps = trace.map(({ process, label, detail }) => `${process} ${label} ${detail}`);
    played.push(`${steps.join(", ")}: ${violation?.message ?? "holds"}`);
  };
  await playAll([]);
  expect(tree.open).toBe(0);
  expect(waysOf(tree).toSorted()).toEqual(played.toSorted());
  expect(runs).toBeLessThan(played.length);
});

test("whoever walks through the tree sees at each position what a run that goes there shows", async () => {
  await using play = new Play(pipeHelloTwice, {});
  const tree = await buildPlayTree((guide) => play.run(guide), { runsMax: RUNS });
  for (let walk = 0; walk < 4; walk++) {
    let place = 0;
    let happened = [...tree.opening];
    let position = await play.at([]);
    for (let turn = 0; position.choices.length > 0; turn++) {
      const choices = tree.positions[place].map(([move]) => tree.moves[move]);
      expect(choices.map(({ process, label }) => `${tree.processes[process]} ${label}`)).toEqual(
        position.choices.map(({ process, label }) => `${process} ${label}`),
      );
      // Any order will do, as long as the walks differ.
      const choice = (walk >> (turn % 3)) % choices.length;
      const [, to, ...steps] = tree.positions[place][choice];
      if (to < 0) break;
      place = to;
      happened = [...happened, ...steps];
      position = await play.at([...position.guide, position.choices[choice].strand]);
      expect(happened.map((step) => tree.steps[step]).map(({ label, detail }) => `${label} ${detail}`)).toEqual(
        position.trace.map(({ label, detail }) => `${label} ${detail}`),
      );
    }
    expect(tree.ends[place]?.violation ?? null).toBe(position.violation?.message ?? null);
  }
});

test("each lesson can be broken in its page, in at most so many runs; the smaller ones have every order", async () => {
  await using play = new Play(LESSONS[0].wrong, LESSONS[0].input);
  const whole: string[] = [];
  for (const { name, wrong, right, input } of LESSONS) {
    let runs = 0;
    const treeOf = async (scenario: Scenario): Promise<PlayTree> => {
      play.change(scenario, input);
      return await buildPlayTree((guide) => (runs++, play.run(guide)), { runsMax: RUNS });
    };
    const trees = { wrong: await treeOf(wrong), right: await treeOf(right) };
    if (trees.wrong.open + trees.right.open === 0) whole.push(name);
    expect([name, Object.values(trees.wrong.ends).some(({ violation }) => violation !== null)]).toEqual([name, true]);
    expect([name, Object.values(trees.right.ends).some(({ violation }) => violation !== null)]).toEqual([name, false]);
    expect(runs).toBeLessThanOrEqual(2 * RUNS);
  }
  expect(whole).toEqual("palaces value ticket-rush ticket-rush-file ktv traffic-light".split(" "));
}, 120_000);

/** Fewer than for a page, and still enough for each lesson whose page has every order. */
const RUNS = 110;

/** All ways from the start to an end, as text. */
function waysOf({ positions, steps, processes, opening, ends }: PlayTree): string[] {
  const say = (happened: readonly number[]): string[] =>
    happened.map((at) => `${processes[steps[at].process]} ${steps[at].label} ${steps[at].detail}`);
  const from = (place: number, before: readonly string[]): string[] =>
    ends[place] === undefined
      ? positions[place].flatMap(([, to, ...happened]) => from(to, [...before, ...say(happened)]))
      : [`${before.join(", ")}: ${ends[place].violation ?? "holds"}`];
  return from(0, say(opening));
}
