/**
 * The trace of a run: one entry for each step that the scheduler granted and for each event in between, numbered from 1.
 * It is what a person reads to understand the run, and what a replay must reproduce byte for byte.
 */
export interface TraceEntry {
  /** Position in the trace, from 1. */
  readonly step: number;
  /** Name of the process: "buyer 1". */
  readonly process: string;
  readonly kind: TraceKind;
  /** Name of the object as `shared` named it, or the file's name; null for what touches no shared object. */
  readonly object: string | null;
  /** What was done, in words: "read stock", "acquire lock", "buy". */
  readonly label: string;
  /** The value that moved: "→ 1" (came out), "← 0" (went in), "1 → 0" (changed); empty if none did. */
  readonly detail: string;
  /** Virtual time, in milliseconds since the run began. */
  readonly time: number;
  /** "file:line" of the user's code that took the step; null where it was not recorded. */
  readonly source: string | null;
  /** Where that code was called by a package, "file:line" of the package that came from outside; absent where it was not. */
  readonly via?: string;
  /** The id of the operation that the step belongs to, where it was recorded. */
  readonly operation?: number;
}

/**
 * Steps are what the scheduler chooses between; each is one atomic access or one named piece of the user's code.
 * Events (`return`, `throw`, `print`, `end`) happen inside a step or right after one, without a choice.
 */
export type TraceKind = StepKind | EventKind | FaultEventKind;

export type StepKind =
  | "read" // a load of a shared word, or a step of the user's that only reads
  | "write" // a store
  | "update" // an atomic read-modify-write
  | "wait" // looks at a word and goes to sleep unless it has changed
  | "wake" // wakes processes that sleep on a word
  | "resume" // goes on after having been woken
  | "timeout" // goes on because its time was up
  | "sleep" // goes on after a sleep in virtual time
  | "think" // takes as long as the schedule likes
  | "copy" // copies plain bytes in or out
  | "step" // a named piece of the user's code
  | "file" // what the kernel does at once to a file or a folder
  | "socket" // a request to a server, with the reply that came in time
  | "message" // starts, tells or ends a process that the program has started itself, or tells its parent
  | "receive" // hears what another process has told it
  | "start"; // begins what it was started for

export type EventKind =
  | "return" // an operation returned
  | "throw" // an operation or a role threw
  | "print" // the process wrote to its standard output or error
  | "end"; // the process ended

/** What a fault does in place of a process's step, in a turn of its own. */
export type FaultEventKind =
  | "kill" // the process dies of SIGKILL
  | "pause" // it stands still for a while
  | "spurious" // it wakes up for no reason
  | "jump" // the wall clock jumps
  | "restart"; // a fresh process begins the role of one that was killed
