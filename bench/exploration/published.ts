/**
 * Mean schedules to the first failure as published with the artifact of SURW (Zhao, Wolff, Mathur and Roychoudhury, ASPLOS
 * 2025): 20 trials, at most 10,000 schedules each; null where a strategy never found the failure. PCT is given for d = 3.
 */
export const PUBLISHED: Readonly<Record<string, Readonly<Record<string, number | null>>>> = {
  account: { "random-walk": 18, pct: 4, "pct-10": 4, pos: 4, surw: 6 },
  bluetooth: { "random-walk": 215, pct: 112, "pct-10": 83, pos: 36, surw: 70 },
  deadlock01: { "random-walk": 3, pct: 13, "pct-10": 7, pos: 4, surw: 2 },
  lazy01: { "random-walk": 21, pct: 5, "pct-10": 5, pos: 5, surw: 2 },
  "reorder-3": { "random-walk": null, pct: 185, "pct-10": 148, pos: 86, surw: 7 },
  "reorder-5": { "random-walk": null, pct: 647, "pct-10": 1094, pos: 2169, surw: 10 },
  stack: { "random-walk": 176, pct: 3, "pct-10": 3, pos: 2, surw: 5 },
  "token-ring": { "random-walk": 13, pct: 8, "pct-10": 8, pos: 9, surw: 8 },
  twostage: { "random-walk": 464, pct: 13, "pct-10": 9, pos: 15, surw: 8 },
  "twostage-20": { "random-walk": null, pct: 159, "pct-10": 101, pos: 156, surw: 6 },
  wronglock: { "random-walk": 36, pct: 51, "pct-10": 20, pos: 10, surw: 7 },
  "work-steal-queue": { "random-walk": null, pct: 48, "pct-10": 16, pos: 12, surw: 6 },
};

/** The best of a program's row. */
export function bestPublished(program: string): { readonly strategy: string; readonly schedules: number } {
  let best = { strategy: "", schedules: Infinity };
  for (const [strategy, schedules] of Object.entries(PUBLISHED[program])) {
    if (schedules !== null && schedules < best.schedules) best = { strategy, schedules };
  }
  return best;
}
