import { expect, test } from "vitest";
import { assert, check, ScenarioError } from "../index.ts";
import { ticketRushLocked, ticketRushUnsafe } from "./ticket-rush.ts";

// How a project that uses forkcheck tests its own code: ordinary tests, with `assert` or `check`.

test("no ticket is sold twice under a lock", () => assert(ticketRushLocked, { runs: 500, seed: 1 }));

test("without the lock the smallest failing run is handed back as a value", async () => {
  const { verdict, counterexample } = await check(ticketRushUnsafe, { seed: 1 });
  expect(verdict).toBe("fail");
  expect(counterexample?.input).toEqual({ tickets: 1, buyers: 2 });
});

test("assert fails at the line of the test, with the report as its message", async () => {
  const error = await assert(ticketRushUnsafe, { seed: 1 }).catch((thrown: unknown) => thrown as ScenarioError);
  expect(error).toBeInstanceOf(ScenarioError);
  const { name, message, stack } = error as ScenarioError;
  expect(name).toBe("RaceFound");
  expect(message).toMatch(/✗ ticket-rush-unsafe: 2 tickets sold, 1 in stock/);
  expect(message).toMatch(/npx forkcheck replay fc1:ticket-rush-unsafe:/);
  expect((stack ?? "").split("\n").find((line) => line.trim().startsWith("at "))).toMatch(/ticket-rush\.test\.ts:\d+/);
});
