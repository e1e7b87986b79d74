import { expect, test } from "vitest";
import type { Word } from "./memory/word.ts";
import { clear, GRANTED } from "./seats.ts";

const DEAD = 5;
const ALIVE = 6;

/** A place which `meanwhile` happens to between a look at it and the change that follows. */
function placeOf(meanwhile: number): { place: Word; value: () => number } {
  let value = meanwhile;
  const place = {
    update(next: (before: number, argument: number) => number, argument: number) {
      const before = value;
      value = next(before, argument);
      return before;
    },
  };
  return { place: place as unknown as Word, value: () => value };
}

test("what a dead one is granted while its place is emptied is not lost", () => {
  const { place, value } = placeOf(DEAD | GRANTED);
  expect(clear(place, DEAD)).toBe(GRANTED);
  expect(value()).toBe(0);
});

test("a place that somebody else took meanwhile stays his, with what he was granted", () => {
  const { place, value } = placeOf(ALIVE | GRANTED);
  expect(clear(place, DEAD)).toBe(0);
  expect(value()).toBe(ALIVE | GRANTED);
});

test("a place that another emptied meanwhile was granted nothing", () => {
  const { place, value } = placeOf(0);
  expect(clear(place, DEAD)).toBe(0);
  expect(value()).toBe(0);
});
