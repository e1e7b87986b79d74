import type { Checker } from "../../harness/check.ts";
import type { Bench, BenchRow } from "../bench.ts";

/** A part of the benchmark; all of them use the same processes. */
export type Part = (checker: Checker, ...options: Parameters<Bench["run"]>) => Promise<BenchRow[]>;
