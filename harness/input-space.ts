/**
 * All inputs of a scenario by their size: with it shrinking searches everything that is smaller than a failure, and not only what
 * it comes across. `linearizable` has one for its programs.
 */
export interface InputSpace<Input = unknown> {
  sizeOf(input: Input): InputSize;
  /** How many inputs stand for all of that size; 0 if there are none, Infinity if it is not known which there are. */
  count(size: InputSize): number;
  standingFor(size: InputSize): Iterable<Representative<Input>>;
  /** The input with a process less, or an operation, those first that lack most. */
  smaller(input: Input): Iterable<Input>;
}

export interface InputSize {
  readonly processes: number;
  readonly operations: number;
}

/** One input that stands for several: where all its interleavings hold, all of theirs do. */
export interface Representative<Input> {
  /** It need not be one that the scenario generates. */
  readonly input: Input;
  /** Processes that make no difference if they change places: groups of them, by their numbers. */
  readonly alike: readonly (readonly number[])[];
  /**
   * Those that it stands for and that the scenario generates, itself among them if it is one.
   *
   * @param timed where somebody waits for a limited time, an input may have runs that are not among those of the one that stands for
   *   it; then all of them come. Else only such as might fail with fewer preemptions than it does.
   */
  inputs(timed: boolean): Iterable<Input>;
}
