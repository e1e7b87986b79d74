import { Checker } from "../harness/check.ts";
import type { Bench, BenchRow } from "./bench.ts";
import { mutants } from "./exploration/mutants.ts";
import { proofs } from "./exploration/proofs.ts";
import { replays } from "./exploration/replays.ts";
import { shrinking } from "./exploration/shrinking.ts";
import { schedules } from "./exploration/schedules.ts";

/**
 * How soon what is wrong is found, how long small proofs take, how small and how certain a failure gets, and whether every
 * strategy's runs replay. Each part can be had by itself: `npm run bench -- exploration mutant`.
 */
export const exploration: Bench = {
  name: "exploration",
  async run(isWanted, progress) {
    await using checker = new Checker();
    const rows: BenchRow[] = [];
    for (const part of [schedules, proofs, mutants, shrinking, replays])
      rows.push(...(await part(checker, isWanted, progress)));
    return rows;
  },
};
