import { Event, Lock, RLock, Semaphore, Value } from "../../primitives/index.ts";
import { besideCPython, type Measure } from "./measure.ts";

/** What an operation costs that nobody else interferes with. */
export const alone: readonly Measure[] = [
  besideCPython("Lock pair", "ns", lockPairNs),
  besideCPython("RLock pair", "ns", rlockPairNs),
  besideCPython("Semaphore pair", "ns", semaphorePairNs),
  besideCPython("Event isSet", "ns", isSetNs),
  besideCPython("Event set", "ns", setNs),
  besideCPython("Value add", "ns", addNs),
];

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
