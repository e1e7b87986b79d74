import fc, { type Arbitrary } from "fast-check";

/** What `arbitrary` generates from a seed, with what it needs to shrink it. The same seed gives the same value. */
export function generated<T>(arbitrary: Arbitrary<T>, seed: number, biasFactor?: number): Generated<T> {
  let made: Generated<T> | null = null;
  class Capture extends fc.Arbitrary<null> {
    generate(random: fc.Random): fc.Value<null> {
      const value = arbitrary.generate(random, biasFactor);
      made = { value: value.value, context: value.context };
      return new fc.Value(null, undefined);
    }
    canShrinkWithoutContext(_value: unknown): _value is null {
      return false;
    }
    shrink(): fc.Stream<fc.Value<null>> {
      return fc.Stream.nil();
    }
  }
  fc.sample(new Capture(), { numRuns: 1, seed, unbiased: true, plugins: [] });
  return made as unknown as Generated<T>;
}

/** The values that `arbitrary` would try next in shrinking, at most `most` of them. */
export function shrunk<T>(arbitrary: Arbitrary<T>, from: Generated<T>, most: number): Generated<T>[] {
  const smaller: Generated<T>[] = [];
  if (from.context === undefined && !arbitrary.canShrinkWithoutContext(from.value)) return smaller;
  for (const value of arbitrary.shrink(from.value, from.context)) {
    if (smaller.length >= most) break;
    smaller.push({ value: value.value, context: value.context });
  }
  return smaller;
}

/** The smallest value that shrinking reaches by always taking the first, boldest candidate. */
export function smallest<T>(arbitrary: Arbitrary<T>): T {
  let value = generated(arbitrary, 1);
  for (let round = 0; round < SHRINK_ROUNDS_MAX; round++) {
    const [next] = shrunk(arbitrary, value, 1);
    if (next === undefined) break;
    value = next;
  }
  return value.value;
}

export interface Generated<T> {
  readonly value: T;
  readonly context: unknown;
}

const SHRINK_ROUNDS_MAX = 200;
