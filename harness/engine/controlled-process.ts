import { FAULT_KINDS, type FaultKind } from "../fault.ts";
import type { AccessKind, Probe, SharedObject, WaitOutcome } from "../../primitives/memory/probe.ts";
import type { Word } from "../../primitives/memory/word.ts";
import type { Announcement, Gate } from "../node/gate.ts";
import { real } from "../node/originals.ts";
import type { Baton } from "./baton.ts";
import { Asides } from "./asides.ts";
import { KIND } from "./kinds.ts";
import {
  ENDING,
  ENTRY,
  H,
  LIMITS,
  P,
  PARTS,
  PROCESS,
  S,
  SIGNAL,
  STRAND,
  STRAND_BITS,
  T,
  type LaneMemory,
} from "./lane-memory.ts";
import { fileError } from "./file-error.ts";
import { Flow } from "./flow.ts";
import { entryAt, textOf, type Recorder } from "./recorder.ts";
import { processAt, REST, strandAt, type AnnouncedDetails, type Scheduler } from "./scheduler.ts";
import { ServerWatch } from "./server-watch.ts";
import { placeText } from "./source-place.ts";

/**
 * One process of a run, under control: an event loop whose pending events the scheduler chooses between. Its blocking
 * operations are the special case of one event, with the stack waiting below it.
 *
 * It is the probe of its process, and it plays the role from its first line to its last.
 */
export class ControlledProcess implements Probe, Gate {
  readonly #words: Int32Array;
  readonly #scheduler: Scheduler;
  readonly #baton: Baton;
  readonly #recorder: Recorder;
  readonly #process: number;
  readonly #own: number;
  readonly #tasks: (Task | undefined)[] = [];
  #pending = 0;
  /** What keeps the process from ending when its role has returned: pending events, but for those that say otherwise. */
  #holding = 0;
  /** Events of this process alone that happened and were not handled yet, oldest first. */
  readonly #local: LocalEvent[] = [];
  #localInARow = 0;
  #leaving = false;
  #run = 0;
  #roleSettled = false;
  /** Set when the process has ended before its role has: no step may follow. */
  #gone: Gone | null = null;
  /** A step whose body has not finished: it holds the baton until then. */
  #insideStep = false;
  #quietTurns = 0;
  /** Called, as a part of the run, when the process ends otherwise than by being killed. */
  atExit: (code: number) => void = () => {};
  readonly servers: ServerWatch;
  /** Something real is under way that is waited for before anybody else moves. */
  busy: () => boolean = () => false;
  readonly #bytes: Uint8Array;
  readonly #flow = new Flow();
  readonly #asides: Asides;
  #cut: Cut | null = null;

  constructor(memory: LaneMemory, scheduler: Scheduler, baton: Baton, recorder: Recorder, process: number) {
    this.#words = memory.words;
    this.#bytes = memory.bytes;
    this.#scheduler = scheduler;
    this.#baton = baton;
    this.#recorder = recorder;
    this.servers = new ServerWatch(memory, scheduler, baton, process);
    this.#process = process;
    this.#own = processAt(process);
    this.#asides = new Asides(memory, process);
  }

  /** The scenario wants Node under control. */
  controlsNode = false;

  get active(): boolean {
    return this.controlsNode && this.playing;
  }

  /** True while a role is being played: what is printed belongs to the run. */
  get playing(): boolean {
    return this.#run !== 0 && this.#words[H.run] === this.#run && this.#words[H.aborting] === 0;
  }

  /**
   * Plays the role. "over": it has ended, and the baton is passed on. "aborted": the run was cut off, and the baton is
   * still here. "outside": it awaits something that no step brings about, and the baton is still here; `goOn` is to be
   * called after the real event loop has turned.
   */
  play(role: () => unknown): "over" | "outside" | "aborted" {
    this.#run = this.#words[H.run];
    this.#tasks.length = 0;
    this.#pending = 0;
    this.#holding = 0;
    this.#local.length = 0;
    this.#leaving = false;
    this.#roleSettled = false;
    this.#gone = null;
    this.#insideStep = false;
    this.#quietTurns = 0;
    this.#cut = null;
    this.#flow.clear();
    try {
      const result = role();
      if (result instanceof Promise) {
        result.then(
          () => {
            this.#roleSettled = true;
          },
          (error: unknown) => this.#roleFailed(error),
        );
      } else {
        this.#roleSettled = true;
      }
    } catch (error) {
      this.#roleFailed(error);
    }
    return this.goOn();
  }

  /** See `play`. */
  goOn(): "over" | "outside" | "aborted" {
    const words = this.#words;
    for (;;) {
      drainMicrotasks();
      if (words[H.aborting] === 1) return this.#leaveAborted();
      if (this.#cut !== null) {
        this.#run = 0;
        return this.#passOnForGood();
      }
      if (this.#gone !== null || (this.#roleSettled && this.#holding === 0 && !this.#insideStep)) {
        if (!this.#leave()) return this.#leaveAborted();
        this.#endProcess();
        return this.#passOnForGood();
      }
      if (!this.#insideStep) this.servers.connections?.settle(this.#idle);
      const busy = this.busy();
      if (busy || this.#insideStep || (this.#idle && words[this.#own + P.server] === 0)) {
        if (busy || !this.#nothingWillCome()) return "outside";
        words[this.#own + P.state] = PROCESS.outside;
        // It is over for this process, whatever comes next in this lane: another scenario may be loaded.
        this.#run = 0;
        return this.#passOnForGood();
      }
      this.#quietTurns = 0;
      if (this.#fireLocal()) continue;
      if (!this.#passOn()) this.servers.awaitTurn();
      if (words[H.aborting] === 1 || words[H.run] !== this.#run) return this.#leaveAborted();
      this.#fire(words[this.#own + P.strand]);
    }
  }

  /** An error that nobody caught, outside of the role's own promise: it ends the process, as it would end a real one. */
  uncaught(error: unknown): void {
    if (error instanceof RunAborted || error instanceof ProcessExited || !this.playing || this.#gone !== null) return;
    this.#gone = { state: PROCESS.threw, code: 1 };
    this.#recorder.failed(error);
  }

  /** What `process.exit` does while a role is being played: the process ends here, the worker lives on. */
  exit(code: number): never {
    if (this.#gone === null && this.playing) {
      this.#gone = { state: PROCESS.exited, code };
      this.#leave();
      this.#recorder.exited(`${code}`);
    }
    throw new ProcessExited();
  }

  // The probe.

  access(kind: AccessKind, offset: number): void {
    this.#blockUntilGranted(KIND[kind], offset, 0);
  }

  moved(before: number, after: number, wrote?: boolean): void {
    this.#recorder.moved(before, after, wrote);
  }

  copy(kind: "read" | "write", offset: number, byteLength: number): void {
    this.#checkAlive();
    this.#scheduler.announce(this.#process, 0, KIND.copy, offset, kind === "read" ? 1 : 2, { byteLength });
    this.#awaitGrant();
    if (this.befell() === "cut") this.#cutCopy(offset, byteLength);
  }

  aside(kind: "read" | "write", offset: number, byteLength: number, mask: number): void {
    if (this.#words[H.recordAsides] === 1 && this.playing) this.#asides.add(kind, offset, byteLength, mask);
  }

  wait(word: Word, expected: number, deadlineMs: number): WaitOutcome {
    this.#blockUntilGranted(KIND.wait, word.offset, 0);
    const value = word.peek();
    this.#recorder.moved(value, value);
    if (value !== expected) return "changed";
    if (deadlineMs <= this.#scheduler.now()) return "timed-out";
    this.#scheduler.fallAsleep(this.#process, 0, word.offset, deadlineMs);
    this.#awaitGrant();
    return this.#words[strandAt(this.#process, 0) + S.kind] === KIND.timeout ? "timed-out" : "woken";
  }

  waitAsync(word: Word, expected: number, deadlineMs: number, signal?: AbortSignal): Promise<WaitOutcome> {
    return this.#await<WaitOutcome>(KIND.wait, word.offset, 0, { word, expected, deadlineMs, signal });
  }

  wake(word: Word, count: number): number {
    this.#blockUntilGranted(KIND.wake, word.offset, 0);
    const woken = this.#scheduler.wakeWaiters(word.offset, count);
    this.#recorder.moved(woken, woken);
    return woken;
  }

  now(): number {
    return this.#scheduler.now();
  }

  wallOffset(): number {
    return this.#scheduler.wallOffset();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#await<void>(KIND.sleep, 0, 0, { sleepMs: ms, signal });
  }

  sleepSync(ms: number): void {
    this.#checkAlive();
    const record = this.#scheduler.announce(this.#process, 0, KIND.sleep, 0, 0);
    this.#scheduler.delay(record, ms);
    this.#awaitGrant();
  }

  invoked(object: SharedObject | null, operation: string, args: readonly unknown[]): number {
    if (this.#stopped()) return 0;
    const depth = this.controlsNode ? this.#flow.depth : undefined;
    return this.#recorder.invoked(object === null ? 0 : object.offset, operation, args, depth);
  }

  /** Runs the body of an operation of the scenario. What that is called by, and what it calls, is looked at in packages alone. */
  within<T>(operation: number, body: () => T): T {
    return this.controlsNode ? this.#flow.within(operation, body) : body();
  }

  returned(operation: number, result: unknown): void {
    this.#flow.ended(operation);
    if (!this.#stopped()) this.#recorder.returned(operation, result);
  }

  threw(operation: number, error: unknown): void {
    this.#flow.ended(operation);
    if (!this.#stopped() && !(error instanceof RunAborted)) this.#recorder.threw(operation, error);
  }

  agent(): number {
    return this.#process + 1;
  }

  /** Nobody dies but of a fault; and what is done next depends on the answer, which the exhaustive search has to know. */
  alive(agent: number): boolean {
    const words = this.#words;
    if (words[H.faults] === 0) return true;
    const last = words[this.#own + P.lastEntry];
    if (last > 0) words[entryAt(last) + T.flags] |= ENTRY.looked;
    return words[processAt(agent - 1) + P.state] !== PROCESS.killed;
  }

  // What roles do beyond the probe.

  think(upToMs: number): Promise<void> {
    return this.#await<void>(KIND.think, 0, 0, { thinkMs: upToMs });
  }

  /** Blocks until the step is chosen, which it can be only while `word` holds `value`; then puts `next` there. */
  until(word: Word, value: number, next: number): void {
    this.#checkAlive();
    const kind = next === value ? KIND.read : KIND.update;
    this.#scheduler.guard(this.#scheduler.announce(this.#process, 0, kind, word.offset, 0), value);
    this.#awaitGrant();
    if (next !== value) word.initialize(next);
    this.#recorder.moved(value, next);
  }

  /** A step of the user's own. `object` is a name's hash, `writes` says what it does to it. */
  step<T>(label: number, object: number, writes: boolean, body: () => T): Promise<T> {
    return this.#await<T>(KIND.step, object === 0 ? 0 : -object, label, { body, writes });
  }

  // What replaces Node's own interface (harness/node).

  get settled(): boolean {
    return this.#roleSettled;
  }

  get steps(): number {
    return this.#words[this.#own + P.steps];
  }

  block({ kind, object, label, footprint }: Announcement): void {
    this.#checkAlive();
    this.#scheduler.announce(this.#process, 0, kind, object, label, { byteLength: footprint });
    this.#awaitGrant();
  }

  expect({ kind, object, label, footprint, place }: Announcement, delayMs: number, fire: () => void): number {
    if (this.#stopped()) return 0;
    const task = this.#freeTask();
    const record = this.#scheduler.announce(this.#process, task, kind, object, label, { byteLength: footprint });
    this.#scheduler.delay(record, delayMs);
    this.#pending++;
    this.#tasks[task] = { kind, object, place, resolve: fire, reject: ignore, holds: false };
    return task;
  }

  expectLocal(label: number, place: string, fire: () => void): void {
    if (!this.#stopped()) this.#local.push({ label, place, fire });
  }

  forget(ticket: number): void {
    if (this.#tasks[ticket] === undefined || this.#stopped()) return;
    this.#tasks[ticket] = undefined;
    this.#pending--;
    this.#words[strandAt(this.#process, ticket) + S.state] = STRAND.free;
  }

  hold(count: number): void {
    if (!this.#stopped()) this.#holding += count;
  }

  touched(): void {
    this.#words[H.servers] = 1;
    this.#words[H.touched] = 1;
  }

  listensTo(server: number): void {
    this.#words[this.#own + P.server] = server;
  }

  refuse(what: string): never {
    this.#recorder.exited(what);
    this.#words[H.endingProcess] = this.#process;
    this.#scheduler.end(ENDING.refused);
    throw new RunAborted();
  }

  place(): string {
    return this.#words[H.recordSource] === 1 ? placeText(this.#flow.operation) : "";
  }

  found(detail: string): void {
    if (!this.#stopped()) this.#recorder.stepResult(detail);
  }

  /**
   * Handles a local event. It is a choice only where another event of this process could come first: else nobody can tell
   * whether it happens now or later. True if it was handled; false if there is none, or a choice is to be made.
   */
  #fireLocal(): boolean {
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
      this.uncaught(error);
    }
  }

  // Taking turns.

  #blockUntilGranted(kind: number, object: number, label: number): void {
    this.#checkAlive();
    this.#scheduler.announce(this.#process, 0, kind, object, label);
    this.#awaitGrant();
  }

  /** Blocks this stack until its announced step is granted. */
  #awaitGrant(): void {
    this.servers.connections?.settle(false);
    if (!this.#passOn()) this.servers.awaitTurn();
    if (this.#words[H.aborting] === 1) throw new RunAborted();
    if (this.#words[H.recordSource] === 1) this.#recorder.source(this.place());
  }

  /** Gives the baton to whoever is next; true if that is this process. */
  #passOn(): boolean {
    const words = this.#words;
    if (this.#cut !== null) this.#finishCut(this.#cut);
    const starting = words[H.starting] + 1;
    if (starting < words[H.starters] && words[H.ending] === 0) {
      words[H.starting] = starting;
      this.#baton.passTo(starting + 1);
      return false;
    }
    this.servers.look();
    if (words[H.aborting] === 1) return true;
    let strand = this.#scheduler.pick();
    while (strand === REST) {
      if (words[H.doomed] !== 0) this.#signalDoomed();
      this.servers.listenInSilence();
      if (words[H.aborting] === 1) return true;
      strand = this.#scheduler.pick();
    }
    if (words[H.servers] === 1) words[H.silent] = 0;
    if (words[H.doomed] !== 0) this.#signalDoomed();
    const next = strand < 0 ? -1 : strand >> STRAND_BITS;
    if (next === this.#process) return true;
    const dying = words[this.#own + P.signal] === SIGNAL.due;
    if (dying) this.#note(this.#process);
    this.#baton.passTo(next + 1);
    if (dying) real.kill(real.pid, "SIGKILL");
    return false;
  }

  /** This process takes no further step. */
  #passOnForGood(): "over" | "aborted" {
    return this.#passOn() && this.#words[H.aborting] === 1 ? "aborted" : "over";
  }

  /** No event of this process is to come, as far as it knows. */
  get #idle(): boolean {
    return this.#pending === 0 && this.#local.length === 0;
  }

  /**
   * Who was killed by a fault and is not this process gets its signal at once: it is parked, and holds nothing. This one itself
   * only tells its servers, for now.
   */
  #signalDoomed(): void {
    const words = this.#words;
    if (words[this.#own + P.signal] === SIGNAL.due) this.servers.connections?.closeAll();
    for (let process = 0; process < words[H.processes]; process++) {
      if (process === this.#process || words[processAt(process) + P.signal] !== SIGNAL.due) continue;
      this.#note(process);
      real.kill(words[(PARTS.pids >> 2) + process], "SIGKILL");
    }
  }

  /** Before the baton is passed on: who holds it next is not to find the process among the doomed. */
  #note(process: number): void {
    this.#words[processAt(process) + P.signal] = SIGNAL.sent;
    this.#words[H.doomed]--;
  }

  /** What befell the step just granted; null if nothing did. */
  befell(): FaultKind | null {
    const words = this.#words;
    if (words[H.faults] === 0) return null;
    const fault = words[entryAt(words[this.#own + P.lastEntry]) + T.flags] >> ENTRY.faultShift;
    return fault === 0 ? null : FAULT_KINDS[fault - 1];
  }

  /**
   * The copy that is about to be made stops half way, and the process with it. As nobody else moves before this process's next
   * step, it is as good to let it copy all, and to take the rest back when it comes there, which it then does not survive.
   */
  #cutCopy(offset: number, byteLength: number): void {
    const from = offset + (byteLength >> 1);
    const rest = this.#bytes.slice(from, offset + byteLength);
    this.dieInside("the copy", () => this.#bytes.set(rest, from));
  }

  /** The process does not survive the step that it is in: it is dead when it comes to its next one. */
  dieInside(what: string, undo: () => void = ignore): void {
    this.#cut = { what, undo };
  }

  #finishCut({ what, undo }: Cut): void {
    this.#cut = null;
    undo();
    this.#recorder.exited(`SIGKILL in the middle of ${what}`);
    this.#scheduler.effects.kill(this.#process);
  }

  /** Registers an event of this process; the promise settles when the scheduler has granted it and it has happened. */
  #await<T>(kind: number, object: number, label: number, details: Details): Promise<T> {
    if (this.#stopped()) return new Promise(() => {});
    details.signal?.throwIfAborted();
    const task = this.#freeTask();
    const record = this.#scheduler.announce(this.#process, task, kind, object, label, announcedDetails(details));
    if (details.sleepMs !== undefined) this.#scheduler.delay(record, details.sleepMs);
    this.#pending++;
    this.#holding++;
    return new Promise<T>((resolve, reject) => {
      const place = this.place();
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

  #freeTask(): number {
    const words = this.#words;
    const current = words[this.#own + P.strand];
    if (this.#tasks[current] === undefined) return current;
    for (let task = 1; task < LIMITS.strandsMax; task++) {
      if (this.#tasks[task] === undefined) return task;
    }
    throw new RangeError(
      `process ${this.#process + 1} awaits ${LIMITS.strandsMax - 1} things at the same time (limit: strandsMax). ` +
        "Await fewer at a time, or use more processes.",
    );
  }

  /** The event of `task` was granted: it happens now. */
  #fire(task: number): void {
    const pending = this.#tasks[task];
    if (pending === undefined) return;
    if (pending.place !== "") this.#recorder.source(pending.place);
    if (pending.kind === KIND.wait && !this.#finishWait(pending, task)) return;
    this.#tasks[task] = undefined;
    this.#pending--;
    if (pending.holds) this.#holding--;
    else this.#localInARow = 0;
    if (!pending.holds) this.#guarded(() => pending.resolve(undefined));
    else if (pending.kind === KIND.step) this.#runStep(pending);
    else if (pending.kind !== KIND.wait) pending.resolve(undefined);
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
    const fault = this.befell();
    if (fault !== null) {
      const error = fileError(fault, this.#recorder.objectName());
      this.#recorder.stepResult(textOf(error));
      pending.reject(error);
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
    this.#insideStep = true;
    result.then(
      (value: unknown) => {
        this.#insideStep = false;
        this.#recorder.stepResult(value);
        pending.resolve(value);
      },
      (error: unknown) => {
        this.#insideStep = false;
        this.#recorder.stepResult(textOf(error));
        pending.reject(error);
      },
    );
  }

  #abortTask(task: number, signal: AbortSignal): void {
    const pending = this.#tasks[task];
    if (pending === undefined || pending.signal !== signal || this.#stopped()) return;
    const record = strandAt(this.#process, task);
    if (this.#words[record + S.state] !== STRAND.ready) this.#scheduler.makeReady(record, KIND.resume);
  }

  // Ending.

  #roleFailed(error: unknown): void {
    this.#roleSettled = true;
    this.uncaught(error);
  }

  #endProcess(): void {
    this.#words[this.#own + P.state] = this.#gone?.state ?? PROCESS.finished;
    this.#words[this.#own + P.blockedStack] = 0;
    this.#run = 0;
  }

  /** Runs what the program wants done at its end; false if the run was cut off meanwhile. */
  #leave(): boolean {
    if (this.#leaving) return true;
    this.#leaving = true;
    try {
      this.atExit(this.#gone?.code ?? 0);
    } catch (error) {
      if (error instanceof RunAborted) return false;
      const gone = this.#gone;
      this.#gone = null;
      this.uncaught(error);
      this.#gone ??= gone;
    }
    return true;
  }

  #leaveAborted(): "aborted" {
    this.#run = 0;
    return "aborted";
  }

  #stopped(): boolean {
    return (
      (this.#gone !== null && !this.#leaving) ||
      this.#cut !== null ||
      this.#words[H.aborting] === 1 ||
      this.#words[H.run] !== this.#run
    );
  }

  #checkAlive(): void {
    if (this.#words[H.aborting] === 1 || this.#words[H.run] !== this.#run) throw new RunAborted();
    if (this.#gone !== null && !this.#leaving) throw new ProcessExited();
  }

  /**
   * Nothing real is under way in this process, and none of its tasks waits for a step: what it awaits will never come.
   * Seen in several turns of the event loop, because a finished operation is delivered in the next one.
   */
  #nothingWillCome(): boolean {
    this.#quietTurns = realWorkUnderWay() ? 0 : this.#quietTurns + 1;
    return this.#quietTurns > QUIET_TURNS;
  }
}

/** Thrown at every scheduling point of a run that is being cut off, to clear the stack. */
class RunAborted extends Error {
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

/** A step that its process does not survive. */
interface Cut {
  readonly what: string;
  /** Takes back what was done of it beyond the cut. */
  readonly undo: () => void;
}

function announcedDetails({ thinkMs, writes }: Details): AnnouncedDetails {
  return { thinkMs: thinkMs ?? 0, byteLength: writes === undefined ? 0 : writes ? 2 : 1 };
}

interface Gone {
  readonly state: number;
  readonly code: number;
}

function ignore(): void {}

/** So many local events are handled one after the other before others get their turn. */
const LOCAL_IN_A_ROW_MAX = 100;

const QUIET_TURNS = 4;

/** What is always there in a worker: its standard streams and the channel to its parent. */
const restingResources = new Map<string, number>();

/** To be called once, when the worker is otherwise idle. */
export function rememberRestingResources(): void {
  restingResources.clear();
  for (const name of process.getActiveResourcesInfo())
    restingResources.set(name, (restingResources.get(name) ?? 0) + 1);
}

function realWorkUnderWay(): boolean {
  const counts = new Map<string, number>();
  for (const name of process.getActiveResourcesInfo()) {
    if (name === "Immediate") continue;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    if (count > (restingResources.get(name) ?? 0)) return true;
  }
  return false;
}

/** Runs promise reactions, ticks and reports of unhandled rejections until none is left, as Node does between two events. */
const drainMicrotasks = (process as unknown as { _tickCallback: () => void })._tickCallback;
