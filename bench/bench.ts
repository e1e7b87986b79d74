/** A benchmark: measures, and returns what it measured as rows. */
export interface Bench {
  readonly name: string;
  /**
   * @param isWanted whether a row of this name was asked for: others need not be measured
   * @param progress may be told of rows as they are measured, for who waits
   */
  run(isWanted: (name: string) => boolean, progress: (row: BenchRow) => void): Promise<BenchRow[]>;
}

export interface Target {
  readonly met: boolean;
  /** In words, for who reads that it was missed. */
  readonly what: string;
}

export interface BenchRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What it is compared with, measured in the same run. */
  readonly peer?: string;
  readonly peerValue?: number;
  /** value / peerValue. */
  readonly ratio?: number;
  /** What is to be reached, and whether it was: where one row misses its own, the benchmark ends with status 1. */
  readonly target?: Target;
}
