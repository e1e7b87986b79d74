import { expect, test } from "vitest";
import type { Word } from "./memory/word.ts";
import { clear, GRANTED } from "./seats.ts";

const DEAD = 5;
const ALIVE = 6;

/** A place which `meanwhile` happens to between a look at it and the compareExchange that follows. */
function placeOf(agent: number, meanwhile: number): { place: Word; value: () => number } {
  let value = agent;
  const place = {
    peek() {
      const seen = value;
      value = meanwhile;
      return seen;
    },
    compareExchange(expected: number, next: number) {
      const found = value;
      if (found === expected) value = next;
      return found;
    },
  };
  return { place: place as unknown as Word, value: () => value };
}

test("what a dead one is granted while its place is emptied is not lost", () => {
  const { place, value } = placeOf(DEAD, DEAD | GRANTED);
  expect(clear(place)).toBe(GRANTED);
  expect(value()).toBe(0);
});

test("a place that somebody else took meanwhile stays his, with what he was granted", () => {
  const { place, value } = placeOf(DEAD, ALIVE | GRANTED);
  expect(clear(place)).toBe(0);
  expect(value()).toBe(ALIVE | GRANTED);
});

test("a place that another emptied meanwhile was granted nothing", () => {
  const { place, value } = placeOf(DEAD, 0);
  expect(clear(place)).toBe(0);
  expect(value()).toBe(0);
});
