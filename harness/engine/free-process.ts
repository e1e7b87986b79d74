import { monotonicNow, park, parkAsync, unpark } from "../../primitives/memory/parking.ts";
import type { AccessKind, Probe, SharedObject, WaitOutcome } from "../../primitives/memory/probe.ts";
import type { Word } from "../../primitives/memory/word.ts";
import type { FreeFaults } from "./free-faults.ts";
import { KIND } from "./kinds.ts";
import { ENTRY, H, O, P, PROCESS, T, type LaneMemory } from "./lane-memory.ts";
import { derivedSeed, nextDouble, seedRandom } from "./random.ts";
import { entryNumber, operationAt, type Recorder } from "./recorder.ts";
import type { Scheduler } from "./scheduler.ts";
import { processAt } from "./strands.ts";

/**
 * One process of a run in free mode: nothing holds it back, all processes run in parallel on all cores. Before each step it
 * may be delayed for real, and then takes a number: the order of the numbers is the trace, as near to the true order as
 * two neighbouring instructions are.
 */
export class FreeProcess implements Probe {
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #scheduler: Scheduler;
  readonly #recorder: Recorder;
  readonly #faults: FreeFaults;
  readonly #process: number;
  readonly #own: number;
  readonly #random = new Int32Array(4);
  readonly #bell = new Int32Array(new SharedArrayBuffer(4));
  #delayMsMax = 0;
  #playing = false;

  constructor(memory: LaneMemory, scheduler: Scheduler, recorder: Recorder, faults: FreeFaults, process: number) {
    this.#words = memory.words;
    this.#bytes = memory.bytes;
    this.#scheduler = scheduler;
    this.#recorder = recorder;
    this.#faults = faults;
    this.#process = process;
    this.#own = processAt(process);
  }

  get playing(): boolean {
    return this.#playing;
  }

  /** Plays the role to its end, on the event loop as it is. */
  async play(role: () => unknown): Promise<void> {
    seedRandom(this.#random, 0, derivedSeed(this.#words[H.freeSeed], this.#process));
    this.#delayMsMax = this.#words[H.delayMicrosMax] / 1000;
    this.#playing = true;
    let state: number = PROCESS.finished;
    try {
      await role();
    } catch (error) {
      state = error instanceof FreeExit ? PROCESS.exited : PROCESS.threw;
      if (error instanceof FreeExit) this.#recorder.exited(error.message);
      else this.#recorder.failed(error);
    }
    this.#faults.leave(this.#process);
    this.#playing = false;
    this.#words[this.#own + P.state] = state;
    this.#faults.finished();
  }

  uncaught(error: unknown): void {
    if (this.#playing) this.#recorder.failed(error);
  }

  exit(code: number): never {
    throw new FreeExit(`${code}`);
  }

  access(kind: AccessKind, offset: number): void {
    this.#delay();
    this.#enter(KIND[kind], offset, 0, false);
  }

  moved(before: number, after: number): void {
    this.#recorder.moved(before, after);
    if (before !== after) this.#progress();
  }

  copy(kind: "read" | "write", offset: number, _byteLength: number, source?: Uint8Array): void {
    this.#delay();
    this.#enter(KIND.copy, offset, kind === "read" ? 1 : 2);
    if (source === undefined) return;
    this.#faults.befallCopy(this.#process, () => {
      this.#bytes.set(source.subarray(0, source.byteLength >> 1), offset);
      this.#recorder.exited("SIGKILL in the middle of the copy");
    });
  }

  wait(word: Word, expected: number, deadlineMs: number): WaitOutcome {
    this.#delay();
    this.#enter(KIND.wait, word.offset, 0, deadlineMs !== Infinity);
    const fault = this.#faults.fallAsleep(this.#process);
    return this.#wakeUp(fault, word, deadlineMs, park(word, expected, untilMs(fault, deadlineMs)));
  }

  async waitAsync(word: Word, expected: number, deadlineMs: number, signal?: AbortSignal): Promise<WaitOutcome> {
    this.#enter(KIND.wait, word.offset, 0, deadlineMs !== Infinity);
    const fault = this.#faults.fallAsleep(this.#process);
    const outcome = await parkAsync(word, expected, untilMs(fault, deadlineMs), signal);
    return this.#wakeUp(fault, word, deadlineMs, outcome);
  }

  wake(word: Word, count: number): number {
    this.#delay();
    this.#enter(KIND.wake, word.offset, 0);
    return unpark(word, count);
  }

  now(): number {
    return monotonicNow();
  }

  async sleep(ms: number): Promise<void> {
    this.#enter(KIND.sleep, 0, 0);
    await new Promise((resolve) => setTimeout(resolve, ms));
  }

  sleepSync(ms: number): void {
    this.#enter(KIND.sleep, 0, 0);
    Atomics.wait(this.#bell, 0, 0, ms);
  }

  async think(upToMs: number): Promise<void> {
    const ms = nextDouble(this.#random, 0) * Math.min(upToMs, this.#delayMsMax);
    this.#enter(KIND.think, 0, 0);
    await new Promise((resolve) => setTimeout(resolve, ms));
  }

  until(word: Word, value: number, next: number): void {
    this.#delay();
    const { words } = word.region;
    while (Atomics.compareExchange(words, word.offset >> 2, value, next) !== value) {
      Atomics.wait(this.#bell, 0, 0, UNTIL_LOOK_MS);
    }
    this.#enter(next === value ? KIND.read : KIND.update, word.offset, 0);
    this.#recorder.moved(value, next);
  }

  async step<T>(label: number, object: number, writes: boolean, body: () => T): Promise<T> {
    await this.#delayAsync();
    this.#enter(KIND.step, object === 0 ? 0 : -object, label);
    const fault = object === 0 ? null : this.#faults.befallFile(this.#process, writes);
    if (fault !== null) throw this.#recorder.fileFault(fault);
    const result = await body();
    this.#recorder.stepResult(result);
    return result;
  }

  invoked(object: SharedObject | null, operation: string, args: readonly unknown[]): number {
    const number = this.#recorder.invoked(object === null ? 0 : object.offset, operation, args);
    // Everything that has its number already happened before; what comes next may be concurrent.
    if (number !== 0) this.#words[operationAt(number) + O.invoked] = Atomics.load(this.#words, H.entries) + 1;
    this.#words[this.#own + P.unstamped] = 0;
    return number;
  }

  within<T>(_operation: number, body: () => T): T {
    return body();
  }

  returned(operation: number, result: unknown): void {
    this.#recorder.returned(operation, result);
  }

  threw(operation: number, error: unknown): void {
    this.#recorder.threw(operation, error);
  }

  agent(): number {
    return this.#process + 1;
  }

  /** Nobody dies but of a fault. */
  alive(agent: number): boolean {
    return Atomics.load(this.#words, processAt(agent - 1) + P.state) !== PROCESS.killed;
  }

  /** @param moves false for a step after which the run may be where it was: a look in vain */
  #enter(kind: number, object: number, label: number, moves = true): void {
    this.#faults.befall(this.#process, kind, object, label);
    const entry = this.#scheduler.enterEvent(this.#process, kind, label);
    this.#words[entry + T.object] = object;
    this.#words[entry + T.flags] = ENTRY.choice;
    this.#words[this.#own + P.lastEntry] = entryNumber(entry);
    if (Atomics.add(this.#words, H.steps, 1) + 1 === this.#words[H.stepsMax]) this.#faults.reachedStepLimit();
    if (moves) this.#progress();
  }

  /** What the wait comes to, which a fault may have ended. */
  #wakeUp(fault: number, word: Word, deadlineMs: number, outcome: WaitOutcome): WaitOutcome {
    const forNoReason = fault >= 0 && outcome === "timed-out" && monotonicNow() < deadlineMs;
    if (forNoReason) this.#faults.wakeUp(this.#process, fault, word.offset);
    this.#faults.befall(this.#process, KIND.resume, word.offset, 0);
    return forNoReason ? "woken" : outcome;
  }

  #progress(): void {
    Atomics.add(this.#words, H.progress, 1);
  }

  /** Half of the time nothing, else a while of spinning or of sleep: both orders of two close steps get their chance. */
  #delay(): void {
    const kind = nextDouble(this.#random, 0);
    if (kind < 0.5) return;
    const ms = nextDouble(this.#random, 0) * this.#delayMsMax;
    if (kind < 0.75) {
      const until = monotonicNow() + ms / 10;
      while (monotonicNow() < until);
    } else {
      Atomics.wait(this.#bell, 0, 0, ms);
    }
  }

  async #delayAsync(): Promise<void> {
    if (nextDouble(this.#random, 0) < 0.5) return;
    const ms = nextDouble(this.#random, 0) * this.#delayMsMax;
    await new Promise((resolve) => setTimeout(resolve, ms));
  }
}

/** Until when to sleep at most, with a fault that is to end it. */
function untilMs(fault: number, deadlineMs: number): number {
  return fault < 0 ? deadlineMs : Math.min(deadlineMs, monotonicNow() + ASLEEP_MS);
}

/** Whom nobody has woken by then wakes up for no reason. */
const ASLEEP_MS = 0.5;

/** How often a process looks whether its word holds the value. */
const UNTIL_LOOK_MS = 0.05;

class FreeExit extends Error {}
