import { execFileSync, fork } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import {
  Barrier,
  BoundedSemaphore,
  Condition,
  Connection,
  Event,
  Lock,
  pipe,
  Process,
  Queue,
  RLock,
  Semaphore,
  SimpleQueue,
  Value,
} from "../primitives/index.ts";
import type { Bench, BenchRow } from "./bench.ts";
import { robustMutexDeathMs } from "./robust-mutex.ts";
import { commons } from "../primitives/memory/commons.ts";
import { allowedCores, futexWait, futexWake, pinToCore } from "../primitives/memory/linux.ts";
import { monotonicNow } from "../primitives/memory/monotonic.ts";
import { Word } from "../primitives/memory/word.ts";

/**
 * Our primitives beside CPython's multiprocessing, each as a plain loop in its own language, in one run on one machine.
 * Without python3 the rows have no peer. This module is also what its child processes run.
 */
export const primitives: Bench = { name: "primitives", run: async () => (await run()).rows };

export async function run(): Promise<{ bench: "primitives"; rows: BenchRow[] }> {
  const python = pythonFigures();
  const cpython = (name: string, value: number, unit: string): BenchRow =>
    row(name, value, unit, "CPython", python?.[name]);
  const rows: BenchRow[] = [
    cpython("Lock pair", lockPairNs(), "ns"),
    cpython("RLock pair", rlockPairNs(), "ns"),
    cpython("Semaphore pair", semaphorePairNs(), "ns"),
    cpython("Event isSet", isSetNs(), "ns"),
    cpython("Event set", setNs(), "ns"),
    cpython("Value add", addNs(), "ns"),
  ];
  for (const [size, item] of ITEMS) {
    const count = COUNTS[size];
    rows.push(cpython(`Queue ${size}`, await queueRate(new Queue(), item, count), "messages/s"));
    rows.push(cpython(`SimpleQueue ${size}`, await queueRate(new SimpleQueue(), item, count), "messages/s"));
    rows.push(cpython(`Pipe ${size}`, await pipeRate(item, count), "messages/s"));
  }
  rows.push(cpython("Queue 4 to 1", await queueRate(new Queue(), 7, COUNTS.int, 4, 1), "messages/s"));
  rows.push(cpython("Queue 1 to 4", await queueRate(new Queue(), 7, COUNTS.int, 1, 4), "messages/s"));
  rows.push(cpython("Barrier of 4", await barrierRate(), "rounds/s"));
  rows.push(cpython("Condition round trip", await conditionRate(), "round trips/s"));
  for (const size of ["int", "100 B", "object"]) {
    const ours = rows.find(({ name }) => name === `Queue ${size}`)?.value ?? NaN;
    rows.push(row(`Queue ${size}, beside Node's own`, ours, "messages/s", "process.send", await sendRate(size)));
  }
  const cores = allowedCores();
  rows.push(row("hand-over, one core", await handOverUs(cores[0]), "us", "bare futex", await bareFutexUs(cores[0])));
  if (cores.length > 1) rows.push(row("hand-over, across cores, awake", await handOverUs(null), "us"));
  const [pending, none] = await readsUs();
  rows.push(row("a file read, 1,000 awaits pending", pending, "us", "none pending", none));
  const robust = (await robustMutexDeathMs(DEATHS)) ?? undefined;
  rows.push(row("holder killed to next owner told", await deathMs(), "ms", "robust mutex", robust));
  return { bench: "primitives", rows };
}

const COUNTS: Record<string, number> = { int: 100_000, "100 B": 100_000, "10 KB": 20_000, "1 MB": 500, object: 50_000 };
const ITEMS: readonly (readonly [string, unknown])[] = [
  ["int", 7],
  ["100 B", new Uint8Array(100)],
  ["10 KB", new Uint8Array(10_000)],
  ["1 MB", new Uint8Array(1_000_000)],
  ["object", { id: 7, name: "n".repeat(60), ok: true }],
];

function row(name: string, value: number, unit: string, peer?: string, peerValue?: number): BenchRow {
  if (peer === undefined || peerValue === undefined) return { name, value, unit };
  return { name, value, unit, peer, peerValue, ratio: value / peerValue };
}

function pythonFigures(): Record<string, number> | null {
  try {
    const script = fileURLToPath(new URL("primitives.py", import.meta.url));
    return JSON.parse(execFileSync("python3", [script, JSON.stringify(COUNTS)], { encoding: "utf8" })) as Record<
      string,
      number
    >;
  } catch {
    return null;
  }
}

/** Many short rounds: the best one was not interrupted. */
const ROUNDS = 300;
const PAIRS = 3000;

function bestNs(count: number, body: () => void): number {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.hrtime.bigint();
    body();
    best = Math.min(best, Number(process.hrtime.bigint() - before) / count);
  }
  return best;
}

// Each with a loop of its own, as a program has it: one loop for all would be measured with the others in mind.
function lockPairNs(): number {
  const lock = new Lock();
  return bestNs(PAIRS, () => {
    for (let n = 0; n < PAIRS; n++) {
      lock.acquireSync();
      lock.release();
    }
  });
}

function rlockPairNs(): number {
  const rlock = new RLock();
  return bestNs(PAIRS, () => {
    for (let n = 0; n < PAIRS; n++) {
      rlock.acquireSync();
      rlock.release();
    }
  });
}

function semaphorePairNs(): number {
  const semaphore = new Semaphore(1);
  return bestNs(PAIRS, () => {
    for (let n = 0; n < PAIRS; n++) {
      semaphore.acquireSync();
      semaphore.release();
    }
  });
}

function isSetNs(): number {
  const event = new Event();
  let seen = 0;
  const ns = bestNs(PAIRS, () => {
    for (let n = 0; n < PAIRS; n++) if (event.isSet) seen++;
  });
  return seen === 0 ? ns : NaN;
}

function setNs(): number {
  const event = new Event();
  return bestNs(PAIRS, () => {
    for (let n = 0; n < PAIRS; n++) event.set();
  });
}

function addNs(): number {
  const value = new Value(0);
  return bestNs(PAIRS, () => {
    for (let n = 0; n < PAIRS; n++) value.add(1);
  });
}

function started(role: string, args: readonly unknown[]): Process {
  const worker = new Process(import.meta.url, role, { args });
  worker.start();
  return worker;
}

/** Seconds from the moment when all workers are ready until all have ended their loop. */
async function seconds(workers: readonly Process[], ready: Semaphore, go: Event, done: Semaphore): Promise<number> {
  for (const _ of workers) await ready.acquire();
  const before = monotonicNow();
  go.set();
  for (const _ of workers) await done.acquire();
  const took = (monotonicNow() - before) / 1000;
  for (const worker of workers) await worker.join();
  return took;
}

interface Gate {
  readonly ready: Semaphore;
  readonly go: Event;
  readonly done: Semaphore;
}

function gate(): Gate {
  return { ready: new Semaphore(0), go: new Event(), done: new Semaphore(0) };
}

/** A loop, after a tenth of it before the gate opens: what is measured is compiled by then. */
function atGate({ ready, go, done }: Gate, count: number, body: () => void): void {
  for (let n = 0; n < count / WARM_UP; n++) body();
  ready.release();
  go.waitSync();
  for (let n = 0; n < count; n++) body();
  done.release();
}

const WARM_UP = 10;

async function queueRate(queue: Queue, item: unknown, count: number, producers = 1, consumers = 1): Promise<number> {
  const { ready, go, done } = gate();
  const workers = [
    ...Array.from({ length: producers }, () =>
      started("produce", [queue, item, count / producers, { ready, go, done }]),
    ),
    ...Array.from({ length: consumers }, () => started("consume", [queue, count / consumers, { ready, go, done }])),
  ];
  return count / (await seconds(workers, ready, go, done));
}

export function produce(queue: Queue, item: unknown, count: number, signals: Gate): void {
  atGate(signals, count, () => queue.putSync(item));
}

export function consume(queue: Queue, count: number, signals: Gate): void {
  atGate(signals, count, () => queue.getSync());
}

async function pipeRate(item: unknown, count: number): Promise<number> {
  const { ready, go, done } = gate();
  const [receiver, sender] = pipe({ duplex: false });
  const workers = [
    started("send", [sender, item, count, { ready, go, done }]),
    started("receive", [receiver, count, { ready, go, done }]),
  ];
  return count / (await seconds(workers, ready, go, done));
}

export function send(connection: Connection, item: unknown, count: number, signals: Gate): void {
  atGate(signals, count, () => connection.sendSync(item));
}

export function receive(connection: Connection, count: number, signals: Gate): void {
  atGate(signals, count, () => connection.recvSync());
}

async function barrierRate(): Promise<number> {
  const barrier = new Barrier(4);
  const rounds = 10_000;
  const { ready, go, done } = gate();
  const workers = Array.from({ length: 4 }, () => started("meet", [barrier, rounds, { ready, go, done }]));
  return rounds / (await seconds(workers, ready, go, done));
}

export function meet(barrier: Barrier, rounds: number, signals: Gate): void {
  atGate(signals, rounds, () => barrier.waitSync());
}

async function conditionRate(): Promise<number> {
  const rounds = 20_000;
  const shared = { condition: new Condition(), turn: new Value(0) };
  const { ready, go, done } = gate();
  const workers = [0, 1].map((me) => started("play", [shared, me, rounds, { ready, go, done }]));
  return rounds / (await seconds(workers, ready, go, done));
}

interface Turns {
  readonly condition: Condition;
  readonly turn: Value;
}

export function play({ condition, turn }: Turns, me: number, rounds: number, signals: Gate): void {
  atGate(signals, rounds, () => {
    condition.acquireSync();
    while (turn.get() !== me) condition.waitSync();
    turn.set(1 - me);
    condition.notify();
    condition.release();
  });
}

/** Node's own way: values through process.send, one process to another. */
async function sendRate(size: string): Promise<number> {
  const count = 20_000;
  const peer = fork(fileURLToPath(import.meta.url), ["--receive", String(count)], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    serialization: "advanced",
  });
  await new Promise((resolve) => peer.once("message", resolve));
  const ended = new Promise((resolve) => peer.once("message", resolve));
  const item = ITEMS.find(([name]) => name === size)?.[1] as object;
  const before = monotonicNow();
  for (let n = 0; n < count; n++) {
    // A full channel is drained as CPython's and ours are: by waiting.
    if (!peer.send(item)) await new Promise((resolve) => setImmediate(resolve));
  }
  await ended;
  const rate = count / ((monotonicNow() - before) / 1000);
  peer.kill();
  return rate;
}

/** A hand-over takes as long as in the best batch: in that one, both processes had their cores to themselves. */
const BATCHES = 200;
const ROUNDS_IN_BATCH = 250;

/** Half of a round trip between two semaphores, in microseconds: both on one core, or wherever the kernel puts them. */
async function handOverUs(core: number | null): Promise<number> {
  const [ping, pong] = [new BoundedSemaphore(1), new BoundedSemaphore(1)];
  pong.tryAcquire();
  const best = new Value("float64", Infinity);
  const { ready, go, done } = gate();
  const workers = [
    started("passOn", [ping, pong, core, best, { ready, go, done }]),
    started("passOn", [pong, ping, core, best, { ready, go, done }]),
  ];
  await seconds(workers, ready, go, done);
  return best.get();
}

export function passOn(mine: Semaphore, other: Semaphore, core: number, best: Value<"float64">, signals: Gate): void {
  if (core !== null) pinToCore(core);
  atGate(signals, BATCHES, () => {
    batch(best, () => {
      mine.acquireSync();
      other.release();
    });
  });
}

async function bareFutexUs(core: number): Promise<number> {
  const turn = new Value(0);
  const best = new Value("float64", Infinity);
  const { ready, go, done } = gate();
  const workers = [0, 1].map((me) => started("passOnBare", [turn, me, core, best, { ready, go, done }]));
  await seconds(workers, ready, go, done);
  return best.get();
}

export function passOnBare(turn: Value, me: number, core: number, best: Value<"float64">, signals: Gate): void {
  pinToCore(core);
  const word = new Word(commons().region, turn.offset, "turn");
  const address = word.region.address + word.offset;
  atGate(signals, BATCHES, () => {
    batch(best, () => {
      while (word.load() !== me) futexWait(address, 1 - me, -1);
      word.store(1 - me);
      futexWake(address, 1);
    });
  });
}

function batch(best: Value<"float64">, round: () => void): void {
  const before = monotonicNow();
  for (let n = 0; n < ROUNDS_IN_BATCH; n++) round();
  const us = ((monotonicNow() - before) / ROUNDS_IN_BATCH / 2) * 1000;
  best.update((least) => Math.min(least, us));
}

/** Reading a file while 1,000 tasks await a lock and while none does, in turns; the best round of each. */
async function readsUs(): Promise<[pending: number, none: number]> {
  const best: [number, number] = [Infinity, Infinity];
  for (let round = 0; round < 10; round++) {
    for (const which of [0, 1]) {
      const lock = new Lock();
      lock.acquireSync();
      const tasks = Array.from({ length: which === 0 ? 1000 : 0 }, async () => {
        await lock.acquire();
        lock.release();
      });
      best[which] = Math.min(best[which], await readUs());
      lock.release();
      await Promise.all(tasks);
    }
  }
  return best;
}

async function readUs(): Promise<number> {
  const path = fileURLToPath(import.meta.url);
  const before = monotonicNow();
  for (let n = 0; n < 200; n++) await readFile(path);
  return ((monotonicNow() - before) / 200) * 1000;
}

const DEATHS = 4;

/** The worst of some deaths, with the next owner awaiting the lock already. */
async function deathMs(): Promise<number> {
  let worst = 0;
  for (let round = 0; round < DEATHS; round++) {
    const lock = new Lock();
    const holder = started("hold", [lock]);
    while (lock.owner === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    const waiting = lock.acquire();
    const before = monotonicNow();
    holder.kill();
    await waiting;
    worst = Math.max(worst, monotonicNow() - before);
    await holder.join();
  }
  return worst;
}

export async function hold(lock: Lock): Promise<void> {
  await lock.acquire();
  await new Promise((resolve) => setTimeout(resolve, 2 ** 30));
}

if (process.argv[2] === "--receive") {
  let left = Number(process.argv[3]);
  process.on("message", () => {
    if (--left === 0) process.send?.("done");
  });
  process.send?.("ready");
}
