import fc from "fast-check";
import { expect, test } from "vitest";
import type { Fault } from "../fault.ts";
import { OnlyRuns } from "./fixtures/only-runs.ts";
import { smallerFaults } from "./smaller-faults.ts";
import type { Attempt, FaultPlace, Plan, Subject } from "./subject.ts";

const STRAND = 1;

/** A process of some steps that fails if it stands still for long enough before one of the steps from `first` to `last`. */
class Sensitive extends OnlyRuns implements Subject {
  readonly #steps: number;
  readonly #first: number;
  readonly #last: number;
  readonly #leastMs: number;

  constructor(steps: number, first: number, last: number, leastMs: number) {
    super();
    this.#steps = steps;
    this.#first = first;
    this.#last = last;
    this.#leastMs = leastMs;
  }

  async prepare(): Promise<{ processes: number }> {
    return { processes: 1 };
  }

  async attempt({ faults = [] }: Plan): Promise<Attempt> {
    const [{ occurrence, ms }] = faults;
    const fails = occurrence >= this.#first && occurrence <= this.#last && Math.abs(ms) >= this.#leastMs;
    return {
      judgement: fails ? { property: "p", message: "m", operations: [] } : null,
      measure: {
        processes: 1,
        operations: 0,
        faults: 1,
        preemptions: 0,
        switches: 0,
        steps: this.#steps + 1,
        inputSize: 0,
      },
      // The fault's turn is one of them.
      steps: Array.from({ length: this.#steps + 1 }, (_, index) => ({
        strand: STRAND,
        candidates: [STRAND],
        preempts: false,
        entry: index + 1,
      })),
      draws: [],
      faults,
      struckAt: [occurrence],
    };
  }

  override faultPlaces(): FaultPlace[] {
    return Array.from({ length: this.#steps }, (_, index) => {
      return { strand: STRAND, fingerprint: 7, occurrence: index + 1, step: index + 1, asleep: false };
    });
  }
}

test("a fault moves to the earliest step at which it still does it, and is as short as it can be, forward or back", async () => {
  const places = fc.tuple(fc.integer({ min: 1, max: 30 }), fc.nat(29), fc.nat(29));
  await fc.assert(
    fc.asyncProperty(
      places,
      fc.integer({ min: 1, max: 5000 }),
      fc.nat(100_000),
      fc.boolean(),
      async (at, least, more, back) => {
        const [first, last, occurrence] = [...at].map((place) => Math.max(1, place)).sort((a, b) => a - b);
        const subject = new Sensitive(31, first, occurrence, least);
        const ms = (least + more) * (back ? -1 : 1);
        const fault: Fault = { kind: "clock", strand: STRAND, fingerprint: 7, occurrence: last, ms };
        const failing = await subject.attempt({ guide: [], draws: [], faults: [fault] });
        const { faults } = await smallerFaults(subject, {}, failing);
        expect(faults).toEqual([{ ...fault, occurrence: first, ms: back ? -least : least }]);
      },
    ),
    { numRuns: 200 },
  );
});
