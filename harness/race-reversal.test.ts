import { describe, expect, test } from "vitest";
import { conflict } from "./exhaustive/execution.ts";
import { Model, ModelExecutor, type ModelProgram } from "./exhaustive/fixtures/model.ts";
import { randomProgram } from "./exhaustive/fixtures/random-program.ts";
import { STRANDS_PER_PROCESS } from "./strategies/strategy.ts";
import { distanceBetween, reversalsOf, stepNames } from "./race-reversal.ts";

/** Follows a guide as the lane does: who cannot move is skipped; afterwards the lowest process goes on. */
function follow(program: ModelProgram, words: readonly number[], guide: readonly number[]) {
  const model = new Model(program, words);
  for (const strand of guide) {
    const process = strand / STRANDS_PER_PROCESS;
    if (model.enabled().includes(process)) model.take(process);
  }
  for (let enabled = model.enabled(); enabled.length > 0; enabled = model.enabled()) model.take(enabled[0]);
  return model.steps;
}

describe("turning a race round", () => {
  test("on 500 random programs the second step comes first, and before it no other pair of dependent steps changes", async () => {
    let reversals = 0;
    for (let seed = 1; seed <= 500; seed++) {
      const { program, words } = randomProgram(seed);
      const execution = await new ModelExecutor(program, words).execute({ guide: [], asleep: [], asleepFrom: 0 });
      const names = stepNames(execution.steps);
      for (const reversal of reversalsOf(execution)) {
        reversals++;
        const steps = follow(program, words, reversal.guide);
        const there = stepNames(steps);
        const second = there.indexOf(reversal.secondName);
        const first = there.indexOf(reversal.firstName);
        expect({ seed, taken: second >= 0 }).toEqual({ seed, taken: true });
        expect({ seed, firstComesLater: first < 0 || first > second }).toEqual({ seed, firstComesLater: true });
        for (let later = 0; later < second; later++) {
          for (let earlier = 0; earlier < later; earlier++) {
            if (!conflict(steps[earlier], steps[later])) continue;
            expect(names.indexOf(there[earlier])).toBeLessThan(names.indexOf(there[later]));
          }
        }
      }
    }
    expect(reversals).toBeGreaterThan(400);
  });

  test("a step that was announced and never taken races with the one that keeps it from going", () => {
    const program: ModelProgram = [[{ do: "lock", word: 0 }], [{ do: "lock", word: 0 }]];
    const model = new Model(program, [1]);
    model.take(0);
    const blocked = [1].map((process) => model.announced(process)).filter((step) => step !== null);
    const [reversal] = reversalsOf({ steps: model.steps, blocked, pruned: false });
    expect(reversal).toMatchObject({ first: 0, second: -1, guide: [STRANDS_PER_PROCESS, 0] });
  });
});

describe("the distance between two runs", () => {
  const program: ModelProgram = [
    [
      { do: "add", word: 0, value: 1 },
      { do: "add", word: 1, value: 1 },
    ],
    [{ do: "add", word: 0, value: 1 }],
    [{ do: "add", word: 2, value: 1 }],
  ];
  const run = (...processes: number[]) =>
    follow(
      program,
      [0, 0, 0],
      processes.map((process) => process * STRANDS_PER_PROCESS),
    );

  test("is 0 where only independent steps come in another order", () => {
    expect(distanceBetween(run(0, 0, 1, 2), run(2, 0, 1, 0))).toBe(0);
  });

  test("counts pairs of dependent steps that come the other way round", () => {
    expect(distanceBetween(run(0, 0, 1, 2), run(1, 0, 0, 2))).toBe(1);
  });

  test("counts steps that only one of them has", () => {
    expect(distanceBetween(run(0, 0, 1, 2), run(0, 0, 1, 2).slice(0, 2))).toBe(2);
  });
});
