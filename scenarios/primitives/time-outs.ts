import fc from "fast-check";
import type { Property } from "../../harness/property.ts";
import { scenario } from "../../harness/scenario.ts";
import { Barrier } from "../../primitives/barrier.ts";
import { Condition } from "../../primitives/condition.ts";
import { BrokenBarrierError, QueueEmpty, QueueFull, TimeoutError } from "../../primitives/errors.ts";
import { Event } from "../../primitives/event.ts";
import { FairLock } from "../../primitives/fair-lock.ts";
import { JoinableQueue } from "../../primitives/joinable-queue.ts";
import { Lock } from "../../primitives/lock.ts";
import { currentArena } from "../../primitives/memory/arena.ts";
import { pipe } from "../../primitives/pipe.ts";
import { Queue } from "../../primitives/queue.ts";
import { RLock } from "../../primitives/rlock.ts";
import { BoundedSemaphore, Semaphore } from "../../primitives/semaphore.ts";
import { SharedArray } from "../../primitives/shared-array.ts";
import { SharedBytes } from "../../primitives/shared-bytes.ts";
import { SimpleQueue } from "../../primitives/simple-queue.ts";
import { Value } from "../../primitives/value.ts";
import type { Claim } from "./claim.ts";

/** A wait with a time-out, and the other process, which closes the way before it and opens it some time later. */
interface Way {
  readonly object: object;
  close?(): void;
  open(): void;
  /** Opens and closes it at once: who waits is woken, and comes through or finds that it was for nothing. */
  tease?(): void;
  await(limit: { readonly timeoutMs: number }): Promise<unknown>;
  block(limit: { readonly timeoutMs: number }): unknown;
}

interface Appointment {
  readonly way: string;
  readonly blocks: boolean;
  readonly timeoutMs: number;
  readonly opensMs: number;
}

type Ways = Readonly<Record<string, () => Way>>;

/** When the one who waits comes, in milliseconds: all that takes no time has happened by then. */
const COMES_MS = 1;
const TEASES_MS = 2;
const LATE = [QueueEmpty, QueueFull, TimeoutError, BrokenBarrierError];

export const timeOuts = scenario(import.meta.url, timeOutsAreKept("time-outs", waysThroughAll()));

export function lockKeepsItsTime(type: new () => Lock): Claim<Appointment, Way> {
  return timeOutsAreKept("lock-time-outs", { lock: () => throughLock(new type()) });
}

/** Time passes only when nobody can move, so that a wait that is over takes not a millisecond more or less than it may. */
function timeOutsAreKept(name: string, ways: Ways): Claim<Appointment, Way> {
  return {
    name,
    description: "somebody waits for so long, another one lets him through before or after it: he is told in time",
    input: fc.record({
      way: fc.constantFrom(...Object.keys(ways)),
      blocks: fc.boolean(),
      timeoutMs: fc.constantFrom(0, 2, 5, 10),
      opensMs: fc.constantFrom(4, 8),
    }),
    shared: ({ way }) => ways[way](),
    processes: () => ["opener", "waiter"],
    roles: {
      async opener(way, p) {
        way.close?.();
        await p.sleep(TEASES_MS);
        way.tease?.();
        await p.sleep(p.input.opensMs - TEASES_MS);
        way.open();
      },
      async waiter(way, p) {
        const { blocks, timeoutMs } = p.input;
        await p.sleep(COMES_MS);
        await p.operation("come", async () => {
          try {
            return (blocks ? way.block({ timeoutMs }) : await way.await({ timeoutMs })) !== false;
          } catch (error) {
            if (LATE.some((type) => error instanceof type)) return false;
            throw error;
          }
        });
      },
    },
    properties: [timeIsKept()],
  };
}

function timeIsKept(): Property {
  return {
    name: "time-is-kept",
    claim: "who comes through has not waited longer than he may, and who does not has waited so long",
    looksAtTime: true,
    check({ operations, input, times = [] }) {
      const come = operations.find(({ operation }) => operation === "come");
      if (come?.returned == null) return null;
      const { timeoutMs, opensMs } = input as Appointment;
      const tookMs = times[come.returned] - times[come.invoked];
      const opensAfterMs = opensMs - COMES_MS;
      const isOpen = tookMs === opensAfterMs || tookMs === TEASES_MS - COMES_MS;
      const inTime = come.result === true ? isOpen && tookMs <= timeoutMs : tookMs === timeoutMs;
      const right = come.result === true || opensAfterMs >= timeoutMs;
      if (inTime && right) return null;
      const what = come.result === true ? "came through" : "was refused";
      return {
        message: `${come.process} ${what} after ${tookMs} of ${timeoutMs} ms, and could have come through after ${opensAfterMs}`,
        operations: [come.id],
      };
    },
  };
}

interface Lockable {
  acquire(limit: { readonly timeoutMs: number }): Promise<boolean>;
  acquireSync(limit?: { readonly timeoutMs: number }): boolean;
  release(): void;
}

function throughLock(lock: Lockable & object): Way {
  let held = false;
  return {
    object: lock,
    close() {
      held = lock.acquireSync();
    },
    open() {
      if (held) lock.release();
    },
    tease() {
      lock.release();
      held = lock.acquireSync({ timeoutMs: 0 });
    },
    await: (limit) => lock.acquire(limit),
    block: (limit) => lock.acquireSync(limit),
  };
}

function throughHold(object: Value | SharedArray<"int8"> | SharedBytes): Way {
  return {
    object,
    close: () => void object.lock.acquireSync(),
    open: () => object.lock.release(),
    await: (limit) => object.hold(limit),
    block: (limit) => object.holdSync(limit),
  };
}

function throughItem(queue: Queue): Way {
  return {
    object: queue,
    open: () => queue.putSync(1),
    await: (limit) => queue.get(limit),
    block: (limit) => queue.getSync(limit),
  };
}

function throughRoom(queue: Queue): Way {
  if (currentArena().creating) while (queue.tryPut("x".repeat(20)));
  return {
    object: queue,
    open: () => void queue.getSync(),
    await: (limit) => queue.put("x".repeat(20), limit),
    block: (limit) => queue.putSync("x".repeat(20), limit),
  };
}

function waysThroughAll(): Ways {
  return {
    lock: () => throughLock(new Lock()),
    rlock: () => throughLock(new RLock()),
    semaphore: () => throughLock(new Semaphore(1)),
    "bounded semaphore": () => throughLock(new BoundedSemaphore(1)),
    "fair lock": () => throughLock(new FairLock()),
    value: () => throughHold(new Value(0)),
    array: () => throughHold(new SharedArray("int8", 1)),
    bytes: () => throughHold(new SharedBytes(1)),
    "queue, get": () => throughItem(new Queue()),
    "queue, put": () => throughRoom(new Queue(1)),
    "simple queue, get": () => throughItem(new SimpleQueue()),
    "simple queue, put": () => throughRoom(new SimpleQueue({ bytes: 64 })),
    "joinable queue, get": () => throughItem(new JoinableQueue()),
    "joinable queue, put": () => throughRoom(new JoinableQueue(1)),
    event() {
      const event = new Event();
      return {
        object: event,
        open: () => event.set(),
        await: (limit) => event.wait(limit),
        block: (limit) => event.waitSync(limit),
      };
    },
    condition() {
      const condition = new Condition(new Lock());
      return {
        object: condition,
        open() {
          using _ = condition.holdSync();
          condition.notify();
        },
        async await(limit) {
          await using _ = await condition.hold();
          return await condition.wait(limit);
        },
        block(limit) {
          using _ = condition.holdSync();
          return condition.waitSync(limit);
        },
      };
    },
    barrier() {
      const barrier = new Barrier(2);
      return {
        object: barrier,
        open() {
          try {
            barrier.waitSync({ timeoutMs: 0 });
          } catch (error) {
            if (!(error instanceof BrokenBarrierError)) throw error;
          }
        },
        await: (limit) => barrier.wait(limit),
        block: (limit) => barrier.waitSync(limit),
      };
    },
    join() {
      const queue = new JoinableQueue();
      if (currentArena().creating) queue.putSync(1);
      return {
        object: queue,
        open() {
          queue.getSync();
          queue.taskDone();
        },
        await: (limit) => queue.join(limit),
        block: (limit) => queue.joinSync(limit),
      };
    },
    recv() {
      const [here, there] = pipe();
      return {
        object: here,
        open: () => here.sendSync(1),
        await: (limit) => there.recv(limit),
        block: (limit) => there.recvSync(limit),
      };
    },
    send() {
      const [here, there] = pipe({ bytes: 64 });
      return {
        object: here,
        close: () => here.sendBytesSync(new Uint8Array(16)),
        open: () => void there.recvBytesSync(),
        await: (limit) => here.sendBytes(new Uint8Array(16), limit),
        block: (limit) => here.sendBytesSync(new Uint8Array(16), limit),
      };
    },
    poll() {
      const [here, there] = pipe();
      return {
        object: here,
        open: () => here.sendSync(1),
        await: (limit) => there.poll(limit),
        block: (limit) => there.pollSync(limit),
      };
    },
  };
}
