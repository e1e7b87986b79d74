/** One row of the benchmark: what is measured, and how. */
export interface Measure {
  readonly name: string;
  readonly unit: string;
  /** What it is compared with. */
  readonly peer?: string;
  /** The peer's value comes with it, unless the peer is CPython. */
  take(): Taken | Promise<Taken>;
}

export interface Taken {
  readonly value: number;
  readonly peerValue?: number | undefined;
}

export const CPYTHON = "CPython";

/** A measure whose peer is the measure of the same name in cpython.py. */
export function besideCPython(name: string, unit: string, value: () => number | Promise<number>): Measure {
  return { name, unit, peer: CPYTHON, take: async () => ({ value: await value() }) };
}
