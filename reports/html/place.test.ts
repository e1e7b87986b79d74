import { expect, test } from "vitest";
import { readPlace, writePlace } from "./place.ts";

test("the address of a step leads back to it, whatever the scenario is called", () => {
  const place = { scenario: "购票 & co #1", step: 12 };
  expect(readPlace(writePlace(place))).toEqual(place);
});

test("an address that means nothing leads nowhere", () => {
  expect(readPlace("")).toEqual({ scenario: null, step: null });
  expect(readPlace("#step=-1&x")).toEqual({ scenario: null, step: null });
  expect(readPlace("#step=1e9")).toEqual({ scenario: null, step: null });
});
