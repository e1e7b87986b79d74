import { drawPriority, forgetPriorities, highest } from "./priorities.ts";
import { indexOfStrand, type Strategy } from "./strategy.ts";

/**
 * Partial-order sampling (Yuan, Yang and Gu, CAV 2018): each announced step has a random priority, the highest is taken, and
 * whoever raced with it draws a new one. So the order of two racing steps is drawn afresh each time, however many steps
 * of others, which race with neither, lie between. It needs no watch over spinning: taking a step means drawing again.
 */
export const pos: Strategy = {
  name: "pos",
  fair: true,

  begin: forgetPriorities,

  announced: drawPriority,

  choose: highest,

  granted(choice, strand) {
    const taken = indexOfStrand(choice, strand);
    for (let index = 0; index < choice.count; index++) {
      if (index !== taken && choice.dependent(index, taken)) drawPriority(choice, choice.strand(index));
    }
  },
};
