import koffi from "koffi";
import { Event, SharedBytes, Value } from "../../primitives/index.ts";
import { commons } from "../../primitives/memory/commons.ts";
import { monotonicNow } from "../../primitives/memory/monotonic.ts";
import { started } from "./gate.ts";

/**
 * The peer of our noticing a holder's death: a robust mutex of POSIX, where the kernel itself tells the next owner
 * (pthread_mutexattr_setrobust(3)). Milliseconds from the kill to the moment when a blocked thread in another process has it,
 * the worst of some; null where the C library has none.
 */
export async function robustMutexDeathMs(rounds: number): Promise<number | null> {
  const calls = openCalls();
  if (calls === null) return null;
  let worst = 0;
  for (let round = 0; round < rounds; round++) {
    const mutex = new SharedBytes(MUTEX_BYTES);
    const attributes = new SharedBytes(MUTEX_BYTES);
    calls.initAttributes(addressOf(attributes));
    calls.setShared(addressOf(attributes), 1);
    calls.setRobust(addressOf(attributes), 1);
    calls.initMutex(addressOf(mutex), addressOf(attributes));
    const held = new Event();
    const waiting = new Event();
    const gotAtMs = new Value("float64", 0);
    const holder = started(import.meta.url, "holdMutex", [mutex, held]);
    await held.wait();
    const waiter = started(import.meta.url, "waitForMutex", [mutex, waiting, gotAtMs]);
    await waiting.wait();
    // It says so right before it blocks.
    await new Promise((resolve) => setTimeout(resolve, 20));
    const before = monotonicNow();
    holder.kill();
    await waiter.join();
    worst = Math.max(worst, gotAtMs.get() - before);
    await holder.join();
  }
  return worst;
}

export async function holdMutex(mutex: SharedBytes, held: Event): Promise<void> {
  openCalls()?.lock(addressOf(mutex));
  held.set();
  await new Promise((resolve) => setTimeout(resolve, 2 ** 30));
}

export function waitForMutex(mutex: SharedBytes, waiting: Event, gotAtMs: Value<"float64">): void {
  const calls = openCalls();
  waiting.set();
  const answer = calls?.lock(addressOf(mutex));
  gotAtMs.set(answer === EOWNERDEAD ? monotonicNow() : Infinity);
}

/** More than the C library's types for a mutex and its attributes take. */
const MUTEX_BYTES = 64;
const EOWNERDEAD = 130;

function addressOf(bytes: SharedBytes): number {
  return commons().region.address + bytes.offset;
}

interface Calls {
  initAttributes(attributes: number): number;
  setShared(attributes: number, shared: number): number;
  setRobust(attributes: number, robust: number): number;
  initMutex(mutex: number, attributes: number): number;
  lock(mutex: number): number;
}

function openCalls(): Calls | null {
  try {
    const libc = koffi.load(null);
    return {
      initAttributes: libc.func("int pthread_mutexattr_init(uintptr_t attributes)"),
      setShared: libc.func("int pthread_mutexattr_setpshared(uintptr_t attributes, int shared)"),
      setRobust: libc.func("int pthread_mutexattr_setrobust(uintptr_t attributes, int robust)"),
      initMutex: libc.func("int pthread_mutex_init(uintptr_t mutex, uintptr_t attributes)"),
      lock: libc.func("int pthread_mutex_lock(uintptr_t mutex)"),
    };
  } catch {
    return null;
  }
}
