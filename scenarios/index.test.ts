import { expect, test } from "vitest";
import { SCENARIOS } from "./index.ts";

const BUILT_IN_PROPERTIES = ["no-deadlock", "no-uncaught-error", "no-early-exit", "no-process-death", "no-endless-run"];

test("every program of the tutorial is a scenario, under the name that lessons and links use", () => {
  const names = SCENARIOS.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      ...["palaces", "palaces-locked", "ktv", "ktv-unlimited", "traffic-light", "traffic-light-ignored-wait"],
      ...["producer-consumer", "producer-consumer-one-sentinel", "chefs", "chefs-without-task-done"],
      ...["pipe-hello", "pipe-eof", "pipe-eof-unmanaged", "pipe-contention", "pipe-contention-locked"],
      ...["value-increment", "value-add", "ticket-rush-unsafe", "ticket-rush-locked"],
    ]),
  );
  expect(new Set(names).size).toBe(names.length);
});

test("every scenario says what it does, and a wrong one what it violates", () => {
  for (const { name, description, violates = [], properties } of SCENARIOS) {
    expect(description, name).toMatch(/^\S.{20,}[^.]$/);
    const known = [...properties.map((property) => property.name), ...BUILT_IN_PROPERTIES];
    expect(known, name).toEqual(expect.arrayContaining([...violates]));
  }
});
