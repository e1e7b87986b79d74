import { FAULT_KINDS, type FaultKind } from "../fault.ts";
import { ENTRY, H, P, PROCESS, T, type LaneMemory } from "./lane-memory.ts";
import { entryAt, type Recorder } from "./recorder.ts";
import type { Scheduler } from "./scheduler.ts";
import { processAt } from "./strands.ts";

/** Whether one process of a run still takes steps, what befalls it, and how it ends. */
export class ProcessLife {
  readonly #words: Int32Array;
  readonly #scheduler: Scheduler;
  readonly #recorder: Recorder;
  readonly #process: number;
  readonly #own: number;
  #run = 0;
  #leaving = false;
  /** Set when the process has ended before its role has: no step may follow. */
  #gone: Gone | null = null;
  #cut: Cut | null = null;
  /** Called, as a part of the run, when the process ends otherwise than by being killed; with the error, if it ends by one. */
  atExit: (code: number, failure?: Failure) => void = () => {};

  constructor(memory: LaneMemory, scheduler: Scheduler, recorder: Recorder, process: number) {
    this.#words = memory.words;
    this.#scheduler = scheduler;
    this.#recorder = recorder;
    this.#process = process;
    this.#own = processAt(process);
  }

  begin(): void {
    this.#run = this.#words[H.run];
    this.#leaving = false;
    this.#gone = null;
    this.#cut = null;
  }

  /** True while a role is being played: what is printed belongs to the run. */
  get playing(): boolean {
    return this.#run !== 0 && !this.aborted;
  }

  /** The run was cut off, or another one has begun. */
  get aborted(): boolean {
    return this.#words[H.aborting] === 1 || this.#words[H.run] !== this.#run;
  }

  /** It has ended before its role has. */
  get isGone(): boolean {
    return this.#gone !== null;
  }

  /** It does not survive the step that it is in. */
  get isCut(): boolean {
    return this.#cut !== null;
  }

  /** Nothing of it counts any more. */
  get stopped(): boolean {
    return (this.#gone !== null && !this.#leaving) || this.#cut !== null || this.aborted;
  }

  /** Clears the stack of who takes a step that it may not take. */
  checkAlive(): void {
    if (this.aborted) throw new RunAborted();
    if (this.#gone !== null && !this.#leaving) throw new ProcessExited();
  }

  /** What befell the step just granted; null if nothing did. */
  befell(): FaultKind | null {
    const words = this.#words;
    if (words[H.faults] === 0) return null;
    const fault = words[entryAt(words[this.#own + P.lastEntry]) + T.flags] >> ENTRY.faultShift;
    return fault === 0 ? null : FAULT_KINDS[fault - 1];
  }

  /** An error that nobody caught, outside of the role's own promise: it ends the process, as it would end a real one. */
  uncaught(error: unknown): void {
    if (error instanceof RunAborted || error instanceof ProcessExited || !this.playing || this.#gone !== null) return;
    this.#gone = { state: PROCESS.threw, code: 1, failure: { error } };
    this.#recorder.failed(error);
  }

  /** What `process.exit` does while a role is being played: the process ends here, the worker lives on. */
  exit(code: number): never {
    if (this.#gone === null && this.playing) {
      this.#gone = { state: PROCESS.exited, code };
      this.leave();
      this.#recorder.exited(`${code}`);
    }
    throw new ProcessExited();
  }

  /** The step that it has just taken has killed it. */
  die(): never {
    this.#gone = { state: PROCESS.killed, code: 0 };
    this.#leaving = false;
    throw new ProcessExited();
  }

  /** The process does not survive the step that it is in: it is dead when it comes to its next one. */
  dieInside(what: string, undo: () => void = () => {}): void {
    this.#cut = { what, undo };
  }

  /** It comes to its next step: dead, if it was not to survive the last one. */
  finishCut(): void {
    if (this.#cut === null) return;
    const { what, undo } = this.#cut;
    this.#cut = null;
    undo();
    this.#recorder.exited(`SIGKILL in the middle of ${what}`);
    this.#scheduler.effects.kill(this.#process);
  }

  /** Runs what the program wants done at its end; false if the run was cut off meanwhile. */
  leave(): boolean {
    if (this.#leaving || this.#gone?.state === PROCESS.killed) return true;
    this.#leaving = true;
    try {
      this.atExit(this.#gone?.code ?? 0, this.#gone?.failure);
    } catch (error) {
      if (error instanceof RunAborted) return false;
      const gone = this.#gone;
      this.#gone = null;
      this.uncaught(error);
      this.#gone ??= gone;
    }
    return true;
  }

  end(): void {
    this.#words[this.#own + P.state] = this.#gone?.state ?? PROCESS.finished;
    this.#words[this.#own + P.blockedStack] = 0;
    this.#run = 0;
  }

  /** It takes no further part in the run, whatever comes of that. */
  forgetRun(): void {
    this.#run = 0;
  }
}

/** Thrown at every scheduling point of a run that is being cut off, to clear the stack. */
export class RunAborted extends Error {
  constructor() {
    super("the run is over");
  }
}

/** Thrown in place of leaving the process. */
class ProcessExited extends Error {
  constructor() {
    super("the process has ended");
  }
}

interface Gone {
  readonly state: number;
  readonly code: number;
  readonly failure?: Failure;
}

export interface Failure {
  readonly error: unknown;
}

/** A step that its process does not survive. */
interface Cut {
  readonly what: string;
  /** Takes back what was done of it beyond the cut. */
  readonly undo: () => void;
}
