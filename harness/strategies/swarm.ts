import { PLACES } from "./state-places.ts";
import { processOf, type Choice, type Strategy } from "./strategy.ts";

/**
 * A walk with a weight for each process, drawn anew for each run: in some runs one process takes long stretches at a time,
 * in others all move at the same pace. After swarm verification (Holzmann, Joshi and Groce, ASE 2008), where many
 * differently biased searches find more than a single balanced one; as weights, in T. Thomson, A. Donaldson and
 * A. Betts, TOPC 2016.
 */
export const swarm: Strategy = {
  name: "swarm",
  fair: true,

  begin(choice) {
    for (let process = 0; process < choice.processes; process++) {
      choice.state[WEIGHTS + process] = 1 + Math.floor(choice.random() * WEIGHT_MAX);
    }
  },

  choose(choice) {
    let total = 0;
    for (let index = 0; index < choice.count; index++) total += weightOf(choice, index);
    let left = choice.random() * total;
    for (let index = 0; index < choice.count; index++) {
      left -= weightOf(choice, index);
      if (left < 0) return index;
    }
    return choice.count - 1;
  },
};

const WEIGHT_MAX = 50;
const WEIGHTS = PLACES.own;

function weightOf(choice: Choice, index: number): number {
  const process = processOf(choice.strand(index));
  return choice.state[WEIGHTS + (process % choice.processes)];
}
