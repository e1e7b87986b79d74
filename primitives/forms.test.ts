import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { Barrier } from "./barrier.ts";
import { Condition } from "./condition.ts";
import type { Connection } from "./connection.ts";
import { BrokenBarrierError, QueueEmpty, QueueFull, TimeoutError } from "./errors.ts";
import { Event } from "./event.ts";
import { FairLock } from "./fair-lock.ts";
import { freshArena } from "./fixtures/arena.ts";
import { RecordingProbe } from "./fixtures/recording-probe.ts";
import { JoinableQueue } from "./joinable-queue.ts";
import { Lock } from "./lock.ts";
import { type Arena, withArena } from "./memory/arena.ts";
import { setProbe, type WaitOutcome } from "./memory/probe.ts";
import type { Word } from "./memory/word.ts";
import type { WaitOptions } from "./operation.ts";
import { pipe } from "./pipe.ts";
import { Queue } from "./queue.ts";
import { RLock } from "./rlock.ts";
import { BoundedSemaphore, Semaphore } from "./semaphore.ts";
import { SharedArray } from "./shared-array.ts";
import { SharedBytes } from "./shared-bytes.ts";
import { SimpleQueue } from "./simple-queue.ts";
import { Value } from "./value.ts";
import { waitAny } from "./wait-any.ts";

/** An operation that has to wait, in all its forms, and what lets it through. */
interface Blocked {
  awaits(options?: WaitOptions): Promise<unknown>;
  blocks?(options?: Omit<WaitOptions, "signal">): unknown;
  tries?(): unknown;
  letThrough(): void;
  /** Who holds what it waits for is another process, so that under a probe it has to come as one. */
  readonly asAnother?: boolean;
}

/** What comes of it: a value, or an error. */
interface Outcomes {
  readonly late: unknown;
  /** Of the trying form, if it is another one. */
  readonly tried?: unknown;
  readonly through: unknown;
  /** What was there before the call does not let it through: only what happens meanwhile. */
  readonly onlyMeanwhile?: boolean;
}

const OPERATIONS: readonly (readonly [name: string, make: () => Blocked, outcomes: Outcomes])[] = [
  ["Lock.acquire", () => locked(new Lock()), { late: false, through: true }],
  ["FairLock.acquire", () => locked(new FairLock()), { late: false, through: true }],
  ["RLock.acquire", () => heldByATask(new RLock()), { late: false, through: true }],
  ["Semaphore.acquire", () => acquiring(new Semaphore(0)), { late: false, through: true }],
  ["BoundedSemaphore.acquire", () => locked(new BoundedSemaphore(1)), { late: false, through: true }],
  ["Lock.hold", () => holding(new Lock()), { late: TimeoutError, through: expect.anything() }],
  ["FairLock.hold", () => holding(new FairLock()), { late: TimeoutError, through: expect.anything() }],
  ["Semaphore.hold", () => holding(new BoundedSemaphore(1)), { late: TimeoutError, through: expect.anything() }],
  ["Value.hold", () => holdingOf(new Value(0)), { late: TimeoutError, through: expect.anything() }],
  ["SharedArray.hold", () => holdingOf(new SharedArray("int8", 1)), { late: TimeoutError, through: expect.anything() }],
  ["SharedBytes.hold", () => holdingOf(new SharedBytes(1)), { late: TimeoutError, through: expect.anything() }],
  ["Condition.hold", () => holdingOf(new Condition(new Lock())), { late: TimeoutError, through: expect.anything() }],
  ["Condition.acquire", () => holdingOf(new Condition(new Lock()), true), { late: false, through: true }],
  ["Event.wait", () => waitingFor(new Event()), { late: false, through: true }],
  ["Condition.wait", () => notified(new Condition(new Lock())), { late: false, through: true, onlyMeanwhile: true }],
  ["Condition.waitFor", () => becoming(new Condition(new Lock())), { late: 0, through: 7, onlyMeanwhile: true }],
  ["Barrier.wait", () => meeting(new Barrier(2)), { late: BrokenBarrierError, through: expect.any(Number) }],
  ["Queue.put", () => putting(new Queue(1)), { late: QueueFull, tried: false, through: undefined }],
  ["Queue.get", () => getting(new Queue()), { late: QueueEmpty, through: 1 }],
  [
    "SimpleQueue.put",
    () => putting(new SimpleQueue({ bytes: 64 })),
    { late: QueueFull, tried: false, through: undefined },
  ],
  ["SimpleQueue.get", () => getting(new SimpleQueue()), { late: QueueEmpty, through: 1 }],
  ["JoinableQueue.put", () => putting(new JoinableQueue(1)), { late: QueueFull, tried: false, through: undefined }],
  ["JoinableQueue.get", () => getting(new JoinableQueue()), { late: QueueEmpty, through: 1 }],
  ["JoinableQueue.join", () => joining(new JoinableQueue()), { late: false, through: true }],
  ["Connection.send", () => sending(ends()), { late: TimeoutError, tried: false, through: undefined }],
  ["Connection.sendBytes", () => sendingBytes(ends()), { late: TimeoutError, through: undefined }],
  ["Connection.recv", () => receiving(ends()), { late: TimeoutError, through: 1 }],
  ["Connection.recvBytes", () => receivingBytes(ends()), { late: TimeoutError, through: Uint8Array.of(1) }],
  ["Connection.recvBytesInto", () => receivingInto(ends()), { late: TimeoutError, through: 1 }],
  ["Connection.poll", () => polling(ends()), { late: false, through: true }],
  ["waitAny", () => any(new Event()), { late: [], through: [expect.any(Event)] }],
];

describe.each(OPERATIONS)("%s", (_name, make, { late, through, onlyMeanwhile, ...rest }) => {
  const made = (): { arena: Arena; blocked: Blocked } => {
    const arena = freshArena();
    return { arena, blocked: withArena(arena, make) };
  };

  test("that runs out of time, or only tries, says so in each form, and can be done afterwards", async () => {
    const { blocked } = made();
    await turn();
    for (const timeoutMs of [0, -1, 1]) {
      for (const form of limitedFormsOf(blocked)) expect(await outcomeOf(() => form({ timeoutMs }))).toEqual(late);
    }
    const tried = "tried" in rest ? rest.tried : late;
    expect(await outcomeOf(blocked.tries ?? (() => tried))).toEqual(tried);
    const waiting = blocked.awaits({ timeoutMs: 60_000 });
    await turn();
    blocked.letThrough();
    expect(await waiting).toEqual(through);
  });

  test("goes through in each form when it need not wait", async () => {
    const forms = ["awaits", "blocks", "tries"] as const;
    for (const form of forms) {
      const { blocked } = made();
      if (blocked[form] === undefined || onlyMeanwhile === true) continue;
      await turn();
      blocked.letThrough();
      await turn();
      const answer = await blocked[form]();
      expect([form, answer]).toEqual([form, form === "tries" && "tried" in rest ? true : through]);
    }
  });

  test("refuses a time-out that is no number of milliseconds before anything is touched", async () => {
    const { arena, blocked } = made();
    await turn();
    const before = Buffer.from(arena.region.bytes);
    for (const timeoutMs of [Number.NaN, "1", null] as number[]) {
      for (const form of limitedFormsOf(blocked)) expect(await outcomeOf(() => form({ timeoutMs }))).toBe(TypeError);
    }
    expect(before.equals(arena.region.bytes)).toBe(true);
  });

  test("ends with its signal, and can be done afterwards", async () => {
    const { blocked } = made();
    await turn();
    await expect(blocked.awaits({ signal: AbortSignal.abort(new Error("before")) })).rejects.toThrow("before");
    const abort = new AbortController();
    const aborted = blocked.awaits({ signal: abort.signal });
    await turn();
    abort.abort(new Error("no longer"));
    await expect(aborted).rejects.toThrow("no longer");
    const waiting = blocked.awaits();
    await turn();
    blocked.letThrough();
    expect(await waiting).toEqual(through);
  });

  test.each(["awaits", "blocks"] as const)(
    "has one deadline for the whole call, however often it is woken for nothing: %s",
    async (form) => {
      const probe = new RestlessProbe();
      const before = setProbe(probe);
      try {
        const { blocked } = made();
        if (blocked[form] === undefined) return;
        await turn();
        if (blocked.asAnother === true) probe.me = 2;
        expect(await outcomeOf(() => blocked[form]?.({ timeoutMs: 10 }))).toEqual(late);
        expect(probe.deadlines.length).toBeGreaterThan(1);
        expect(new Set(probe.deadlines)).toEqual(new Set([1010]));
      } finally {
        setProbe(before);
      }
    },
  );
});

/** Wakes whoever sleeps after 4 ms for no reason, until his time is up. */
class RestlessProbe extends RecordingProbe {
  readonly deadlines: number[] = [];

  override wait(word: Word, expected: number, deadlineMs: number): WaitOutcome {
    if (word.peek() !== expected) return "changed";
    this.deadlines.push(deadlineMs);
    this.clockMs = Math.min(this.clockMs + 4, deadlineMs);
    return this.clockMs >= deadlineMs ? "timed-out" : "woken";
  }
}

interface Lockable {
  acquire(options?: WaitOptions): Promise<boolean>;
  acquireSync(options?: WaitOptions): boolean;
  tryAcquire(): boolean;
  hold(options?: WaitOptions): Promise<unknown>;
  holdSync(options?: WaitOptions): unknown;
  release(): void;
}

function acquiring(lock: Lockable): Blocked {
  return {
    awaits: (options) => lock.acquire(options),
    blocks: (options) => lock.acquireSync(options),
    tries: () => lock.tryAcquire(),
    letThrough: () => lock.release(),
    asAnother: true,
  };
}

function locked(lock: Lockable): Blocked {
  lock.acquireSync();
  return acquiring(lock);
}

function holding(lock: Lockable): Blocked {
  lock.acquireSync();
  return {
    awaits: (options) => lock.hold(options),
    blocks: (options) => lock.holdSync(options),
    letThrough: () => lock.release(),
    asAnother: true,
  };
}

type Holdable = Pick<Lockable, "hold" | "holdSync"> & Partial<Lockable> & { readonly lock: Lock };

function holdingOf(object: Holdable, acquires = false): Blocked {
  object.lock.acquireSync();
  return {
    awaits: (options) => (acquires ? object.acquire!(options) : object.hold(options)),
    blocks: (options) => (acquires ? object.acquireSync!(options) : object.holdSync(options)),
    letThrough: () => (acquires ? object.release!() : object.lock.release()),
    asAnother: true,
  };
}

function heldByATask(lock: RLock): Blocked {
  let leave: () => void = () => {};
  void lock.run(() => new Promise<void>((resolve) => (leave = resolve)));
  return {
    awaits: (options) => lock.acquire(options),
    blocks: (options) => lock.acquireSync(options),
    tries: () => lock.tryAcquire(),
    letThrough: () => leave(),
    asAnother: true,
  };
}

function waitingFor(event: Event): Blocked {
  return {
    awaits: (options) => event.wait(options),
    blocks: (options) => event.waitSync(options),
    letThrough: () => event.set(),
  };
}

function notified(condition: Condition): Blocked {
  condition.acquireSync();
  return {
    awaits: (options) => condition.wait(options),
    blocks: (options) => condition.waitSync(options),
    letThrough() {
      condition.acquireSync();
      condition.notify();
      condition.release();
    },
  };
}

function becoming(condition: Condition): Blocked {
  const stock = new Value(0);
  condition.acquireSync();
  return {
    awaits: (options) => condition.waitFor(() => stock.get(), options),
    blocks: (options) => condition.waitForSync(() => stock.get(), options),
    letThrough() {
      condition.acquireSync();
      stock.set(7);
      condition.notify();
      condition.release();
    },
  };
}

/** Who is late breaks it for all; so it is made whole before the other one comes. */
function meeting(barrier: Barrier): Blocked {
  return {
    awaits: (options) => (mended(barrier), barrier.wait(options)),
    blocks: (options) => (mended(barrier), barrier.waitSync(options)),
    letThrough: () => void barrier.wait(),
  };
}

function mended(barrier: Barrier): void {
  if (barrier.broken) barrier.reset();
}

function putting(queue: Queue): Blocked {
  const item = new Uint8Array(16);
  while (queue.tryPut(item));
  return {
    awaits: (options) => queue.put(item, options),
    blocks: (options) => queue.putSync(item, options),
    tries: () => queue.tryPut(item),
    letThrough: () => void queue.getSync(),
  };
}

function getting(queue: Queue): Blocked {
  return {
    awaits: (options) => queue.get(options),
    blocks: (options) => queue.getSync(options),
    tries: () => queue.tryGet(),
    letThrough: () => queue.putSync(1),
  };
}

function joining(queue: JoinableQueue): Blocked {
  queue.putSync(1);
  return {
    awaits: (options) => queue.join(options),
    blocks: (options) => queue.joinSync(options),
    letThrough() {
      queue.getSync();
      queue.taskDone();
    },
  };
}

type Ends = readonly [Connection, Connection];

/** Both opened, so that using them for the first time is no news. */
function ends(): Ends {
  const [here, there] = pipe({ bytes: 64 });
  here.open();
  there.open();
  return [here, there];
}

function sending([here, there]: Ends): Blocked {
  const message = new Uint8Array(16);
  while (here.trySend(message));
  return {
    awaits: (options) => here.send(message, options),
    blocks: (options) => here.sendSync(message, options),
    tries: () => here.trySend(message),
    letThrough: () => void there.recvSync(),
  };
}

function sendingBytes([here, there]: Ends): Blocked {
  const { letThrough } = sending([here, there]);
  const message = new Uint8Array(16);
  return {
    awaits: (options) => here.sendBytes(message, options),
    blocks: (options) => here.sendBytesSync(message, options),
    letThrough,
  };
}

function receiving([here, there]: Ends): Blocked {
  return {
    awaits: (options) => there.recv(options),
    blocks: (options) => there.recvSync(options),
    tries: () => there.tryRecv(),
    letThrough: () => here.sendSync(1),
  };
}

function receivingBytes([here, there]: Ends): Blocked {
  return {
    awaits: (options) => there.recvBytes(options),
    blocks: (options) => there.recvBytesSync(options),
    letThrough: () => here.sendBytesSync(Uint8Array.of(1)),
  };
}

function receivingInto([here, there]: Ends): Blocked {
  const buffer = new Uint8Array(1);
  return {
    awaits: (options) => there.recvBytesInto(buffer, options),
    blocks: (options) => there.recvBytesIntoSync(buffer, options),
    letThrough: () => here.sendBytesSync(Uint8Array.of(1)),
  };
}

function polling([here, there]: Ends): Blocked {
  return {
    awaits: (options = {}) => there.poll(options),
    blocks: (options = {}) => there.pollSync(options),
    letThrough: () => here.sendSync(1),
  };
}

function any(event: Event): Blocked {
  return { awaits: (options) => waitAny([event], options), letThrough: () => event.set() };
}

/** The forms that take a time-out. */
function limitedFormsOf({ awaits, blocks }: Blocked): ((options: WaitOptions) => unknown)[] {
  return blocks === undefined ? [awaits] : [awaits, blocks];
}

/** The value; or the class of the error, if it threw one. */
async function outcomeOf(body: () => unknown): Promise<unknown> {
  try {
    return await body();
  } catch (error) {
    return (error as Error).constructor;
  }
}
