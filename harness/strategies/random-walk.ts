import type { Strategy } from "./strategy.ts";

/** A uniform pick among the enabled strands at each step. */
export const randomWalk: Strategy = {
  name: "random-walk",
  fair: true,
  choose: (choice) => Math.floor(choice.random() * choice.count),
};
