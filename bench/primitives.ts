import { execFileSync, fork } from "node:child_process";
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
import { commons } from "../primitives/memory/commons.ts";
import { futexWait, futexWake, pinToCore } from "../primitives/memory/linux.ts";
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
    cpython("Lock pair", pairNs(new Lock()), "ns"),
    cpython("RLock pair", pairNs(new RLock()), "ns"),
    cpython("Semaphore pair", pairNs(new Semaphore(1)), "ns"),
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
  const objects = rows.find(({ name }) => name === "Queue object");
  rows.push(
    row("Queue object, to another Node process", objects?.value ?? 0, "messages/s", "process.send", await sendRate()),
  );
  rows.push(row("hand-over, one core", await handOverUs(true), "us", "bare futex", await bareFutexUs()));
  rows.push(row("hand-over, across cores, awake", await handOverUs(false), "us"));
  rows.push(row("1,000 pending awaits: a file read", await readUs(true), "us", "none pending", await readUs(false)));
  rows.push(row("holder killed to next owner told", await deathMs(), "ms"));
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

function bestNs(count: number, body: () => void): number {
  let best = Infinity;
  for (let round = 0; round < 5; round++) {
    const before = process.hrtime.bigint();
    body();
    best = Math.min(best, Number(process.hrtime.bigint() - before) / count);
  }
  return best;
}

function pairNs(lock: Lock | Semaphore): number {
  return bestNs(500_000, () => {
    for (let n = 0; n < 500_000; n++) {
      lock.acquireSync();
      lock.release();
    }
  });
}

function isSetNs(): number {
  const event = new Event();
  let seen = 0;
  const ns = bestNs(1_000_000, () => {
    for (let n = 0; n < 1_000_000; n++) if (event.isSet) seen++;
  });
  return seen === 0 ? ns : NaN;
}

function setNs(): number {
  const event = new Event();
  return bestNs(500_000, () => {
    for (let n = 0; n < 500_000; n++) event.set();
  });
}

function addNs(): number {
  const value = new Value(0);
  return bestNs(500_000, () => {
    for (let n = 0; n < 500_000; n++) value.add(1);
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

function atGate({ ready, go, done }: Gate, body: () => void): void {
  ready.release();
  go.waitSync();
  body();
  done.release();
}

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
  atGate(signals, () => {
    for (let n = 0; n < count; n++) queue.putSync(item);
  });
}

export function consume(queue: Queue, count: number, signals: Gate): void {
  atGate(signals, () => {
    for (let n = 0; n < count; n++) queue.getSync();
  });
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
  atGate(signals, () => {
    for (let n = 0; n < count; n++) connection.sendSync(item);
  });
}

export function receive(connection: Connection, count: number, signals: Gate): void {
  atGate(signals, () => {
    for (let n = 0; n < count; n++) connection.recvSync();
  });
}

async function barrierRate(): Promise<number> {
  const barrier = new Barrier(4);
  const rounds = 5000;
  const { ready, go, done } = gate();
  const workers = Array.from({ length: 4 }, () => started("meet", [barrier, rounds, { ready, go, done }]));
  return rounds / (await seconds(workers, ready, go, done));
}

export function meet(barrier: Barrier, rounds: number, signals: Gate): void {
  atGate(signals, () => {
    for (let n = 0; n < rounds; n++) barrier.waitSync();
  });
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
  atGate(signals, () => {
    for (let n = 0; n < rounds; n++) {
      condition.acquireSync();
      while (turn.get() !== me) condition.waitSync();
      turn.set(1 - me);
      condition.notify();
      condition.release();
    }
  });
}

/** Node's own way: objects through process.send, one process to another. */
async function sendRate(): Promise<number> {
  const count = 20_000;
  const peer = fork(fileURLToPath(import.meta.url), ["--receive", String(count)], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  await new Promise((resolve) => peer.once("message", resolve));
  const ended = new Promise((resolve) => peer.once("message", resolve));
  const item = ITEMS.find(([size]) => size === "object")?.[1] as object;
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

/** Half of a round trip between two semaphores, in microseconds. */
async function handOverUs(pinned: boolean): Promise<number> {
  const rounds = pinned ? 100_000 : 50_000;
  const [ping, pong] = [new BoundedSemaphore(1), new BoundedSemaphore(1)];
  pong.tryAcquire();
  const { ready, go, done } = gate();
  const workers = [
    started("passOn", [ping, pong, rounds, pinned, { ready, go, done }]),
    started("passOn", [pong, ping, rounds, pinned, { ready, go, done }]),
  ];
  return ((await seconds(workers, ready, go, done)) / rounds / 2) * 1e6;
}

export function passOn(mine: Semaphore, other: Semaphore, rounds: number, pinned: boolean, signals: Gate): void {
  if (pinned) pinToCore(0);
  atGate(signals, () => {
    for (let n = 0; n < rounds; n++) {
      mine.acquireSync();
      other.release();
    }
  });
}

async function bareFutexUs(): Promise<number> {
  const rounds = 100_000;
  const turn = new Value(0);
  const { ready, go, done } = gate();
  const workers = [0, 1].map((me) => started("passOnBare", [turn, me, rounds, { ready, go, done }]));
  return ((await seconds(workers, ready, go, done)) / rounds / 2) * 1e6;
}

export function passOnBare(turn: Value, me: number, rounds: number, signals: Gate): void {
  pinToCore(0);
  const word = new Word(commons().region, turn.offset, "turn");
  const address = word.region.address + word.offset;
  atGate(signals, () => {
    for (let n = 0; n < rounds; n++) {
      while (word.load() !== me) futexWait(address, 1 - me, -1);
      word.store(1 - me);
      futexWake(address, 1);
    }
  });
}

async function readUs(pending: boolean): Promise<number> {
  const { readFile } = await import("node:fs/promises");
  const lock = new Lock();
  lock.acquireSync();
  const tasks = Array.from({ length: pending ? 1000 : 0 }, async () => {
    await lock.acquire();
    lock.release();
  });
  const path = fileURLToPath(import.meta.url);
  let best = Infinity;
  for (let round = 0; round < 5; round++) {
    const before = monotonicNow();
    for (let n = 0; n < 200; n++) await readFile(path);
    best = Math.min(best, ((monotonicNow() - before) / 200) * 1000);
  }
  lock.release();
  await Promise.all(tasks);
  return best;
}

/** The worst of some deaths, with the next owner awaiting the lock already. */
async function deathMs(): Promise<number> {
  let worst = 0;
  for (let round = 0; round < 8; round++) {
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
