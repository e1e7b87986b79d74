import { BoundedSemaphore, Semaphore, Value } from "../../primitives/index.ts";
import { commons } from "../../primitives/memory/commons.ts";
import { allowedCores, futexWait, futexWake, pinToCore } from "../../primitives/memory/linux.ts";
import { monotonicNow } from "../../primitives/memory/monotonic.ts";
import { Word } from "../../primitives/memory/word.ts";
import { atGate, type Gate, gate, seconds, started } from "./gate.ts";
import type { Measure } from "./measure.ts";

const CORES = allowedCores();

/** Half of a round trip between two processes: through our semaphores, and through a futex alone. */
export const handOver: readonly Measure[] = [
  {
    name: "hand-over, one core",
    unit: "us",
    peer: "bare futex",
    take: async () => ({ value: await handOverUs(CORES[0]), peerValue: await bareFutexUs(CORES[0]) }),
  },
  ...(CORES.length < 2
    ? []
    : [
        {
          name: "hand-over, across cores, awake",
          unit: "us",
          take: async () => ({ value: await handOverUs(null) }),
        },
      ]),
];

/** A hand-over takes as long as in the best batch: in that one, both processes had their cores to themselves. */
const BATCHES = 200;
const ROUNDS_IN_BATCH = 250;

/** In microseconds: both on one core, or wherever the kernel puts them. */
async function handOverUs(core: number | null): Promise<number> {
  const [ping, pong] = [new BoundedSemaphore(1), new BoundedSemaphore(1)];
  pong.tryAcquire();
  const best = new Value("float64", Infinity);
  const signals = gate();
  const workers = [
    started(import.meta.url, "passOn", [ping, pong, core, best, signals]),
    started(import.meta.url, "passOn", [pong, ping, core, best, signals]),
  ];
  await seconds(workers, signals);
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
  const signals = gate();
  const workers = [0, 1].map((me) => started(import.meta.url, "passOnBare", [turn, me, core, best, signals]));
  await seconds(workers, signals);
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
