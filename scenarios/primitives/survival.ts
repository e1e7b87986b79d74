import fc from "fast-check";
import { scenario, type RoleContext } from "../../harness/scenario.ts";
import { Barrier } from "../../primitives/barrier.ts";
import { Condition } from "../../primitives/condition.ts";
import type { Connection } from "../../primitives/connection.ts";
import {
  BrokenBarrierError,
  BrokenPipeError,
  EofError,
  HeldUpError,
  QueueEmpty,
  TimeoutError,
} from "../../primitives/errors.ts";
import { Event } from "../../primitives/event.ts";
import { FairLock } from "../../primitives/fair-lock.ts";
import { JoinableQueue, type JoinableQueueOptions } from "../../primitives/joinable-queue.ts";
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
import { eventGating } from "../../properties/event-gating.ts";
import { mutualExclusion } from "../../properties/mutual-exclusion.ts";
import type { Claim } from "./claim.ts";
import {
  arrivesOnce,
  countedOnce,
  endIsHeardOf,
  nobodyPassesWithTheDead,
  nothingIsLost,
  orphanIsHandedOut,
  somebodyHears,
  wholeBytes,
} from "./survived.ts";

const two = { input: fc.constant({}), survives: ["kill", "pause"] } as const;
/** Longer than anything takes that is not held up, shorter than a pause can be. */
const PATIENCE_MS = 1000;

/**
 * Every primitive between two processes, small enough for a death and a pause at every step of every interleaving: nobody waits
 * for ever, nothing is lost or comes twice, and what is left can be used.
 *
 * Calls block the stack and not the event loop, so that a process has one line of execution.
 */
export const lockSurvives = scenario(import.meta.url, lockIsInherited("lock-survives", Lock));
export const rlockSurvives = scenario(import.meta.url, lockIsInherited("rlock-survives", RLock));
export const fairLockSurvives = scenario(import.meta.url, lockIsInherited("fair-lock-survives", FairLock));
export const semaphoreSurvives = scenario(import.meta.url, semaphoreKeepsItsPermits("semaphore-survives", Semaphore));
export const boundedSemaphoreSurvives = scenario(
  import.meta.url,
  semaphoreKeepsItsPermits("bounded-semaphore-survives", BoundedSemaphore),
);
export const eventSurvives = scenario(import.meta.url, eventOutlivesItsUsers(Event));
export const conditionSurvives = scenario(import.meta.url, conditionOutlivesItsUsers(Condition));
export const barrierSurvives = scenario(import.meta.url, barrierBreaksAtADeath(Barrier));
export const queueSurvives = scenario(
  import.meta.url,
  queueOutlivesItsUsers("queue-survives", () => new Queue({ maxSize: 2 })),
);
export const simpleQueueSurvives = scenario(
  import.meta.url,
  queueOutlivesItsUsers("simple-queue-survives", () => new SimpleQueue()),
);
export const joinableQueueSurvives = scenario(import.meta.url, joinableQueueHandsOutAgain(JoinableQueue));
export const pipeSurvives = scenario(
  import.meta.url,
  pipeEndsWithItsSender(() => pipe<number>({ duplex: false })),
);
export const duplexPipeSurvives = scenario(
  import.meta.url,
  pipeAnswers(() => pipe<number>()),
);
export const valueSurvives = scenario(import.meta.url, valueIsNeverHalf(Value));
export const heldValueSurvives = scenario(
  import.meta.url,
  heldValueIsInherited(() => new Value(0)),
);
export const sharedArraySurvives = scenario(import.meta.url, sharedArrayIsNeverHalf(SharedArray));
export const heldArraySurvives = scenario(
  import.meta.url,
  heldArrayIsInherited(() => new SharedArray("int32", 2)),
);
export const sharedBytesSurvive = scenario(
  import.meta.url,
  heldBytesAreInherited(() => new SharedBytes(2)),
);

/** The heir is told, and puts in order what it inherits. */
export function lockIsInherited<L extends Lock>(name: string, type: new () => L): Claim<object, { lock: L }> {
  return {
    ...two,
    name,
    description: "a holder dies or stands still at any step: the next one gets the lock and is told",
    shared: () => ({ lock: new type() }),
    processes: () => ["user", "user"],
    roles: {
      async user({ lock }) {
        lock.acquireSync();
        if (lock.lastOwnerDied) lock.markConsistent();
        lock.release();
      },
    },
    properties: [mutualExclusion({ object: "lock" })],
  };
}

/** One permit: who dies with it leaves it to the other. */
export function semaphoreKeepsItsPermits(
  name: string,
  type: new (permits: number) => Semaphore,
): Claim<object, { permits: Semaphore }> {
  return {
    ...two,
    name,
    description: "who has the only permit dies or stands still at any step: the other one gets it",
    shared: () => ({ permits: new type(1) }),
    processes: () => ["user", "user"],
    roles: {
      async user({ permits }) {
        permits.acquireSync();
        permits.release();
      },
    },
    properties: [],
  };
}

export function eventOutlivesItsUsers(type: new () => Event): Claim<object, { event: Event }> {
  return {
    ...two,
    name: "event-survives",
    description: "a setter or a waiter dies or stands still at any step: the other one goes on",
    shared: () => ({ event: new type() }),
    processes: () => ["waiter", "setter"],
    roles: {
      async waiter({ event }) {
        event.waitSync({ timeoutMs: PATIENCE_MS });
      },
      async setter({ event }) {
        event.set();
        event.clear();
        event.set();
      },
    },
    properties: [eventGating()],
  };
}

export function conditionOutlivesItsUsers(
  type: new (lock: Lock) => Condition,
): Claim<object, { lock: Lock; condition: Condition }> {
  return {
    ...two,
    name: "condition-survives",
    description: "a waiter or a notifier dies or stands still at any step: the other one goes on",
    shared: () => {
      const lock = new Lock();
      return { lock, condition: new type(lock) };
    },
    processes: () => ["waiter", "notifier"],
    roles: {
      async waiter({ lock, condition }) {
        condition.acquireSync();
        if (lock.lastOwnerDied) lock.markConsistent();
        condition.waitSync({ timeoutMs: PATIENCE_MS });
        if (lock.lastOwnerDied) lock.markConsistent();
        condition.release();
      },
      async notifier({ lock, condition }) {
        condition.acquireSync();
        if (lock.lastOwnerDied) lock.markConsistent();
        condition.notify();
        condition.release();
      },
    },
    properties: [],
  };
}

/** Two wait and one is notified: if one is dead by then, the other one hears of it. */
export function conditionPassesOverTheDead(
  type: new (lock: Lock) => Condition,
): Claim<object, { lock: Lock; condition: Condition }> {
  const claim = conditionOutlivesItsUsers(type);
  return {
    ...claim,
    name: "condition-notifies-the-living",
    description: "one of two waiters dies or stands still at any step: a notification is not lost on it",
    processes: () => ["waiter", "waiter", "notifier"],
    properties: [somebodyHears(PATIENCE_MS)],
  };
}

/** A round with a dead one in it does not come about, and those who are there are told. */
export function barrierBreaksAtADeath(type: new (parties: number) => Barrier): Claim<object, { barrier: Barrier }> {
  return {
    ...two,
    name: "barrier-survives",
    description: "one of two dies or stands still at any step of a round: the other one is told, or gets through",
    shared: () => ({ barrier: new type(2) }),
    processes: () => ["walker", "walker"],
    roles: {
      async walker({ barrier }) {
        unless(BrokenBarrierError, () => barrier.waitSync({ timeoutMs: PATIENCE_MS }));
      },
    },
    properties: [nobodyPassesWithTheDead()],
  };
}

export function queueOutlivesItsUsers(
  name: string,
  make: () => Queue<number>,
): Claim<object, { queue: Queue<number> }> {
  return {
    ...two,
    name,
    description: "one of two who put and get dies or stands still at any step: what was put arrives once, and whole",
    shared: () => ({ queue: make() }),
    processes: () => ["user", "user"],
    roles: {
      async user({ queue }, p: RoleContext<object>) {
        queue.putSync(1 + p.index);
        unless([QueueEmpty, HeldUpError], () => queue.getSync({ timeoutMs: PATIENCE_MS }));
      },
    },
    final: ({ queue }) => queue.size,
    properties: [arrivesOnce(), nothingIsLost()],
  };
}

/** One item for two workers: if one dies with it, the other one gets it. */
export function joinableQueueHandsOutAgain(
  type: new (options: JoinableQueueOptions) => JoinableQueue<number>,
): Claim<object, { queue: JoinableQueue<number> }> {
  return {
    ...two,
    name: "joinable-queue-survives",
    description: "one of two workers dies or stands still at any step: the only item is not lost with it",
    shared: () => ({ queue: withOneItem(new type(SMALL_QUEUE)) }),
    processes: () => ["worker", "worker"],
    roles: {
      async worker({ queue }) {
        unless([QueueEmpty, HeldUpError], () => {
          queue.getSync({ timeoutMs: PATIENCE_MS });
          queue.taskDone();
        });
      },
    },
    properties: [orphanIsHandedOut()],
  };
}

/** Too large for every interleaving with each fault in a few seconds, because three locked parts meet two. */
export function joinableQueueIsJoined(
  type: new (options: JoinableQueueOptions) => JoinableQueue<number>,
): Claim<object, { queue: JoinableQueue<number> }> {
  return {
    ...two,
    name: "joinable-queue-settles",
    description: "who joins, or who works, dies or stands still at any step: nobody waits for ever",
    shared: () => ({ queue: withOneItem(new type(SMALL_QUEUE)) }),
    processes: () => ["joiner", "worker"],
    roles: {
      async joiner({ queue }) {
        queue.joinSync({ timeoutMs: 2 * PATIENCE_MS });
      },
      async worker({ queue }) {
        unless([QueueEmpty, HeldUpError], () => {
          queue.getSync({ timeoutMs: PATIENCE_MS });
          queue.taskDone();
        });
      },
    },
    properties: [orphanIsHandedOut()],
  };
}

export function pipeEndsWithItsSender(
  make: () => readonly [Connection<number>, Connection<number>],
): Claim<object, { pipe: readonly [Connection<number>, Connection<number>] }> {
  return {
    ...two,
    name: "pipe-survives",
    description: "a sender or a receiver dies or stands still at any step: a message is there whole or not at all",
    shared: () => ({ pipe: make() }),
    processes: () => ["receiver", "sender"],
    roles: {
      async receiver({ pipe: [receiving] }) {
        unless([EofError, TimeoutError, HeldUpError], () => receiving.recvSync({ timeoutMs: PATIENCE_MS }));
      },
      async sender({ pipe: [, sending] }, p: RoleContext<object>) {
        await p.operation("open", () => sending.open());
        sending.sendSync(7);
      },
    },
    properties: [arrivesOnce(), endIsHeardOf(PATIENCE_MS)],
  };
}

export function pipeAnswers(
  make: () => readonly [Connection<number>, Connection<number>],
): Claim<object, { pipe: readonly [Connection<number>, Connection<number>] }> {
  return {
    ...two,
    name: "duplex-pipe-survives",
    description: "who asks, or who answers, dies or stands still at any step: the other one goes on",
    shared: () => ({ pipe: make() }),
    processes: () => ["asker", "answerer"],
    roles: {
      async asker({ pipe: [end] }) {
        unless([EofError, BrokenPipeError, TimeoutError, HeldUpError], () => {
          end.sendSync(7);
          end.recvSync({ timeoutMs: PATIENCE_MS });
        });
      },
      async answerer({ pipe: [, end] }) {
        unless([EofError, BrokenPipeError, TimeoutError, HeldUpError], () => {
          end.sendSync(end.recvSync({ timeoutMs: PATIENCE_MS }));
        });
      },
    },
    properties: [],
  };
}

export function valueIsNeverHalf(type: new (initial: number) => Value): Claim<object, { value: Value }> {
  return {
    ...two,
    name: "value-survives",
    description: "one of two who count dies or stands still at any step: what was counted is there",
    shared: () => ({ value: new type(0) }),
    processes: () => ["counter", "counter"],
    roles: {
      async counter({ value }, p: RoleContext<object>) {
        await p.operation("count", () => value.add(1));
      },
    },
    final: ({ value }) => value.get(),
    properties: [countedOnce()],
  };
}

export function sharedArrayIsNeverHalf(
  type: new (kind: "int32", length: number) => SharedArray<"int32">,
): Claim<object, { array: SharedArray<"int32"> }> {
  return {
    ...two,
    name: "shared-array-survives",
    description: "one of two who count in one place dies or stands still at any step: what was counted is there",
    shared: () => ({ array: new type("int32", 2) }),
    processes: () => ["counter", "counter"],
    roles: {
      async counter({ array }, p: RoleContext<object>) {
        await p.operation("count", () => array.add(1, 1));
      },
    },
    final: ({ array }) => array.get(1),
    properties: [countedOnce()],
  };
}

/** What takes two steps under a lock: who inherits it half done is told. */
export function heldValueIsInherited(make: () => Value): Claim<object, { value: Value }> {
  return {
    ...two,
    name: "held-value-survives",
    description: "one of two who count under the lock dies or stands still at any step: the other one counts",
    shared: () => ({ value: make() }),
    processes: () => ["counter", "counter"],
    roles: {
      async counter({ value }, p: RoleContext<object>) {
        await p.operation("count", () => {
          using _ = value.holdSync();
          if (value.lock.lastOwnerDied) value.lock.markConsistent();
          value.set(value.get() + 1);
        });
      },
    },
    final: ({ value }) => value.get(),
    properties: [countedOnce()],
  };
}

export function heldArrayIsInherited(make: () => SharedArray<"int32">): Claim<object, { array: SharedArray<"int32"> }> {
  return {
    ...two,
    name: "held-array-survives",
    description: "one of two who count under the lock dies or stands still at any step: the other one counts",
    shared: () => ({ array: make() }),
    processes: () => ["counter", "counter"],
    roles: {
      async counter({ array }, p: RoleContext<object>) {
        await p.operation("count", () => {
          using _ = array.holdSync();
          if (array.lock.lastOwnerDied) array.lock.markConsistent();
          array.set(0, array.get(0) + 1);
        });
      },
    },
    final: ({ array }) => array.get(0),
    properties: [countedOnce()],
  };
}

/** Half of a block may be there only while the lock says so. */
export function heldBytesAreInherited(make: () => SharedBytes): Claim<object, { bytes: SharedBytes }> {
  return {
    ...two,
    name: "shared-bytes-survive",
    description: "a writer dies or stands still at any step: the other one writes, and bytes are those of one of them",
    shared: () => ({ bytes: make() }),
    processes: () => ["writer", "writer"],
    roles: {
      async writer({ bytes }, p: RoleContext<object>) {
        using _ = bytes.holdSync();
        if (bytes.lock.lastOwnerDied) bytes.lock.markConsistent();
        bytes.set(new Uint8Array(bytes.length).fill(1 + p.index));
      },
    },
    final: ({ bytes }) => [...bytes.raw],
    properties: [wholeBytes()],
  };
}

const SMALL_QUEUE: JoinableQueueOptions = { maxSize: 1, leasesMax: 2 };

/** Put there before anybody begins. */
function withOneItem(queue: JoinableQueue<number>): JoinableQueue<number> {
  if (currentArena().creating) queue.tryPut(1);
  return queue;
}

/** An outcome that may be, where the other one is dead or late. */
function unless(expected: ErrorClass | readonly ErrorClass[], body: () => unknown): void {
  try {
    body();
  } catch (error) {
    if (![expected].flat().some((type) => error instanceof type)) throw error;
  }
}

type ErrorClass = new (...args: never[]) => Error;
