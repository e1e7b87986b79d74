import { Event, Process, Semaphore } from "../../primitives/index.ts";
import { monotonicNow } from "../../primitives/memory/monotonic.ts";

/** What lets several processes begin a loop together, and tells when all have ended theirs. */
export interface Gate {
  readonly ready: Semaphore;
  readonly go: Event;
  readonly done: Semaphore;
}

export function gate(): Gate {
  return { ready: new Semaphore(0), go: new Event(), done: new Semaphore(0) };
}

/** A started process that runs `role` of the module `url`. */
export function started(url: string, role: string, args: readonly unknown[]): Process {
  const worker = new Process(url, role, { args });
  worker.start();
  return worker;
}

/** Seconds from the moment when all workers are ready until all have ended their loop. */
export async function seconds(workers: readonly Process[], { ready, go, done }: Gate): Promise<number> {
  for (const _ of workers) await ready.acquire();
  const before = monotonicNow();
  go.set();
  for (const _ of workers) await done.acquire();
  const took = (monotonicNow() - before) / 1000;
  for (const worker of workers) await worker.join();
  return took;
}

/** A loop, after a tenth of it before the gate opens: what is measured is compiled by then. */
export function atGate({ ready, go, done }: Gate, count: number, body: () => void): void {
  for (let n = 0; n < count / WARM_UP; n++) body();
  ready.release();
  go.waitSync();
  for (let n = 0; n < count; n++) body();
  done.release();
}

const WARM_UP = 10;
