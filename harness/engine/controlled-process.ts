import type { AccessKind, Probe, SharedObject, WaitOutcome } from "../../primitives/memory/probe.ts";
import type { Word } from "../../primitives/memory/word.ts";
import type { FaultKind } from "../fault.ts";
import type { Announcement, Gate } from "../node/gate.ts";
import { Asides } from "./asides.ts";
import type { Baton } from "./baton.ts";
import type { Family } from "./family.ts";
import { Flow } from "./flow.ts";
import { KIND } from "./kinds.ts";
import { ENDING, ENTRY, H, P, PROCESS, S, T, type LaneMemory } from "./lane-memory.ts";
import { PendingEvents } from "./pending-events.ts";
import { ProcessLife, RunAborted } from "./process-life.ts";
import { realWorkUnderWay } from "./real-work.ts";
import { entryAt, type Recorder } from "./recorder.ts";
import type { Scheduler } from "./scheduler.ts";
import { processAt, strandAt } from "./strands.ts";
import type { ServerWatch } from "./server-watch.ts";
import { placeText } from "./source-place.ts";
import { Turns } from "./turns.ts";

/**
 * One process of a run, under control: an event loop whose pending events the scheduler chooses between. Its blocking
 * operations are the special case of one event, with the stack waiting below it.
 *
 * It is the probe of its process, and it plays the role from its first line to its last.
 */
export class ControlledProcess implements Probe, Gate {
  readonly life: ProcessLife;
  readonly servers: ServerWatch;
  /** Something real is under way that is waited for before anybody else moves. */
  busy: () => boolean = () => false;
  /** Nothing is left to wait for in a program that another one has started, be it that it awaits what never comes. */
  beforeExit: (isSettled: boolean) => void = () => {};
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #scheduler: Scheduler;
  readonly #recorder: Recorder;
  readonly #turns: Turns;
  readonly #events: PendingEvents;
  readonly #process: number;
  readonly #own: number;
  readonly #flow = new Flow();
  readonly #asides: Asides;
  #roleSettled = false;
  /** It has been told that nothing is left to wait for, and no event has come since. */
  #toldOfExit = false;
  #quietTurns = 0;

  constructor(memory: LaneMemory, scheduler: Scheduler, baton: Baton, recorder: Recorder, process: number) {
    this.#words = memory.words;
    this.#bytes = memory.bytes;
    this.#scheduler = scheduler;
    this.#recorder = recorder;
    this.#process = process;
    this.#own = processAt(process);
    this.life = new ProcessLife(memory, scheduler, recorder, process);
    this.#turns = new Turns(memory, scheduler, baton, this.life, process);
    this.servers = this.#turns.servers;
    this.#events = new PendingEvents(memory, scheduler, recorder, this.life, process, () => this.place());
    this.#asides = new Asides(memory, process);
  }

  lasting = false;

  /** The scenario wants Node under control. */
  controlsNode = false;

  get active(): boolean {
    return this.controlsNode && this.playing;
  }

  get playing(): boolean {
    return this.life.playing;
  }

  /**
   * Plays the role. "over": it has ended, and the baton is passed on. "aborted": the run was cut off, and the baton is
   * still here. "outside": it awaits something that no step brings about, and the baton is still here; `goOn` is to be
   * called after the real event loop has turned.
   *
   * @param lasting it is a program that another one has started
   */
  play(role: () => unknown, lasting = false): "over" | "outside" | "aborted" {
    this.life.begin();
    this.lasting = lasting;
    this.#events.clear();
    this.#roleSettled = false;
    this.#toldOfExit = false;
    this.#quietTurns = 0;
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
    const events = this.#events;
    for (;;) {
      drainMicrotasks();
      if (words[H.aborting] === 1) return this.#leaveAborted();
      if (this.life.isCut) {
        this.life.forgetRun();
        return this.#turns.passOnForGood();
      }
      const idle = events.holding === 0 && !events.insideStep;
      if (this.lasting && idle && !this.life.isGone && !this.#toldOfExit) {
        if (!this.#roleSettled && (this.busy() || !this.#nothingWillCome())) return "outside";
        this.#tellOfExit();
        continue;
      }
      if (this.life.isGone || (this.#roleSettled && idle)) {
        if (!this.life.leave()) return this.#leaveAborted();
        this.life.end();
        return this.#turns.passOnForGood();
      }
      if (!events.insideStep) this.servers.connections?.settle(events.idle);
      const busy = this.busy();
      if (busy || events.insideStep || (events.idle && words[this.#own + P.server] === 0)) {
        if (busy || !this.#nothingWillCome()) return "outside";
        words[this.#own + P.state] = PROCESS.outside;
        // It is over for this process, whatever comes next in this lane: another scenario may be loaded.
        this.life.forgetRun();
        return this.#turns.passOnForGood();
      }
      this.#quietTurns = 0;
      this.#toldOfExit = false;
      if (events.fireLocal()) continue;
      this.#turns.takeTurns();
      if (this.life.aborted) return this.#leaveAborted();
      events.fire(words[this.#own + P.strand]);
    }
  }

  uncaught(error: unknown): void {
    this.life.uncaught(error);
  }

  exit(code: number): never {
    return this.life.exit(code);
  }

  // The probe.

  access(kind: AccessKind, offset: number): void {
    this.#blockUntilGranted(KIND[kind], offset, 0);
  }

  moved(before: number, after: number, wrote?: boolean): void {
    this.#recorder.moved(before, after, wrote);
  }

  copy(kind: "read" | "write", offset: number, byteLength: number): void {
    this.life.checkAlive();
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
    return this.#events.await<WaitOutcome>(KIND.wait, word.offset, 0, { word, expected, deadlineMs, signal });
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
    return this.#events.await<void>(KIND.sleep, 0, 0, { sleepMs: ms, signal });
  }

  sleepSync(ms: number): void {
    this.life.checkAlive();
    const record = this.#scheduler.announce(this.#process, 0, KIND.sleep, 0, 0);
    this.#scheduler.delay(record, ms);
    this.#awaitGrant();
  }

  invoked(object: SharedObject | null, operation: string, args: readonly unknown[]): number {
    if (this.life.stopped) return 0;
    const depth = this.controlsNode ? this.#flow.depth : undefined;
    return this.#recorder.invoked(object === null ? 0 : object.offset, operation, args, depth);
  }

  /** Runs the body of an operation of the scenario. What that is called by, and what it calls, is looked at in packages alone. */
  within<T>(operation: number, body: () => T): T {
    return this.controlsNode ? this.#flow.within(operation, body) : body();
  }

  returned(operation: number, result: unknown): void {
    this.#flow.ended(operation);
    if (!this.life.stopped) this.#recorder.returned(operation, result);
  }

  threw(operation: number, error: unknown): void {
    this.#flow.ended(operation);
    if (!this.life.stopped && !(error instanceof RunAborted)) this.#recorder.threw(operation, error);
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
    return this.#events.await<void>(KIND.think, 0, 0, { thinkMs: upToMs });
  }

  /** Blocks until the step is chosen, which it can be only while `word` holds `value`; then puts `next` there. */
  until(word: Word, value: number, next: number): void {
    this.life.checkAlive();
    const kind = next === value ? KIND.read : KIND.update;
    this.#scheduler.guard(this.#scheduler.announce(this.#process, 0, kind, word.offset, 0), value);
    this.#awaitGrant();
    if (next !== value) word.initialize(next);
    this.#recorder.moved(value, next);
  }

  /** A step of the user's own. `object` is a name's hash, `writes` says what it does to it. */
  step<T>(label: number, object: number, writes: boolean, body: () => T): Promise<T> {
    return this.#events.await<T>(KIND.step, object === 0 ? 0 : -object, label, { body, writes });
  }

  // What replaces Node's own interface (harness/node).

  get settled(): boolean {
    return this.#roleSettled;
  }

  get family(): Family {
    return this.#scheduler.family;
  }

  get steps(): number {
    return this.#words[this.#own + P.steps];
  }

  block({ kind, object, label, footprint }: Announcement): void {
    this.life.checkAlive();
    this.#scheduler.announce(this.#process, 0, kind, object, label, { byteLength: footprint });
    this.#awaitGrant();
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

  die(): never {
    return this.life.die();
  }

  crowded(): never {
    this.#scheduler.end(ENDING.crowded);
    throw new RunAborted();
  }

  place(): string {
    return this.#words[H.recordSource] === 1 ? placeText(this.#flow.operation) : "";
  }

  found(detail: string): void {
    if (!this.life.stopped) this.#recorder.stepResult(detail);
  }

  expect(event: Announcement, delayMs: number, fire: () => void): number {
    return this.#events.expect(event, delayMs, fire);
  }

  listen(event: Announcement, isThere: boolean, fire: () => void): number {
    return this.#events.listen(event, isThere, fire);
  }

  expectLocal(label: number, place: string, fire: () => void): void {
    this.#events.expectLocal(label, place, fire);
  }

  forget(ticket: number): void {
    this.#events.forget(ticket);
  }

  hold(count: number): void {
    this.#events.hold(count);
  }

  befell(): FaultKind | null {
    return this.life.befell();
  }

  dieInside(what: string): void {
    this.life.dieInside(what);
  }

  // Taking turns.

  #blockUntilGranted(kind: number, object: number, label: number): void {
    this.life.checkAlive();
    this.#scheduler.announce(this.#process, 0, kind, object, label);
    this.#awaitGrant();
  }

  /** Blocks this stack until its announced step is granted. */
  #awaitGrant(): void {
    this.servers.connections?.settle(false);
    this.#turns.takeTurns();
    if (this.#words[H.aborting] === 1) throw new RunAborted();
    if (this.#words[H.recordSource] === 1) this.#recorder.source(this.place());
  }

  /**
   * The copy that is about to be made stops half way, and the process with it. As nobody else moves before this process's next
   * step, it is as good to let it copy all, and to take the rest back when it comes there, which it then does not survive.
   */
  #cutCopy(offset: number, byteLength: number): void {
    const from = offset + (byteLength >> 1);
    const rest = this.#bytes.slice(from, offset + byteLength);
    this.life.dieInside("the copy", () => this.#bytes.set(rest, from));
  }

  // Ending.

  #roleFailed(error: unknown): void {
    this.#roleSettled = true;
    this.uncaught(error);
  }

  /** As Node has it, what it begins now is waited for, too. */
  #tellOfExit(): void {
    const isSettled = this.#roleSettled;
    this.#toldOfExit = true;
    this.#roleSettled = true;
    try {
      this.beforeExit(isSettled);
    } catch (error) {
      this.uncaught(error);
    }
  }

  #leaveAborted(): "aborted" {
    this.life.forgetRun();
    return "aborted";
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

const QUIET_TURNS = 4;

/** Runs promise reactions, ticks and reports of unhandled rejections until none is left, as Node does between two events. */
const drainMicrotasks = (process as unknown as { _tickCallback: () => void })._tickCallback;
