import { expect, test } from "vitest";
import { timeFor } from "./test-time.ts";

test("a search leaves a fifth of the test's time to end the processes, and the assertion half of that", () => {
  expect(timeFor({ timeout: 5000, result: { startTime: 1000 } }, 1000)).toEqual({ searchMs: 4000, endMs: 4500 });
});

test("time that the test has spent already is gone", () => {
  expect(timeFor({ timeout: 5000, result: { startTime: 1000 } }, 3000)).toEqual({ searchMs: 2000, endMs: 2500 });
});

test("a test whose time is over gets one millisecond, not a negative limit", () => {
  expect(timeFor({ timeout: 100, result: { startTime: 0 } }, 9000)).toEqual({ searchMs: 1, endMs: 1 });
});

test("a retry has the whole time again", () => {
  expect(timeFor({ timeout: 5000, result: { startTime: 0, retryCount: 1 } }, 4000).searchMs).toBe(4000);
});

test("a clock that a test has set back gives no more time than the time-out", () => {
  expect(timeFor({ timeout: 5000, result: { startTime: 90_000 } }, 0).searchMs).toBe(4000);
});

test("without a time-out there is no limit", () => {
  expect(timeFor({ timeout: 0 }, 5).searchMs).toBe(Infinity);
  expect(timeFor({ timeout: Infinity }, 5).endMs).toBe(Infinity);
});
