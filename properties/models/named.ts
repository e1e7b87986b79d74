import type { Model } from "../model.ts";
import { barrierModel } from "./barrier.ts";
import { counterModel } from "./counter.ts";
import { eventModel } from "./event.ts";
import { joinableCounterModel } from "./joinable-counter.ts";
import { keyValueMapModel } from "./key-value-map.ts";
import { lockModel } from "./lock.ts";
import { priorityQueueModel } from "./priority-queue.ts";
import { producerQueueModel } from "./producer-queue.ts";
import { queueModel } from "./queue.ts";
import { reentrantLockModel } from "./reentrant-lock.ts";
import { casRegisterModel, registerModel } from "./register.ts";
import { semaphoreModel } from "./semaphore.ts";
import { setModel } from "./set.ts";
import { stackModel } from "./stack.ts";
import { ticketOfficeModel } from "./ticket-office.ts";

/** The models by name, as the command line knows them, with what their parameter means. */
export const NAMED_MODELS: Readonly<Record<string, NamedModel>> = {
  barrier: { parameter: "parties", needed: true, create: (parties) => barrierModel(whole("barrier", parties)) },
  "bounded-semaphore": {
    parameter: "permits",
    needed: true,
    create: (permits) => semaphoreModel(whole("bounded-semaphore", permits), { bounded: true }),
  },
  "cas-register": { parameter: "initial value (null)", create: (init = null) => casRegisterModel(init) },
  counter: { parameter: "initial value (0)", create: (init = 0) => counterModel(init as number) },
  event: { create: eventModel },
  "joinable-counter": { create: joinableCounterModel },
  "key-value-map": {
    parameter: "what an absent key reads as (null)",
    create: (absent = null) => keyValueMapModel({ absent }),
  },
  lock: { create: () => lockModel() },
  "priority-queue": { create: priorityQueueModel },
  "producer-queue": { create: producerQueueModel },
  queue: {
    parameter: "capacity (unbounded)",
    create: (capacity) => queueModel(capacity === undefined ? Infinity : whole("queue", capacity)),
  },
  "reentrant-lock": { create: reentrantLockModel },
  register: { parameter: "initial value (null)", create: (init = null) => registerModel(init) },
  semaphore: { parameter: "permits", needed: true, create: (permits) => semaphoreModel(whole("semaphore", permits)) },
  set: { create: setModel },
  stack: { create: stackModel },
  "ticket-office": {
    parameter: "tickets",
    needed: true,
    create: (tickets) => ticketOfficeModel(whole("ticket-office", tickets)),
  },
};

export interface NamedModel {
  /** What the parameter is, and its default; undefined if there is none. */
  readonly parameter?: string;
  /** True if there is no default. */
  readonly needed?: boolean;
  create(parameter?: unknown): Model<any>;
}

/**
 * The model that a text such as "queue", "semaphore:4" or 'key-value-map:""' names; the parameter is JSON.
 *
 * @throws {RangeError} if there is no such model, or its parameter is missing, too much, or not what it should be.
 */
export function namedModel(text: string): Model<any> {
  const colon = text.indexOf(":");
  const name = colon === -1 ? text : text.slice(0, colon);
  const model = Object.hasOwn(NAMED_MODELS, name) ? NAMED_MODELS[name] : null;
  if (model === null)
    throw new RangeError(`There is no model "${name}". Choose one of ${Object.keys(NAMED_MODELS).join(", ")}.`);
  const parameter = colon === -1 ? undefined : parsed(name, text.slice(colon + 1));
  if (parameter !== undefined && model.parameter === undefined) {
    throw new RangeError(`The model "${name}" takes no parameter. Write --model ${name}.`);
  }
  if (parameter === undefined && model.needed === true) {
    throw new RangeError(`The model "${name}" needs its ${model.parameter!}. Write --model ${name}:4, for instance.`);
  }
  return model.create(parameter);
}

function parsed(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RangeError(
      `The parameter of "${name}" is ${text}, which is no JSON. Write a text in quotes: --model '${name}:"text"'.`,
    );
  }
}

function whole(name: string, value: unknown): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new RangeError(
    `The parameter of "${name}" is ${JSON.stringify(value)}. Give it a whole number of at least 0: --model ${name}:4.`,
  );
}
