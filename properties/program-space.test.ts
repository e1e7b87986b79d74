import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allPrograms, CHOICES, historiesOf, withoutNames } from "./fixtures/number-machine.ts";
import { ProgramSpace } from "./program-space.ts";
import { unique, type Program, type ProgramCall } from "./program.ts";

const SIZE = { processesMax: 3, callsMax: 2, prefixMax: 1, suffixMax: 1 };
const SIZES = [1, 2, 3].flatMap((processes) => [1, 2, 3, 4].map((operations) => ({ processes, operations })));

describe("the space of programs", () => {
  test.each([true, false])("has every program of every size once, and no other: processes alike %j", (alike) => {
    const space = new ProgramSpace(CHOICES, SIZE, alike);
    for (const size of SIZES) {
      const representatives = [...space.standingFor(size)];
      expect(representatives.length).toBe(space.count(size));
      const found = representatives.flatMap(({ inputs }) => [...inputs(true)]);
      for (const program of found) expect(space.sizeOf(program)).toEqual(size);
      const texts = found.map((program) => text(program, alike));
      expect(texts.sort()).toEqual([...new Set(texts)]);
      const all = new Set(allPrograms(SIZE, size.processes, size.operations).map((program) => text(program, alike)));
      expect(new Set(texts)).toEqual(all);
    }
  });

  test("a program with a process or a call less is in it, and of each all that lack one call are there", () => {
    const space = new ProgramSpace(CHOICES, SIZE, false);
    for (const size of SIZES.filter(({ operations }) => operations > 1)) {
      const fewer = { ...size, operations: size.operations - 1 };
      const all = new Set(allPrograms(SIZE, fewer.processes, fewer.operations).map((program) => text(program, false)));
      for (const program of allPrograms(SIZE, size.processes, size.operations)) {
        const smaller = [...space.smaller(program)];
        const calls = smaller.filter(({ parallel }) => parallel.length === size.processes);
        expect(smaller.length - calls.length).toBe(size.processes === 1 ? 0 : size.processes);
        for (const other of calls) {
          expect(space.sizeOf(other)).toEqual(fewer);
          expect(all).toContain(text(other, false));
        }
        // A process that calls once cannot lack that call.
        const single = size.processes === 1 ? 0 : program.parallel.filter((own) => own.length === 1).length;
        expect(calls.length).toBe(size.operations - single);
      }
    }
  });

  test("a smaller program has the numbers that it has when it is made", () => {
    const choices = [
      { operation: "put", args: [unique], weight: 1 },
      { operation: "send", args: [fc.record({ letter: unique }), fc.nat(1)], weight: 1 },
    ];
    const space = new ProgramSpace(choices, SIZE, true);
    const program: Program = {
      prefix: [["put", 1]],
      parallel: [[["send", { letter: 2 }, 0]], [["put", 3]]],
      suffix: [],
    };
    expect([...space.smaller(program)]).toEqual([
      {
        prefix: [],
        parallel: [
          [
            ["put", 1],
            ["put", 2],
          ],
        ],
        suffix: [],
      },
      {
        prefix: [],
        parallel: [
          [
            ["put", 1],
            ["send", { letter: 2 }, 0],
          ],
        ],
        suffix: [],
      },
      { prefix: [], parallel: [[["send", { letter: 1 }, 0]], [["put", 2]]], suffix: [] },
    ]);
  });

  test("says which processes may change places: those that call the same, if it makes no difference who does what", () => {
    for (const alike of [true, false]) {
      const space = new ProgramSpace(CHOICES, SIZE, alike);
      for (const { input, alike: groups } of space.standingFor({ processes: 3, operations: 4 })) {
        const texts = input.parallel.map((calls) => JSON.stringify(calls));
        const equal = [0, 1, 2].filter((process) => texts.filter((one) => one === texts[process]).length > 1);
        expect(groups).toEqual(alike && equal.length > 0 ? [equal] : []);
      }
    }
  });

  test("knows the values of arguments that are few, and says so where they are many", () => {
    const countWith = (...args: fc.Arbitrary<unknown>[]) =>
      new ProgramSpace([{ operation: "set", args, weight: 1 }], SIZE, true).count({ processes: 1, operations: 1 });
    expect(countWith(unique)).toBe(1);
    expect(countWith(fc.nat(2), fc.boolean())).toBe(6);
    expect(countWith(fc.nat())).toBe(Infinity);
  });

  test("a program has every history of those it stands for, with one preemption more at most", () => {
    const space = new ProgramSpace(CHOICES, SIZE, true);
    let compared = 0;
    for (const size of SIZES.filter(({ processes, operations }) => processes === 2 && operations <= 4)) {
      for (const { input, inputs } of space.standingFor(size)) {
        const whole = new Map<string, number>();
        for (const [history, preemptions] of historiesOf(input)) {
          const key = withoutNames(history);
          whole.set(key, Math.min(whole.get(key) ?? Infinity, preemptions));
        }
        for (const program of inputs(true)) {
          const suffixed = program.suffix.length > 0;
          for (const [history, preemptions] of historiesOf(program)) {
            // Not all of it was reached: a smaller program has it.
            if (history.split(" ").filter((event) => event.startsWith("(")).length < size.operations) continue;
            compared++;
            const own = whole.get(withoutNames(history));
            expect({ input, program, history, own }).toMatchObject({ own: expect.any(Number) });
            expect(own).toBeLessThanOrEqual(preemptions + (suffixed ? 1 : 0));
          }
        }
      }
    }
    expect(compared).toBeGreaterThan(400);
  });
});

/** Of one that has a single process it makes no difference which part a call is in, nor which of several alike does what. */
function text({ prefix, parallel, suffix }: Program, alike: boolean): string {
  if (parallel.length === 1) return JSON.stringify([...prefix, ...parallel[0], ...suffix]);
  const ordered = (list: readonly (readonly ProgramCall[])[]) => list.map((calls) => JSON.stringify(calls)).sort();
  const [first, ...others] = parallel;
  const processes = !alike
    ? parallel
    : prefix.length === 0 && suffix.length === 0
      ? ordered(parallel)
      : [first, ...ordered(others)];
  return JSON.stringify({ prefix, processes, suffix });
}
