import fc from "fast-check";
import { Event } from "../primitives/event.ts";
import { Lock } from "../primitives/lock.ts";
import { Queue } from "../primitives/queue.ts";
import { RLock } from "../primitives/rlock.ts";
import { BoundedSemaphore, Semaphore } from "../primitives/semaphore.ts";
import { Value } from "../primitives/value.ts";
import { linearizable, type LinearizableOptions } from "../properties/linearizable.ts";
import {
  casRegisterModel,
  counterModel,
  eventModel,
  lockModel,
  queueModel,
  reentrantLockModel,
  semaphoreModel,
} from "../properties/models/index.ts";
import { unique } from "../properties/program.ts";

/**
 * The project's own primitives against sequential models, in generated programs. Each is made by a function of the class, so that
 * versions with a seeded bug can be put to it as well.
 */
export const queueModelled = linearizable(import.meta.url, queueAgainstModel(Queue));
export const queueOfLettersModelled = linearizable(import.meta.url, queueOfLettersAgainstModel(Queue));
export const semaphoreModelled = linearizable(import.meta.url, semaphoreAgainstModel(Semaphore));
export const impatientSemaphoreModelled = linearizable(import.meta.url, impatientSemaphoreAgainstModel(Semaphore));
export const boundedSemaphoreModelled = linearizable(import.meta.url, boundedSemaphoreAgainstModel(BoundedSemaphore));
export const lockModelled = linearizable(import.meta.url, lockAgainstModel(Lock));
export const rlockModelled = linearizable(import.meta.url, rlockAgainstModel(RLock));
export const eventModelled = linearizable(import.meta.url, eventAgainstModel(Event));
export const valueModelled = linearizable(import.meta.url, valueAgainstModel(Value));
export const counterModelled = linearizable(import.meta.url, counterAgainstModel(Value));

export function queueAgainstModel(type: new (maxSize: number) => Queue<number>): LinearizableOptions<Queue<number>> {
  return {
    name: "queue-model",
    description: "a queue with one place, in generated programs: puts and gets, waiting or not, as its model says",
    object: "queue",
    create: () => new type(1),
    operations: { put: [unique], get: [], tryPut: [unique], tryGet: [] },
    model: queueModel(1),
  };
}

/** What is put is longer than what fits beside a message's length. */
export function queueOfLettersAgainstModel(type: new () => Queue<object>): LinearizableOptions<Queue<object>> {
  const letter = fc.record({ letter: unique });
  return {
    name: "queue-of-letters-model",
    description:
      "a queue in generated programs whose messages have more than a number in them: nobody gets half of one",
    object: "queue",
    create: () => new type(),
    operations: { put: [letter], get: [], tryGet: [] },
    model: queueModel(),
  };
}

export function semaphoreAgainstModel(type: new (permits: number) => Semaphore): LinearizableOptions<Semaphore> {
  return {
    name: "semaphore-model",
    description:
      "a semaphore with one permit, in generated programs: nobody gets in too many, nobody waits for nothing",
    object: "permits",
    create: () => new type(1),
    operations: { acquire: { weight: 2 }, tryAcquire: [], release: { weight: 2 } },
    model: semaphoreModel(1),
  };
}

/**
 * Whoever acquires waits for a millisecond at most. Virtual time passes only when nobody can move, so it takes two who wait at the same
 * time for one to be late and the other to go on.
 */
export function impatientSemaphoreAgainstModel(
  type: new (permits: number) => Semaphore,
): LinearizableOptions<Semaphore> {
  return {
    ...semaphoreAgainstModel(type),
    name: "impatient-semaphore-model",
    description:
      "a semaphore with one permit, in generated programs in which nobody waits for long: who gives up takes none",
    operations: {
      acquire: { args: [fc.constant({ timeoutMs: 1 })], weight: 2 },
      tryAcquire: [],
      release: { weight: 2 },
    },
    processesMax: 2,
    prefixMax: 0,
    suffixMax: 0,
  };
}

export function boundedSemaphoreAgainstModel(type: new (permits: number) => Semaphore): LinearizableOptions<Semaphore> {
  return {
    ...semaphoreAgainstModel(type),
    name: "bounded-semaphore-model",
    description: "a bounded semaphore in generated programs: it also refuses each release of more than there were",
    model: semaphoreModel(1, { bounded: true }),
  };
}

export function lockAgainstModel(type: new () => Lock): LinearizableOptions<Lock> {
  return {
    name: "lock-model",
    description: "a lock in generated programs: one holder, only the holder releases, nobody waits for a free lock",
    object: "lock",
    create: () => new type(),
    operations: { acquire: [], tryAcquire: [], release: { weight: 2 } },
    model: lockModel(),
  };
}

export function rlockAgainstModel(type: new () => RLock): LinearizableOptions<RLock> {
  return {
    name: "rlock-model",
    description: "a re-entrant lock in generated programs: its holder gets it again, and gives it back as often",
    object: "rlock",
    create: () => new type(),
    operations: { acquire: [], tryAcquire: [], release: { weight: 2 } },
    model: reentrantLockModel(),
  };
}

export function eventAgainstModel(type: new () => Event): LinearizableOptions<Event> {
  return {
    name: "event-model",
    description: "an event in generated programs: a wait ends exactly if the event was set at some moment of it",
    object: "event",
    create: () => new type(),
    operations: { set: { weight: 2 }, clear: [], isSet: { call: (event) => event.isSet }, wait: { weight: 2 } },
    model: eventModel(),
  };
}

export function valueAgainstModel(type: new (initial: number) => Value): LinearizableOptions<Value> {
  const small = fc.nat(2);
  return {
    name: "value-model",
    description: "a shared number in generated programs of reads, writes and compare-and-exchanges",
    object: "value",
    create: () => new type(0),
    operations: {
      read: { call: (value) => value.get() },
      write: { args: [small], call: (value, [next]) => value.set(next as number) },
      compareExchange: [small, small],
    },
    model: casRegisterModel(0),
  };
}

export function counterAgainstModel(type: new (initial: number) => Value): LinearizableOptions<Value> {
  return {
    name: "counter-model",
    description: "a shared number in generated programs of additions, each one step, and reads",
    object: "count",
    create: () => new type(0),
    operations: {
      fetchAdd: { call: (count) => count.add(1) },
      subtract: { call: (count) => count.sub(1) },
      increment: { call: (count) => count.update((before) => before + 1) },
      read: { call: (count) => count.get() },
    },
    model: counterModel(),
  };
}
