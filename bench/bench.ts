/** A benchmark: measures, and returns what it measured as rows. */
export interface Bench {
  readonly name: string;
  run(): Promise<BenchRow[]>;
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
}
