/**
 * The history of a run: which operations were invoked, when, and what they returned. It is plain data: properties are
 * functions of it, reports draw it, and the linearizability checker reads histories that were recorded elsewhere in the
 * same shape.
 *
 * Ranks (`invoked`, `returned`) are positions on one line of events. In a run of forkcheck they are step numbers of the
 * trace, so `operation.returned` can be looked up there. Two operations are ordered only if one returned before the other
 * was invoked: `a.returned < b.invoked`. Equal ranks count as concurrent.
 */
export interface History {
  /** What fast-check generated for this run. */
  readonly input: unknown;
  /** All operations, ordered by `invoked`, ties by `id`. */
  readonly operations: readonly Operation[];
  /** How each process ended, in the order of the processes. */
  readonly processes: readonly ProcessEnd[];
  /** What the scenario's `final` function read from the shared objects when all was over; undefined without one. */
  readonly final: unknown;
  /**
   * Virtual time in milliseconds at each rank: `times[operation.invoked]`; the last one is the end of the run. It is there only if
   * one of the scenario's properties says `looksAtTime`.
   */
  readonly times?: readonly number[];
}

export interface Operation {
  /** Position in the order of recording; unique within the history. */
  readonly id: number;
  readonly process: string;
  /** Name of the operation: "buy", "acquire", "put". */
  readonly operation: string;
  /** Name of the object operated on, as `shared` named it; null for an operation of the scenario itself. */
  readonly object: string | null;
  readonly args: readonly unknown[];
  /** The returned value; the error's text if it threw; undefined while it is pending. */
  readonly result: unknown;
  /**
   * `pending`: it never returned, so it may or may not have taken effect, at any time after its invocation.
   * `threw` says nothing about the effect either, unless the model of the object does.
   */
  readonly outcome: "returned" | "threw" | "pending";
  readonly invoked: number;
  /** null while pending. */
  readonly returned: number | null;
  /** 0 for an outermost operation, 1 for one that it calls, ... */
  readonly depth: number;
}

export interface ProcessEnd {
  readonly process: string;
  readonly role: string;
  /**
   * `finished`: its role returned. `threw`: its role ended in an uncaught error. `blocked`: it was waiting when nobody could
   * move any more. `exited`: it left by `process.exit`. `killed`: it died of a signal. `stopped`: the run was cut off
   * while it could still move (a limit was reached).
   */
  readonly end: "finished" | "threw" | "blocked" | "exited" | "killed" | "stopped";
  /** The error's text, the exit status, the signal, or what it waited for; empty if it finished. */
  readonly reason: string;
  /** The process whose program has started it; absent for those of the scenario. */
  readonly startedBy?: string;
  /** Of a thread that the program has started, its number (`threadId`). */
  readonly thread?: number;
  /** Rank at which a fault killed it; absent for all others. Its pending operations may have happened, but not after that. */
  readonly at?: number;
}
