import { describe, expect, test } from "vitest";
import { scheduleOf, type ScheduledStep } from "./run-value.ts";

const A = 1;
const B = 65;

function steps(text: string): ScheduledStep[] {
  // "a1/ab": strand a takes a step with fingerprint 1 while a and b are enabled.
  return text.split(" ").map((word) => {
    const [taken, enabled] = word.split("/");
    return {
      strand: taken[0] === "a" ? A : B,
      fingerprint: Number(taken.slice(1)),
      candidates: [...enabled].map((letter) => (letter === "a" ? A : B)),
    };
  });
}

describe("the schedule of a run", () => {
  test("is one segment if one process runs to its end and then the other", () => {
    expect(scheduleOf(steps("a1/ab a2/ab b1/b b2/b"), () => 0)).toEqual([
      { strand: A, fingerprint: 0, occurrence: 0 },
      { strand: B, fingerprint: 0, occurrence: 0 },
    ]);
  });

  test("names the step before which a process is stopped, not its position", () => {
    expect(scheduleOf(steps("a1/ab b1/ab b2/ab a2/a"), () => 0)[0]).toEqual({
      strand: A,
      fingerprint: 2,
      occurrence: 1,
    });
  });

  test("counts equal steps of a strand from the start of the run", () => {
    const [first] = scheduleOf(steps("a1/ab a1/ab b1/ab a1/a"), () => 0);
    expect(first).toEqual({ strand: A, fingerprint: 1, occurrence: 3 });
  });

  test("says 'until it cannot go on' where the process was not enabled any more", () => {
    expect(scheduleOf(steps("a1/ab b1/b a2/a"), () => 0)[0]).toEqual({ strand: A, fingerprint: 0, occurrence: 0 });
  });

  test("knows the announced step of a process that was never granted it", () => {
    const [first] = scheduleOf(steps("a1/ab b1/ab"), (strand) => (strand === A ? 9 : 0));
    expect(first).toEqual({ strand: A, fingerprint: 9, occurrence: 1 });
  });
});
