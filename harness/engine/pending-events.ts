import type { Word } from "../../primitives/memory/word.ts";
import type { Announcement } from "../node/gate.ts";
import { KIND } from "./kinds.ts";
import { LIMITS, P, S, STRAND, type LaneMemory } from "./lane-memory.ts";
import type { ProcessLife } from "./process-life.ts";
import { textOf, type Recorder } from "./recorder.ts";
import type { AnnouncedDetails, Scheduler } from "./scheduler.ts";
import { processAt, strandAt } from "./strands.ts";

/**
 * What one process awaits: each event is announced to the scheduler, and happens when that has granted it. Events of the process
 * alone are announced only where there is a choice.
 */
export class PendingEvents {
  /** What keeps the process from ending when its role has returned: pending events, but for those that say otherwise. */
  holding = 0;
  /** A step whose body has not finished: it holds the baton until then. */
  insideStep = false;
  readonly #words: Int32Array;
  readonly #scheduler: Scheduler;
  readonly #recorder: Recorder;
  readonly #life: ProcessLife;
  readonly #process: number;
  readonly #own: number;
  /** Where in the user's code the stack is now. */
  readonly #place: () => string;
  readonly #tasks: (Task | undefined)[] = [];
  #pending = 0;
  /** Events of this process alone that happened and were not handled yet, oldest first. */
  readonly #local: LocalEvent[] = [];
  #localInARow = 0;

  constructor(
    memory: LaneMemory,
    scheduler: Scheduler,
    recorder: Recorder,
    life: ProcessLife,
    process: number,
    place: () => string,
  ) {
    this.#words = memory.words;
    this.#scheduler = scheduler;
    this.#recorder = recorder;
    this.#life = life;
    this.#process = process;
    this.#own = processAt(process);
    this.#place = place;
  }

  clear(): void {
    this.#tasks.length = 0;
    this.#pending = 0;
    this.holding = 0;
    this.#local.length = 0;
    this.insideStep = false;
  }

  /** No event of this process is to come, as far as it knows. */
  get idle(): boolean {
    return this.#pending === 0 && this.#local.length === 0;
  }

  /** Registers an event of this process; the promise settles when the scheduler has granted it and it has happened. */
  await<T>(kind: number, object: number, label: number, details: Details): Promise<T> {
    if (this.#life.stopped) return new Promise(() => {});
    details.signal?.throwIfAborted();
    const task = this.#freeTask();
    const record = this.#scheduler.announce(this.#process, task, kind, object, label, announcedDetails(details));
    if (details.sleepMs !== undefined) this.#scheduler.delay(record, details.sleepMs);
    this.#pending++;
    this.holding++;
    return new Promise<T>((resolve, reject) => {
      const place = this.#place();
      this.#tasks[task] = {
        kind,
        object,
        place,
        resolve: resolve as (value: unknown) => void,
        reject,
        holds: true,
        ...details,
      };
      details.signal?.addEventListener("abort", () => this.#abortTask(task, details.signal as AbortSignal), {
        once: true,
      });
    });
  }

  /** @param isNext the code that is running may take no step before this one, so that both can be one strand */
  expect(
    { kind, object, label, footprint, place }: Announcement,
    delayMs: number,
    fire: () => void,
    isNext = true,
  ): number {
    if (this.#life.stopped) return 0;
    const task = this.#freeTask(isNext);
    const record = this.#scheduler.announce(this.#process, task, kind, object, label, { byteLength: footprint });
    this.#scheduler.delay(record, delayMs);
    this.#pending++;
    this.#tasks[task] = { kind, object, place, resolve: fire, reject: ignore, holds: false };
    return task;
  }

  /** As `expect`, for what somebody else brings about; unless it is there already. */
  listen(event: Announcement, isThere: boolean, fire: () => void): number {
    const task = this.expect(event, 0, fire, false);
    if (task !== 0 && !isThere) this.#words[strandAt(this.#process, task) + S.state] = STRAND.listening;
    return task;
  }

  expectLocal(label: number, place: string, fire: () => void): void {
    if (!this.#life.stopped) this.#local.push({ label, place, fire });
  }

  forget(ticket: number): void {
    if (this.#tasks[ticket] === undefined || this.#life.stopped) return;
    this.#tasks[ticket] = undefined;
    this.#pending--;
    this.#words[strandAt(this.#process, ticket) + S.state] = STRAND.free;
  }

  hold(count: number): void {
    if (!this.#life.stopped) this.holding += count;
  }

  /** The event of `task` was granted: it happens now. */
  fire(task: number): void {
    const pending = this.#tasks[task];
    if (pending === undefined) return;
    if (pending.place !== "") this.#recorder.source(pending.place);
    if (pending.kind === KIND.wait && !this.#finishWait(pending, task)) return;
    this.#tasks[task] = undefined;
    this.#pending--;
    if (pending.holds) this.holding--;
    else this.#localInARow = 0;
    if (!pending.holds) this.#guarded(() => pending.resolve(undefined));
    else if (pending.kind === KIND.step) this.#runStep(pending);
    else if (pending.kind !== KIND.wait) pending.resolve(undefined);
  }

  /**
   * Handles a local event. It is a choice only where another event of this process could come first: else nobody can tell
   * whether it happens now or later. True if it was handled; false if there is none, or a choice is to be made.
   */
  fireLocal(): boolean {
    if (this.#local.length === 0) return false;
    if (this.#local.length === 1 && this.#localInARow < LOCAL_IN_A_ROW_MAX && !this.#somethingElseComes()) {
      const { fire } = this.#local.pop() as LocalEvent;
      this.#localInARow++;
      this.#guarded(fire);
      return true;
    }
    this.#localInARow = 0;
    for (const { label, place, fire } of this.#local.splice(0))
      this.expect({ kind: KIND.resume, object: 0, label, footprint: 0, place }, 0, fire);
    return false;
  }

  /** An event of this process other than the passing of time can come. */
  #somethingElseComes(): boolean {
    const words = this.#words;
    for (let task = 1; task <= words[this.#own + P.strandsUsed]; task++) {
      if (this.#tasks[task] === undefined) continue;
      if (words[strandAt(this.#process, task) + S.state] !== STRAND.sleeping) return true;
    }
    return false;
  }

  #guarded(fire: () => void): void {
    try {
      fire();
    } catch (error) {
      this.#life.uncaught(error);
    }
  }

  /** False if the waiter has fallen asleep and its event is yet to come. */
  #finishWait(pending: Task, task: number): boolean {
    const granted = this.#words[strandAt(this.#process, task) + S.kind];
    if (granted === KIND.resume) {
      if (pending.signal?.aborted === true) pending.reject(pending.signal.reason);
      else pending.resolve("woken");
      return true;
    }
    if (granted === KIND.timeout) {
      pending.resolve("timed-out");
      return true;
    }
    const value = (pending.word as Word).peek();
    this.#recorder.moved(value, value);
    if (value !== pending.expected) {
      pending.resolve("changed");
      return true;
    }
    if ((pending.deadlineMs as number) <= this.#scheduler.now()) {
      pending.resolve("timed-out");
      return true;
    }
    this.#scheduler.fallAsleep(this.#process, task, pending.object, pending.deadlineMs as number);
    return false;
  }

  #runStep(pending: Task): void {
    const fault = this.#life.befell();
    if (fault !== null) {
      pending.reject(this.#recorder.fileFault(fault));
      return;
    }
    let result: unknown;
    try {
      result = (pending.body as () => unknown)();
    } catch (error) {
      this.#recorder.stepResult(error instanceof Error ? textOf(error) : error);
      pending.reject(error);
      return;
    }
    if (!(result instanceof Promise)) {
      this.#recorder.stepResult(result);
      pending.resolve(result);
      return;
    }
    this.insideStep = true;
    result.then(
      (value: unknown) => {
        this.insideStep = false;
        this.#recorder.stepResult(value);
        pending.resolve(value);
      },
      (error: unknown) => {
        this.insideStep = false;
        this.#recorder.stepResult(textOf(error));
        pending.reject(error);
      },
    );
  }

  #abortTask(task: number, signal: AbortSignal): void {
    const pending = this.#tasks[task];
    if (pending === undefined || pending.signal !== signal || this.#life.stopped) return;
    const record = strandAt(this.#process, task);
    if (this.#words[record + S.state] !== STRAND.ready) this.#scheduler.makeReady(record, KIND.resume);
  }

  #freeTask(mayBeCurrent = true): number {
    const words = this.#words;
    const current = words[this.#own + P.strand];
    if (mayBeCurrent && this.#tasks[current] === undefined) return current;
    for (let task = 1; task < LIMITS.strandsMax; task++) {
      if (this.#tasks[task] === undefined && task !== current) return task;
    }
    throw new RangeError(
      `process ${this.#process + 1} awaits ${LIMITS.strandsMax - 1} things at the same time (limit: strandsMax). ` +
        "Await fewer at a time, or use more processes.",
    );
  }
}

interface Details {
  readonly word?: Word;
  readonly expected?: number;
  readonly deadlineMs?: number;
  readonly sleepMs?: number;
  readonly thinkMs?: number;
  readonly body?: () => unknown;
  readonly writes?: boolean;
  readonly signal?: AbortSignal | undefined;
}

interface Task extends Details {
  readonly kind: number;
  readonly object: number;
  readonly place: string;
  /** The process does not end before the event has happened. Without it, the event is one of Node's own interface. */
  readonly holds: boolean;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

interface LocalEvent {
  readonly label: number;
  readonly place: string;
  readonly fire: () => void;
}

function announcedDetails({ thinkMs, writes }: Details): AnnouncedDetails {
  return { thinkMs: thinkMs ?? 0, byteLength: writes === undefined ? 0 : writes ? 2 : 1 };
}

function ignore(): void {}

/** So many local events are handled one after the other before others get their turn. */
const LOCAL_IN_A_ROW_MAX = 100;
