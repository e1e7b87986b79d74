import { type Columns, prefixOf } from "../columns.ts";

/**
 * The least position such that the history up to and including it is wrong. Being wrong never ends once it has begun, so
 * the position is searched for around a guess, in steps that double, and then by halves: a good guess costs two checks.
 */
export function earliestWrong(columns: Columns, guess: number, wrong: (prefix: Columns) => boolean): number {
  const known = { bad: columns.events - 1, good: -1 };
  const test = (position: number): boolean => {
    const is = wrong(prefixOf(columns, position));
    if (is) known.bad = Math.min(known.bad, position);
    else known.good = Math.max(known.good, position);
    return is;
  };
  let step = 1;
  if (guess < known.bad && !test(guess)) {
    while (known.good + step < known.bad && !test(known.good + step)) step *= 2;
  } else {
    while (known.bad - step > known.good && test(known.bad - step)) step *= 2;
  }
  while (known.bad - known.good > 1) test((known.good + known.bad) >>> 1);
  return known.bad;
}
