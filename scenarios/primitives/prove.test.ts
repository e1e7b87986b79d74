import { afterAll, expect, test } from "vitest";
import { Checker } from "../../harness/check.ts";
import { PROOFS } from "./proofs.ts";

const checker = new Checker();
afterAll(() => checker[Symbol.asyncDispose]());

test.each([
  ["Lock", 10],
  ["Semaphore", 10],
  ["Event", 9],
  ["Value", 4],
])(
  "two processes with two operations each on a %s have %i interleavings, and all hold",
  async (name, interleavings) => {
    const { scenario, programs } = PROOFS.find(({ primitive }) => primitive === name) as (typeof PROOFS)[number];
    const result = await checker.check(scenario, { exhaustive: true, inputs: [programs[0]], seed: 1 });
    expect(result).toMatchObject({ verdict: "pass", exhaustive: true, runs: interleavings });
  },
);

test("every primitive has a program of two processes with two operations, and one of three with one", () => {
  for (const { primitive, programs } of PROOFS) {
    const shapes = programs.map((program) => program.map((operations) => operations.length).join());
    expect({ primitive, shapes }).toEqual({ primitive, shapes: ["2,2", "1,1,1"] });
  }
});
