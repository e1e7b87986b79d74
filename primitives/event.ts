import { probe } from "./memory/probe.ts";
import type { Region } from "./memory/region.ts";
import { Word } from "./memory/word.ts";
import { report, reportAsync, shownOptions, type WaitOptions } from "./operation.ts";
import { Primitive, travels } from "./primitive.ts";
import { DONE, retryAsync, retrySync, triesOnce } from "./waiting.ts";

/**
 * A flag that processes wait for. It starts cleared.
 *
 * All of it is one word, so that nobody who sets, clears or looks ever waits for anybody. `wait` is true exactly if the
 * flag was on at some moment during the call: the word counts how often it was set, so that a set followed by a clear is
 * not missed by somebody who wakes up late.
 *
 * Source: CPython's multiprocessing manual, Event. Different on purpose: see the above; CPython's `wait` looks at the flag
 * again after waking (gh-95826), and its `set` waits for the waiters (gh-75158).
 *
 * @example
 * const green = new Event();
 * green.isSet; // false
 * green.set();
 * await green.wait(); // true
 * green.clear();
 * await green.wait({ timeoutMs: 0 }); // false
 */
export class Event extends Primitive {
  readonly offset: number;
  readonly byteLength: number = 8;
  protected readonly state: Word;

  constructor() {
    super([]);
    this.state = Word.allocate("state", 0, told);
    this.offset = this.state.offset;
  }

  /** Whether the flag is on, at this moment. */
  get isSet(): boolean {
    if (probe === null) return this.isOn(this.state.load());
    return report(this, "isSet", [], () => this.isOn(this.state.load()));
  }

  /** Turns the flag on and wakes everybody who waits. */
  set(): void {
    if (probe === null) this.setNow();
    else report(this, "set", [], () => this.setNow());
  }

  /** Turns the flag off. */
  clear(): void {
    if (probe === null) this.clearNow();
    else report(this, "clear", [], () => this.clearNow());
  }

  /** Waits for the flag; resolves to false if it was off all the time until `timeoutMs` had passed. */
  wait(options?: WaitOptions): Promise<boolean> {
    if (probe === null) return this.#waitAsync(options);
    return reportAsync(this, "wait", shownOptions(options), () => this.#waitAsync(options));
  }

  /** As `wait`; for `waitAny`. */
  ready(options?: WaitOptions): Promise<boolean> {
    return this.wait(options);
  }

  /** As `wait`, blocking the thread. */
  waitSync(options?: Omit<WaitOptions, "signal">): boolean {
    if (probe === null) return this.#waitSync(options);
    return report(this, "wait", shownOptions(options), () => this.#waitSync(options));
  }

  protected get region(): Region {
    return this.state.region;
  }

  protected setNow(): void {
    if ((this.state.update(turnedOn) & WAITERS) !== 0) this.state.wake();
  }

  protected clearNow(): void {
    this.state.update(turnedOff);
  }

  /** Whether the flag has been on since the word held `first`. */
  protected wasOnSince(first: number, now: number): boolean {
    return this.isOn(now) || timesSet(now) !== timesSet(first);
  }

  protected isOn(state: number): boolean {
    return (state & ON) !== 0;
  }

  async #waitAsync(options: WaitOptions | undefined): Promise<boolean> {
    if (triesOnce(options)) return this.isOn(this.state.load());
    const first = this.state.update(marked);
    if (this.isOn(first)) return true;
    const blocking = marked(first);
    if (await retryAsync(this.state, blocking, () => this.#look(blocking), options)) return true;
    return this.wasOnSince(first, this.state.load());
  }

  #waitSync(options: WaitOptions | undefined): boolean {
    if (triesOnce(options)) return this.isOn(this.state.load());
    const first = this.state.update(marked);
    if (this.isOn(first)) return true;
    const blocking = marked(first);
    if (retrySync(this.state, blocking, () => this.#look(blocking), options)) return true;
    return this.wasOnSince(first, this.state.load());
  }

  #look(first: number): number {
    const now = this.state.update(marked);
    return this.wasOnSince(first, now) ? DONE : marked(now);
  }
}

travels("Event", Event);

// The word: the flag, a mark that somebody may be asleep, and how often the flag was turned on (it wraps after 2^30).
const ON = 1;
const WAITERS = 2;
const ONE_TIME = 4;

function turnedOn(before: number): number {
  return (before & ON) !== 0 ? before & ~WAITERS : ((before & ~WAITERS) | ON) + ONE_TIME;
}

function turnedOff(before: number): number {
  return before & ~ON;
}

/** Who finds the flag on need not leave a mark. */
function marked(before: number): number {
  return (before & ON) !== 0 ? before : before | WAITERS;
}

function timesSet(state: number): number {
  return state >> 2;
}

function told(state: number): string {
  return `${(state & ON) === 0 ? "off" : "on"}${(state & WAITERS) === 0 ? "" : ", waiters"}`;
}
