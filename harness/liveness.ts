import type { History, Operation, ProcessEnd } from "./history.ts";
import type { TraceEntry } from "./trace.ts";

/**
 * Why a run comes to no end. Four things look alike from outside, and are told apart here: processes that wait for each other
 * (a circle), one that sleeps although what it waits for has come (a lost wake-up), processes that take the same steps over
 * and over (a livelock), and one that others overtake without end (starvation). What is none of them is only a long run.
 */
export interface Liveness {
  readonly kind: "deadlock" | "lost-wake-up" | "livelock" | "starvation";
  /** Of a deadlock: who waits for what, and who has it, each the next one's; empty where nobody has it. */
  readonly circle: readonly Held[];
  /** Of a livelock: the steps that come over and over. */
  readonly loop?: Loop;
  /** Of a lost wake-up: who sleeps. Of starvation: who is overtaken. */
  readonly victim?: string;
}

/** `process` waits for `object`, which `holder` has. */
export interface Held {
  readonly process: string;
  readonly object: string;
  readonly holder: string;
}

export interface Loop {
  /** Entries of the trace: the first and the last of one round. */
  readonly from: number;
  readonly to: number;
  /** How often the round was seen. */
  readonly rounds: number;
  /** Processes that are in it. */
  readonly processes: readonly string[];
  /** The entry after which it is clear: further ones show nothing new. */
  readonly clearAt: number;
}

/** What a process waits for at the end of a run. */
export interface Wait {
  readonly process: string;
  readonly object: string;
  /** The entry with which it fell asleep; 0 if it waits for its next step to be enabled. */
  readonly since: number;
  /** The last step of another process that changed the word; null if there is none. */
  readonly changed: { readonly process: string; readonly step: number } | null;
}

/**
 * The first circle of processes each of which waits for what the next one has; empty if there is none. Who has something is
 * known from the history, where the object is a lock of some kind; else it is whoever changed the word last and waits, too.
 */
export function circleOf(history: History, waits: readonly Wait[]): Held[] {
  const edges = waits.flatMap((wait) =>
    holdersFor(history, wait, waits).map((holder) => ({ ...placeOf(wait), holder })),
  );
  for (const first of edges) {
    const circle = wayBack(edges, [first]);
    if (circle !== null) return circle;
  }
  return [];
}

function placeOf({ process, object }: Wait): { process: string; object: string } {
  return { process, object };
}

function wayBack(edges: readonly Held[], path: readonly Held[]): Held[] | null {
  const { holder } = path[path.length - 1];
  if (holder === path[0].process) return [...path];
  if (path.some(({ process }) => process === holder)) return null;
  for (const edge of edges) {
    if (edge.process !== holder) continue;
    const circle = wayBack(edges, [...path, edge]);
    if (circle !== null) return circle;
  }
  return null;
}

function holdersFor(history: History, wait: Wait, waits: readonly Wait[]): string[] {
  const holders = holdersOf(history, wait.object);
  if (holders !== null) return holders;
  const waiting = waits.some(({ process }) => process === wait.changed?.process);
  return wait.changed !== null && waiting ? [wait.changed.process] : [];
}

/**
 * Who acquired the object and has not released it; null if it is nothing that is acquired. Where somebody releases what he
 * did not acquire, a semaphore carries news, and nobody holds it.
 */
export function holdersOf(history: History, object: string): string[] | null {
  const held = new Map<string, number>();
  let acquirable = false;
  const events = history.operations
    .filter((operation) => operation.object === object && /acquire|release|hold/i.test(operation.operation))
    .toSorted((a, b) => rankOf(a) - rankOf(b));
  for (const operation of events) {
    acquirable = true;
    const { process, outcome, result } = operation;
    const before = held.get(process) ?? 0;
    if (operation.operation === "release") {
      if (before === 0) return [];
      held.set(process, before - 1);
    } else if (outcome === "returned" && result !== false) held.set(process, before + 1);
  }
  if (!acquirable) return null;
  return [...held].filter(([, times]) => times > 0).map(([process]) => process);
}

/** An acquire counts from its return, a release from its call. */
function rankOf({ operation, invoked, returned }: Operation): number {
  return operation === "release" ? invoked : (returned ?? Infinity);
}

/** Rounds after which a loop is taken for one: fewer may be a coincidence. */
const ROUNDS_MIN = 3;
/** A run of at least so many steps has to spend half of them in the loop. */
const LONG_RUN_STEPS = 1000;
/** The longest loop of one process that is looked for, in its own entries. */
const PERIOD_MAX = 64;

/**
 * The loop in which a run that reached its limit went round at the end: every process that could still move takes the same
 * steps with the same values over and over, and whoever has ended or waits is not waited for. Null if some step was new, or
 * if somebody who could move was not let: then the limit says nothing but that the run was long.
 */
export function loopOf(trace: readonly TraceEntry[], ends: readonly ProcessEnd[]): Loop | null {
  const moving = ends.filter(({ end }) => end === "stopped").map(({ process }) => process);
  if (moving.length === 0) return null;
  const others = trace.findLastIndex(({ process }) => !moving.includes(process));
  const tails = moving.map((process) => ({ process, ...periodicTail(trace, process, others + 1) }));
  if (tails.some(({ period }) => period === 0)) return null;
  const begins = Math.max(others + 1, ...tails.map(({ start }) => start));
  const rounds = roundsFrom(begins, tails);
  if (rounds.length < ROUNDS_MIN) return null;
  if (trace.length >= LONG_RUN_STEPS && trace.length - begins < trace.length / 2) return null;
  return {
    from: begins + 1,
    to: rounds[0] + 1,
    rounds: rounds.length,
    processes: moving,
    clearAt: rounds[ROUNDS_MIN - 1] + 1,
  };
}

/**
 * Where each round ends: in one, every process has gone through all of its own loop, so that none is kept waiting while the
 * others turn.
 */
function roundsFrom(begins: number, tails: readonly Tail[]): number[] {
  const rounds: number[] = [];
  const next = tails.map(({ own }) => own.findIndex((at) => at >= begins));
  if (next.includes(-1)) return rounds;
  for (;;) {
    if (tails.some(({ own, period }, index) => next[index] + period > own.length)) return rounds;
    const end = Math.max(...tails.map(({ own, period }, index) => own[next[index] + period - 1]));
    rounds.push(end);
    for (const [index, { own }] of tails.entries()) {
      while (next[index] < own.length && own[next[index]] <= end) next[index]++;
    }
  }
}

interface Tail {
  /** Places in the trace of the process's own entries. */
  readonly own: readonly number[];
  /** Where the stretch begins in which its entries repeat; of all periods, the one that reaches furthest back. */
  readonly start: number;
  /** How many of its entries repeat; 0 if they do not. */
  readonly period: number;
}

function periodicTail(trace: readonly TraceEntry[], process: string, after: number): Tail {
  const own = [...trace.keys()].filter((at) => trace[at].process === process);
  const texts = own.map((at) => textOf(trace[at]));
  for (let period = 1; period <= PERIOD_MAX; period++) {
    let first = own.length - period;
    while (first > 0 && texts[first - 1] === texts[first - 1 + period]) first--;
    while (first < own.length && own[first] < after) first++;
    if (own.length - first >= ROUNDS_MIN * period) return { own, start: own[first], period };
  }
  return { own, start: 0, period: 0 };
}

function textOf({ kind, object, label, detail }: TraceEntry): string {
  return `${kind}/${object}/${label}/${detail}`;
}

/** Others that get the same thing so often while one waits for it: then it starves. */
const OVERTAKEN_MAX = 20;

export interface Starvation {
  readonly waiting: Operation;
  readonly overtaken: number;
  readonly by: readonly string[];
  /** The rank at which it was overtaken the last time that counts. */
  readonly clearAt: number;
  /** From this rank on half of these times. */
  readonly repeatsFrom: number;
}

/**
 * An operation that was under way when the limit was reached, while others began the same one later and got through. Whoever
 * is not let to move does not starve: it has tried again and again, or sleeps.
 */
export function starvationOf({ operations, processes }: History, trace: readonly TraceEntry[]): Starvation | null {
  for (const waiting of operations) {
    if (waiting.outcome !== "pending") continue;
    const { end } = processes.find(({ process }) => process === waiting.process) as ProcessEnd;
    const tried = trace.filter(({ process, step }) => process === waiting.process && step > waiting.invoked).length;
    if (end !== "blocked" && !(end === "stopped" && tried >= ROUNDS_MIN)) continue;
    const served = operations.filter(
      ({ object, operation, outcome, process, invoked, result }) =>
        object === waiting.object &&
        operation === waiting.operation &&
        process !== waiting.process &&
        outcome === "returned" &&
        result !== false &&
        invoked > waiting.invoked,
    );
    if (served.length < OVERTAKEN_MAX) continue;
    const by = [...new Set(served.map(({ process }) => process))];
    return {
      waiting,
      overtaken: served.length,
      by,
      clearAt: served[OVERTAKEN_MAX - 1].returned as number,
      repeatsFrom: (served[OVERTAKEN_MAX / 2 - 1].returned as number) + 1,
    };
  }
  return null;
}
