import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Connection, pipe, Queue, SimpleQueue } from "../../primitives/index.ts";
import { monotonicNow } from "../../primitives/memory/monotonic.ts";
import { atGate, type Gate, gate, seconds, started } from "./gate.ts";
import { besideCPython, type Measure } from "./measure.ts";

/** The same as in cpython.py. The objects are of about 100 bytes there, pickled: 99 and 101. */
const ITEMS: Readonly<Record<string, unknown>> = {
  int: 7,
  "100 B": new Uint8Array(100),
  "10 KB": new Uint8Array(10_000),
  "1 MB": new Uint8Array(1_000_000),
  object: { id: 7, name: "n".repeat(60), ok: true },
  "nested object": { id: 7, name: "ada", at: { x: 1.5, y: -2.25 }, tags: ["new", "red"], ok: true, note: null },
};
/** Messages of each row. Ours of objects go at half their speed for the first tenth of a second. */
export const COUNTS: Readonly<Record<string, number>> = {
  int: 200_000,
  "100 B": 200_000,
  "10 KB": 20_000,
  "1 MB": 500,
  object: 400_000,
  "nested object": 400_000,
};

/** Messages per second between processes that do nothing else. */
export const messages: readonly Measure[] = [
  ...Object.keys(ITEMS).flatMap((size) => [
    besideCPython(`Queue ${size}`, "messages/s", () => queueRate(new Queue(), size)),
    besideCPython(`SimpleQueue ${size}`, "messages/s", () => queueRate(new SimpleQueue(), size)),
    besideCPython(`Pipe ${size}`, "messages/s", () => pipeRate(size)),
  ]),
  besideCPython("Queue 4 to 1", "messages/s", () => queueRate(new Queue(), "int", 4, 1)),
  besideCPython("Queue 1 to 4", "messages/s", () => queueRate(new Queue(), "int", 1, 4)),
  ...["int", "100 B", "object"].map((size) => ({
    name: `Queue ${size}, beside Node's own`,
    unit: "messages/s",
    peer: "process.send",
    take: async () => ({ value: await queueRate(new Queue(), size), peerValue: await sendRate(size) }),
  })),
];

async function queueRate(queue: Queue, size: string, producers = 1, consumers = 1): Promise<number> {
  const signals = gate();
  const count = COUNTS[size];
  const workers = [
    ...Array.from({ length: producers }, () =>
      started(import.meta.url, "produce", [queue, ITEMS[size], count / producers, signals]),
    ),
    ...Array.from({ length: consumers }, () =>
      started(import.meta.url, "consume", [queue, count / consumers, signals]),
    ),
  ];
  return count / (await seconds(workers, signals));
}

export function produce(queue: Queue, item: unknown, count: number, signals: Gate): void {
  atGate(signals, count, () => queue.putSync(item));
}

export function consume(queue: Queue, count: number, signals: Gate): void {
  atGate(signals, count, () => queue.getSync());
}

async function pipeRate(size: string): Promise<number> {
  const signals = gate();
  const count = COUNTS[size];
  const [receiver, sender] = pipe({ duplex: false });
  const workers = [
    started(import.meta.url, "send", [sender, ITEMS[size], count, signals]),
    started(import.meta.url, "receive", [receiver, count, signals]),
  ];
  return count / (await seconds(workers, signals));
}

export function send(connection: Connection, item: unknown, count: number, signals: Gate): void {
  atGate(signals, count, () => connection.sendSync(item));
}

export function receive(connection: Connection, count: number, signals: Gate): void {
  atGate(signals, count, () => connection.recvSync());
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
  const item = ITEMS[size] as object;
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

if (process.argv[2] === "--receive") {
  let left = Number(process.argv[3]);
  process.on("message", () => {
    if (--left === 0) process.send?.("done");
  });
  process.send?.("ready");
}
