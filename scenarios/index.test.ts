import { expect, test } from "vitest";
import { SCENARIOS } from "./index.ts";

const BUILT_IN_PROPERTIES = [
  "no-deadlock",
  "no-livelock",
  "no-starvation",
  "no-uncaught-error",
  "no-early-exit",
  "no-process-death",
  "no-endless-run",
  "no-data-race",
];

const TUTORIAL =
  "palaces palaces-locked ktv ktv-unlimited traffic-light traffic-light-ignored-wait " +
  "producer-consumer producer-consumer-one-sentinel chefs chefs-without-task-done pipe-hello " +
  "pipe-eof pipe-eof-unmanaged pipe-contention pipe-contention-locked value-increment value-add " +
  "ticket-rush-unsafe ticket-rush-locked";

test("every program of the tutorial is a scenario, under the name that lessons and links use", () => {
  const names = SCENARIOS.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(TUTORIAL.split(" ")));
  expect(new Set(names).size).toBe(names.length);
});

test("every scenario says what it does, and a wrong one what it violates", () => {
  for (const { name, description, violates = [], properties } of SCENARIOS) {
    const known = [...properties.map((property) => property.name), ...BUILT_IN_PROPERTIES];
    const unknown = violates.filter((property) => !known.includes(property));
    expect({ name, description, unknown }).toEqual({
      name,
      description: expect.stringMatching(/^\S.{20,}[^.]$/),
      unknown: [],
    });
  }
});
