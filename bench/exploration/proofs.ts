import type { BenchRow } from "../bench.ts";
import * as golden from "./golden.ts";
import type { Part } from "./part.ts";

/** How long it takes to execute every interleaving of a small program, in processes that are there already. */
export const proofs: Part = async (checker, isWanted, progress) => {
  const rows: BenchRow[] = [];
  for (const program of [golden.readers3, golden.lock3x2]) {
    const name = `proof of ${program.name}`;
    if (!isWanted(name)) continue;
    const tookMs: number[] = [];
    let interleavings = 0;
    for (let time = 0; time < TIMES; time++) {
      const startedAt = performance.now();
      const result = await checker.check(program, { exhaustive: true, seed: 1, jobs: 1 });
      if (!result.exhaustive) throw new Error(`${name}: ${result.verdict} ${result.message ?? ""}`);
      // The first time the processes start.
      if (time > 0) tookMs.push(performance.now() - startedAt);
      interleavings = result.runs;
    }
    const limitMs = LIMITS_MS[program.name as string];
    const value = Math.round(tookMs.toSorted((a, b) => a - b)[tookMs.length >> 1] * 10) / 10;
    const ratio = Math.round((value / limitMs) * 100) / 100;
    const row = {
      name,
      value,
      unit: `ms (${interleavings} interleavings)`,
      peer: `limit, ${limitMs} ms`,
      peerValue: limitMs,
      ratio,
      target: { met: value < limitMs, what: `in less than ${limitMs} ms` },
    };
    progress(row);
    rows.push(row);
  }
  return rows;
};

const TIMES = 10;
const LIMITS_MS: Readonly<Record<string, number>> = { "readers-3": 50, "lock-3x2": 200 };
