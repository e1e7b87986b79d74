import fc from "fast-check";
import type { History } from "../../harness/history.ts";
import type { Property } from "../../harness/property.ts";
import { scenario, type RoleContext } from "../../harness/scenario.ts";
import { Barrier } from "../../primitives/barrier.ts";
import { Condition } from "../../primitives/condition.ts";
import type { Connection } from "../../primitives/connection.ts";
import { BrokenBarrierError, EofError, QueueEmpty } from "../../primitives/errors.ts";
import { Event } from "../../primitives/event.ts";
import { JoinableQueue } from "../../primitives/joinable-queue.ts";
import { Lock } from "../../primitives/lock.ts";
import { pipe } from "../../primitives/pipe.ts";
import { Queue } from "../../primitives/queue.ts";
import { RLock } from "../../primitives/rlock.ts";
import { Semaphore } from "../../primitives/semaphore.ts";
import { SharedArray } from "../../primitives/shared-array.ts";
import { Value } from "../../primitives/value.ts";
import { mutualExclusion } from "../../properties/mutual-exclusion.ts";
import type { Claim } from "./claim.ts";

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
export const semaphoreSurvives = scenario(import.meta.url, semaphoreKeepsItsPermits(Semaphore));
export const eventSurvives = scenario(import.meta.url, eventOutlivesItsUsers(Event));
export const conditionSurvives = scenario(import.meta.url, conditionPassesOverTheDead(Condition));
export const barrierSurvives = scenario(import.meta.url, barrierBreaksAtADeath(Barrier));
export const queueSurvives = scenario(import.meta.url, queueOutlivesItsUsers(Queue));
export const joinableQueueSurvives = scenario(import.meta.url, joinableQueueSettles(JoinableQueue));
export const pipeSurvives = scenario(
  import.meta.url,
  pipeEndsWithItsSender(() => pipe<number>({ duplex: false })),
);
export const valueSurvives = scenario(import.meta.url, valueIsNeverHalf(Value));
export const sharedArraySurvives = scenario(import.meta.url, sharedArrayIsNeverHalf(SharedArray));

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
  type: new (permits: number) => Semaphore,
): Claim<object, { permits: Semaphore }> {
  return {
    ...two,
    name: "semaphore-survives",
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
    properties: [],
  };
}

export function conditionPassesOverTheDead(
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
    properties: [],
  };
}

export function queueOutlivesItsUsers(
  type: new (options: { readonly maxSize: number }) => Queue<number>,
): Claim<object, { queue: Queue<number> }> {
  return {
    ...two,
    name: "queue-survives",
    description: "a producer or a consumer dies or stands still at any step: what was put arrives once, and whole",
    shared: () => ({ queue: new type({ maxSize: 1 }) }),
    processes: () => ["producer", "consumer"],
    roles: {
      async producer({ queue }) {
        queue.putSync(1);
      },
      async consumer({ queue }) {
        unless(QueueEmpty, () => queue.getSync({ timeoutMs: PATIENCE_MS }));
      },
    },
    properties: [arrivesOnce()],
  };
}

export function joinableQueueSettles(
  type: new (options: { readonly maxSize: number }) => JoinableQueue<number>,
): Claim<object, { queue: JoinableQueue<number> }> {
  return {
    ...two,
    name: "joinable-queue-survives",
    description: "who puts and joins, or who works, dies or stands still at any step: nobody waits for ever",
    shared: () => ({ queue: new type({ maxSize: 2 }) }),
    processes: () => ["boss", "worker"],
    roles: {
      async boss({ queue }) {
        queue.putSync(1);
        queue.joinSync({ timeoutMs: 2 * PATIENCE_MS });
      },
      async worker({ queue }) {
        unless(QueueEmpty, () => {
          queue.getSync({ timeoutMs: PATIENCE_MS });
          queue.taskDone();
        });
      },
    },
    properties: [],
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
        unless(EofError, () => {
          if (receiving.pollSync({ timeoutMs: PATIENCE_MS })) receiving.recvSync();
        });
      },
      async sender({ pipe: [, sending] }) {
        sending.sendSync(7);
      },
    },
    properties: [arrivesOnce()],
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

/** An outcome that may be, where the other one is dead or late. */
function unless(expected: new (...args: never[]) => Error, body: () => unknown): void {
  try {
    body();
  } catch (error) {
    if (!(error instanceof expected)) throw error;
  }
}

/** What is received was sent, and comes once. */
function arrivesOnce(): Property {
  return {
    name: "arrives-once",
    claim: "what is received was sent, whole, and is received once",
    check({ operations }: History) {
      const sent = operations.filter(({ operation }) => /^(put|send)/.test(operation));
      const received = operations.filter(
        ({ operation, outcome }) => /^(get|recv)/.test(operation) && outcome === "returned",
      );
      const wrong = received.find(({ result }) => !sent.some(({ args }) => args[0] === result));
      if (wrong !== undefined)
        return { message: `${String(wrong.result)} was received and never sent`, operations: [wrong.id] };
      if (received.length <= sent.length) return null;
      return { message: `${sent.length} sent, ${received.length} received`, operations: received.map(({ id }) => id) };
    },
  };
}

/** Who is dead may have counted, or not. */
function countedOnce(): Property {
  return {
    name: "counted-once",
    claim: "the count is that of those who counted",
    check({ operations, final }: History) {
      const counts = operations.filter(({ operation }) => operation === "count");
      const certain = counts.filter(({ outcome }) => outcome === "returned").length;
      if (certain <= (final as number) && (final as number) <= counts.length) return null;
      return { message: `${certain} to ${counts.length} counted, and the count is ${String(final)}`, operations: [] };
    },
  };
}
