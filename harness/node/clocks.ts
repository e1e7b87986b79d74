import { performance, type MeasureOptions, type PerformanceMeasure } from "node:perf_hooks";
import type { Gate } from "./gate.ts";
import { EPOCH_MS } from "./inodes.ts";
import { real, RealDate } from "./originals.ts";

/**
 * Every clock shows the run's virtual time. A program that does nothing but look at the clock would wait for ever, as virtual
 * time passes only when nobody can move: after so many looks in a row it is taken to sleep. A jump of the wall clock is seen by
 * Date alone: the others measure durations, and do not jump.
 *
 * @returns what is to be called when a run begins: the looks of the run before do not count
 */
export function replaceClocks(gate: Gate): () => void {
  let looks = 0;
  let stepsAtLook = -1;

  function now(): number {
    const { steps } = gate;
    looks = steps === stepsAtLook ? looks + 1 : 0;
    stepsAtLook = steps;
    if (looks >= LOOKS_MAX) {
      looks = 0;
      gate.sleepSync(BUSY_WAIT_MS);
    }
    return gate.now();
  }

  const dateNow = () => (gate.active ? EPOCH_MS + Math.floor(now()) + gate.wallOffset() : real.dateNow());
  RealDate.now = dateNow;
  const ControlledDate = new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 && gate.active ? [dateNow()] : args, newTarget) as object,
    apply: (target, _, args) =>
      gate.active ? new target(dateNow()).toString() : Reflect.apply(target, undefined, args),
  });
  globalThis.Date = ControlledDate;
  RealDate.prototype.constructor = ControlledDate;

  replacePerformance(gate, () => UPTIME_MS + now());
  replaceFormats(gate, dateNow);

  const hrtime = (before?: [number, number]): [number, number] => {
    if (!gate.active) return real.hrtime(before);
    const nanoseconds = Math.round((UPTIME_MS + now()) * 1e6);
    const [seconds, rest] = [Math.floor(nanoseconds / 1e9), nanoseconds % 1e9];
    if (before === undefined) return [seconds, rest];
    const difference = (seconds - before[0]) * 1e9 + rest - before[1];
    return [Math.floor(difference / 1e9), ((difference % 1e9) + 1e9) % 1e9];
  };
  hrtime.bigint = () => (gate.active ? BigInt(Math.round((UPTIME_MS + now()) * 1e6)) : real.hrtime.bigint());
  process.hrtime = hrtime;

  const uptime = process.uptime.bind(process);
  process.uptime = () => (gate.active ? (UPTIME_MS + now()) / 1000 : uptime());

  return () => {
    looks = 0;
    stepsAtLook = -1;
  };
}

/** What it measures begins with the process, as ever. */
function replacePerformance(gate: Gate, now: () => number): void {
  const own = Object.getPrototypeOf(performance) as typeof performance;
  own.now = () => (gate.active ? now() : real.performanceNow());
  performance.now = own.now;
  const { get: origin } = Object.getOwnPropertyDescriptor(own, "timeOrigin") as { get: () => number };
  Object.defineProperty(own, "timeOrigin", {
    get: () => (gate.active ? EPOCH_MS - UPTIME_MS : origin.call(performance)),
    configurable: true,
    enumerable: true,
  });
  const { mark, measure } = own;
  own.mark = (name, options) => mark.call(performance, name, gate.active ? { startTime: now(), ...options } : options);
  const measured = measure.bind(performance) as (...args: unknown[]) => PerformanceMeasure;
  own.measure = (name: string, start?: string | MeasureOptions, end?: string) => {
    if (!gate.active || end !== undefined) return measured(name, start, end);
    const options: MeasureOptions = typeof start === "object" ? start : start === undefined ? { start: 0 } : { start };
    const isOpen = options.end === undefined && options.duration === undefined;
    return measured(name, isOpen ? { ...options, end: now() } : options);
  };
}

/** Who formats no date formats the present. */
function replaceFormats(gate: Gate, dateNow: () => number): void {
  const own = Intl.DateTimeFormat.prototype;
  const { get: format } = Object.getOwnPropertyDescriptor(own, "format") as {
    get: () => (date?: Date | number) => string;
  };
  Object.defineProperty(own, "format", {
    get(this: Intl.DateTimeFormat) {
      const original = format.call(this);
      return (date?: Date | number) => original(date === undefined && gate.active ? dateNow() : date);
    },
    configurable: true,
    enumerable: false,
  });
  const { formatToParts } = own;
  own.formatToParts = function (date) {
    return formatToParts.call(this, date === undefined && gate.active ? dateNow() : date);
  };
}

/** Looks at a clock, one after the other without a step between them, that make a busy wait. */
const LOOKS_MAX = 1000;
const BUSY_WAIT_MS = 1;
/** How long a process has been up when its run begins. */
const UPTIME_MS = 100;
