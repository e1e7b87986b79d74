import { AsyncResource } from "node:async_hooks";
import timers from "node:timers";
import timersPromises from "node:timers/promises";
import { promisify } from "node:util";
import { KIND } from "../engine/kinds.ts";
import type { Names } from "../engine/names.ts";
import type { Gate } from "./gate.ts";
import { real } from "./originals.ts";
import { refuseAll } from "./refusal.ts";

/**
 * The timers of one process, in virtual time. As Node's: they fire by deadline, and those of one duration in the order in which they
 * were set; all immediates that are waiting are handled in one go. Timers of different durations with the same deadline may come
 * in any order, as a real clock is never as even. So for the scheduler each duration is an event, whose time is that of the earliest.
 *
 * What holds up the end of a process whose role has returned: timeouts that were set before it did, unless they are unref'd.
 * Intervals do not, nor what is set afterwards, or a heartbeat would keep its process alive for ever. In a program that another one
 * has started, all of them do, as in Node.
 */
export class Timers {
  readonly #gate: Gate;
  readonly #names: Names;
  readonly #set = new Map<number, Timer>();
  #nextId = 1;
  /** By duration, the timer that the scheduler knows of. */
  readonly #armed = new Map<number, Armed>();
  #immediates: Immediate[] = [];

  constructor(gate: Gate, names: Names) {
    this.#gate = gate;
    this.#names = names;
  }

  /** Forgets what a run that is over has left. */
  clear(): void {
    this.#set.clear();
    this.#nextId = 1;
    this.#armed.clear();
    this.#immediates = [];
  }

  add(callback: (...args: unknown[]) => void, ms: unknown, args: readonly unknown[], repeats: boolean): Timer {
    if (typeof callback !== "function") {
      throw Object.assign(
        new TypeError(`The "callback" argument must be of type function. Received ${String(callback)}`),
        {
          code: "ERR_INVALID_ARG_TYPE",
        },
      );
    }
    const wanted = Number(ms);
    // As Node does with what is not a number of milliseconds that fits into 31 bits.
    const delay = wanted >= 1 && wanted <= DELAY_MS_MAX ? Math.trunc(wanted) : 1;
    const timer = new Timer(
      this,
      this.#nextId++,
      delay,
      repeats,
      inContext("Timeout", callback, args),
      this.#gate.place(),
    );
    this.#start(timer, this.#mayHold(repeats));
    return timer;
  }

  remove(timer: unknown): void {
    const found = timer instanceof Timer ? timer : this.#set.get(Number(timer));
    if (found === undefined || !this.#set.delete(found.id)) return;
    this.#letGo(found);
    this.#arm(found.delay);
  }

  restart(timer: Timer): void {
    if (!this.#set.has(timer.id)) return;
    this.#set.delete(timer.id);
    timer.deadline = this.#gate.now() + timer.delay;
    this.#set.set(timer.id, timer);
    this.#arm(timer.delay);
  }

  setHolds(timer: Timer, holds: boolean): void {
    if (!this.#set.has(timer.id)) return;
    if (!holds) this.#letGo(timer);
    else if (!timer.holds && this.#mayHold(timer.repeats)) {
      timer.holds = true;
      this.#gate.hold(1);
    }
  }

  addImmediate(callback: (...args: unknown[]) => void, args: readonly unknown[]): Immediate {
    const holds = this.#mayHold(false);
    const immediate = new Immediate(this, inContext("Immediate", callback, args), holds);
    if (holds) this.#gate.hold(1);
    this.#immediates.push(immediate);
    if (this.#immediates.length === 1) {
      this.#gate.expectLocal(this.#names.intern("setImmediate"), "", () => this.#fireImmediates());
    }
    return immediate;
  }

  removeImmediate(immediate: unknown): void {
    if (!(immediate instanceof Immediate) || immediate.over) return;
    immediate.over = true;
    if (immediate.holds) this.#gate.hold(-1);
  }

  #mayHold(repeats: boolean): boolean {
    return this.#gate.lasting || (!repeats && !this.#gate.settled);
  }

  #start(timer: Timer, holds: boolean): void {
    timer.deadline = this.#gate.now() + timer.delay;
    timer.holds = holds;
    if (holds) this.#gate.hold(1);
    this.#set.set(timer.id, timer);
    this.#arm(timer.delay);
  }

  /** The scheduler is to know of the earliest timer of that duration. */
  #arm(delay: number): void {
    let first: Timer | null = null;
    for (const timer of this.#set.values()) {
      if (timer.delay === delay && (first === null || timer.deadline < first.deadline)) first = timer;
    }
    const armed = this.#armed.get(delay);
    if (armed !== undefined) {
      if (armed.timer === first && armed.deadline === first.deadline) return;
      this.#gate.forget(armed.ticket);
      this.#armed.delete(delay);
    }
    if (first === null) return;
    const timer = first;
    const label = this.#names.intern(timer.repeats ? `every ${delay} ms` : `after ${delay} ms`);
    const ticket = this.#gate.expect(
      { kind: KIND.sleep, object: 0, label, footprint: 0, place: timer.place },
      timer.deadline - this.#gate.now(),
      () => this.#fire(timer),
    );
    this.#armed.set(delay, { ticket, timer, deadline: timer.deadline });
  }

  #fire(timer: Timer): void {
    this.#armed.delete(timer.delay);
    this.#set.delete(timer.id);
    if (timer.repeats) {
      timer.deadline = this.#gate.now() + timer.delay;
      this.#set.set(timer.id, timer);
    }
    this.#arm(timer.delay);
    try {
      timer.callback();
    } finally {
      if (!timer.repeats && !this.#set.has(timer.id)) this.#letGo(timer);
    }
  }

  #fireImmediates(): void {
    const batch = this.#immediates;
    this.#immediates = [];
    for (const immediate of batch) {
      if (immediate.over) continue;
      immediate.over = true;
      try {
        immediate.callback();
      } finally {
        if (immediate.holds) this.#gate.hold(-1);
      }
      drainMicrotasks();
    }
  }

  #letGo(timer: Timer): void {
    if (timer.holds) this.#gate.hold(-1);
    timer.holds = false;
  }
}

interface Armed {
  readonly ticket: number;
  readonly timer: Timer;
  readonly deadline: number;
}

/** What `setTimeout` and `setInterval` return. */
class Timer {
  readonly id: number;
  readonly delay: number;
  readonly repeats: boolean;
  readonly callback: () => void;
  /** Where in the user's code it was set, or "". */
  readonly place: string;
  deadline = 0;
  /** It holds up the end of its process. */
  holds = false;
  readonly #timers: Timers;
  #referenced = true;

  constructor(timers: Timers, id: number, delay: number, repeats: boolean, callback: () => void, place: string) {
    this.#timers = timers;
    this.id = id;
    this.delay = delay;
    this.repeats = repeats;
    this.callback = callback;
    this.place = place;
  }

  ref(): this {
    this.#referenced = true;
    this.#timers.setHolds(this, true);
    return this;
  }

  unref(): this {
    this.#referenced = false;
    this.#timers.setHolds(this, false);
    return this;
  }

  hasRef(): boolean {
    return this.#referenced;
  }

  refresh(): this {
    this.#timers.restart(this);
    return this;
  }

  close(): this {
    this.#timers.remove(this);
    return this;
  }

  [Symbol.toPrimitive](): number {
    return this.id;
  }

  [Symbol.dispose ?? Symbol.for("Symbol.dispose")](): void {
    this.#timers.remove(this);
  }
}

class Immediate {
  readonly callback: () => void;
  readonly holds: boolean;
  over = false;
  readonly #timers: Timers;

  constructor(timers: Timers, callback: () => void, holds: boolean) {
    this.#timers = timers;
    this.callback = callback;
    this.holds = holds;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }

  [Symbol.dispose ?? Symbol.for("Symbol.dispose")](): void {
    this.#timers.removeImmediate(this);
  }
}

/** The callback with its arguments, to be called where `AsyncLocalStorage` says what it says here. */
function inContext(name: string, callback: Callback, args: readonly unknown[]): () => void {
  const caller = new AsyncResource(name);
  return () => caller.runInAsyncScope(callback, undefined, ...args);
}

/** Replaces every form in which Node offers timers. */
export function replaceTimers(gate: Gate, controlled: Timers): void {
  const setTimeout = (callback: Callback, ms?: unknown, ...args: unknown[]) =>
    gate.active ? controlled.add(callback, ms, args, false) : real.setTimeout(callback, ms as number, ...args);
  const setInterval = (callback: Callback, ms?: unknown, ...args: unknown[]) =>
    gate.active ? controlled.add(callback, ms, args, true) : real.setInterval(callback, ms as number, ...args);
  const setImmediate = (callback: Callback, ...args: unknown[]) =>
    gate.active ? controlled.addImmediate(callback, args) : real.setImmediate(callback, ...args);
  const clear = (original: (timer: never) => void) => (timer?: unknown) => {
    if (gate.active || timer instanceof Timer) controlled.remove(timer);
    else original(timer as never);
  };
  const clearImmediate = (immediate?: unknown) => {
    if (immediate instanceof Immediate) controlled.removeImmediate(immediate);
    else real.clearImmediate(immediate as NodeJS.Immediate);
  };
  const forms = {
    setTimeout,
    setInterval,
    setImmediate,
    clearTimeout: clear(real.clearTimeout),
    clearInterval: clear(real.clearInterval),
    clearImmediate,
  };
  Object.assign(globalThis, forms);
  Object.assign(timers, forms);
  refuseAll(timers, OF_OLD, "timers", () => gate.active);
  const waiting = replacePromises(gate, controlled);
  Object.defineProperty(setTimeout, promisify.custom, { value: waiting.setTimeout });
  Object.defineProperty(setImmediate, promisify.custom, { value: waiting.setImmediate });
  replaceAbortTimeout(gate, controlled);
}

type Callback = (...args: unknown[]) => void;

interface WaitOptions {
  readonly signal?: AbortSignal;
  readonly ref?: boolean;
}

function replacePromises(gate: Gate, controlled: Timers) {
  const original = { ...timersPromises };
  const { wait: originalWait, yield: originalYield } = original.scheduler;
  const setTimeout = (ms?: number, value?: unknown, options: WaitOptions = {}) => {
    if (!gate.active) return original.setTimeout(ms, value, options);
    return abortable(options.signal, (resolve) => {
      const timer = controlled.add(() => resolve(value), ms, [], false);
      if (options.ref === false) timer.unref();
      return () => controlled.remove(timer);
    });
  };
  const setImmediate = (value?: unknown, options: WaitOptions = {}) => {
    if (!gate.active) return original.setImmediate(value, options);
    return abortable(options.signal, (resolve) => {
      const immediate = controlled.addImmediate(() => resolve(value), []);
      return () => controlled.removeImmediate(immediate);
    });
  };
  async function* ticks(ms: number | undefined, value: unknown, options: WaitOptions): AsyncGenerator {
    for (;;) {
      await setTimeout(ms, undefined, options);
      yield value;
    }
  }
  const setInterval = (ms?: number, value?: unknown, options: WaitOptions = {}) =>
    gate.active ? ticks(ms, value, options) : original.setInterval(ms, value, options);
  Object.assign(timersPromises, { setTimeout, setImmediate, setInterval });
  const scheduler = timersPromises.scheduler as unknown as Record<string, unknown>;
  Object.defineProperties(scheduler, {
    wait: {
      value: (ms: number, options?: WaitOptions) =>
        gate.active ? setTimeout(ms, undefined, options) : originalWait.call(scheduler as never, ms, options as never),
    },
    yield: { value: () => (gate.active ? setImmediate() : originalYield.call(scheduler as never)) },
  });
  return { setTimeout, setImmediate };
}

/** `begin` gets what ends the waiting well, and returns what calls it off. */
function abortable(
  signal: AbortSignal | undefined,
  begin: (resolve: (value: unknown) => void) => () => void,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(abortError(signal));
      return;
    }
    const callOff = begin(resolve);
    signal?.addEventListener(
      "abort",
      () => {
        callOff();
        reject(abortError(signal));
      },
      { once: true },
    );
  });
}

function abortError(signal: AbortSignal): Error {
  const error = new Error("The operation was aborted", { cause: signal.reason });
  return Object.assign(error, { name: "AbortError", code: "ABORT_ERR" });
}

function replaceAbortTimeout(gate: Gate, controlled: Timers): void {
  const original = AbortSignal.timeout.bind(AbortSignal);
  AbortSignal.timeout = (ms: number) => {
    if (!gate.active) return original(ms);
    const controller = new AbortController();
    const late = () => controller.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError"));
    controlled.add(late, ms, [], false).unref();
    return controller.signal;
  };
}

/** What Node itself advises against, and which take timers of their caller's making. */
const OF_OLD = ["_unrefActive", "active", "enroll", "unenroll"];

/** What Node's own timers can count. */
const DELAY_MS_MAX = 2 ** 31 - 1;

const drainMicrotasks = (process as unknown as { _tickCallback: () => void })._tickCallback;
