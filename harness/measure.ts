/**
 * How large a failing run is. Counterexamples are compared by these numbers from left to right, so that 'smaller' means
 * what a reader would say: fewer processes first, whatever else grows.
 */
export interface Measure {
  readonly processes: number;
  /** Outermost operations. */
  readonly operations: number;
  readonly faults: number;
  /** Switches away from a process that waits for no other one and has not ended. */
  readonly preemptions: number;
  readonly switches: number;
  /** Steps that the scheduler granted. */
  readonly steps: number;
  /** Characters of the input and the drawn values, as JSON. */
  readonly inputSize: number;
}

/** Below 0 if `a` is smaller, 0 if they are equally large. */
export function compareMeasures(a: Measure, b: Measure): number {
  return (
    a.processes - b.processes ||
    a.operations - b.operations ||
    a.faults - b.faults ||
    a.preemptions - b.preemptions ||
    a.switches - b.switches ||
    a.steps - b.steps ||
    a.inputSize - b.inputSize
  );
}
