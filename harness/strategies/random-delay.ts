import type { Choice, Strategy } from "./strategy.ts";

/**
 * A delay at each scheduling point, in a time of the strategy's own; the strand whose delay ends first goes first. This is
 * what people do by hand when they put random sleeps into racy code, without the sleeping, and so that it replays.
 *
 * Most points get next to none and a few get long ones, in a proportion drawn once for each run: some runs are nearly
 * sequential, some interleave at every step. Where the program says how long it may think, the delay is drawn from that.
 */
export const randomDelay: Strategy = {
  name: "random-delay",
  fair: true,

  begin(choice) {
    choice.state[CLOCK] = 0;
    choice.state[LONG_SHARE] = LONG_SHARES[Math.floor(choice.random() * LONG_SHARES.length)];
  },

  announced(choice, strand) {
    choice.state[DUE + strand] = choice.state[CLOCK] + delayMs(choice, strand);
  },

  choose(choice) {
    const { state } = choice;
    let first = 0;
    for (let index = 1; index < choice.count; index++) {
      if (state[DUE + choice.strand(index)] < state[DUE + choice.strand(first)]) first = index;
    }
    return first;
  },

  granted(choice, strand) {
    choice.state[CLOCK] = Math.max(choice.state[CLOCK], choice.state[DUE + strand]);
  },
};

const LONG_MS = 1000;
const SHORT_MS = 1;
const LONG_SHARES = [0.02, 0.1, 0.3, 1];

// Places in the strategy's state.
const CLOCK = 0;
const LONG_SHARE = 1;
const DUE = 8;

function delayMs(choice: Choice, strand: number): number {
  const thinkMs = choice.thinkMs(strand);
  if (thinkMs > 0) return choice.random() * thinkMs;
  const limitMs = choice.random() < choice.state[LONG_SHARE] ? LONG_MS : SHORT_MS;
  return choice.random() * limitMs;
}
