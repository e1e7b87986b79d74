/**
 * Random numbers whose whole state is four words of the lane's memory, so that whoever holds the baton draws the next
 * one: xoshiro128** (Blackman and Vigna, 2018), seeded by splitmix32.
 */
function nextWord(state: Int32Array, at: number): number {
  const s1 = state[at + 1];
  const result = Math.imul(rotate(Math.imul(s1, 5), 7), 9);
  const t = s1 << 9;
  state[at + 2] ^= state[at];
  state[at + 3] ^= s1;
  state[at + 1] ^= state[at + 2];
  state[at] ^= state[at + 3];
  state[at + 2] ^= t;
  state[at + 3] = rotate(state[at + 3], 11);
  return result >>> 0;
}

/** In [0, 1), with 32 random bits. */
export function nextDouble(state: Int32Array, at: number): number {
  return nextWord(state, at) / 0x1_0000_0000;
}

/** Fills the four words from one seed. */
export function seedRandom(state: Int32Array, at: number, seed: number): void {
  let x = seed | 0;
  for (let index = 0; index < 4; index++) {
    x = (x + 0x9e3779b9) | 0;
    state[at + index] = mix(x);
  }
}

/** A seed for part `index` of whatever `seed` is for; different parts get unrelated ones. */
export function derivedSeed(seed: number, index: number): number {
  return mix((mix(seed | 0) + Math.imul(index + 1, 0x9e3779b9)) | 0);
}

function mix(value: number): number {
  let z = value;
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return z ^ (z >>> 16);
}

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}
