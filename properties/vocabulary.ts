import type { Columns } from "./columns.ts";
import { UnknownOperationError } from "./model.ts";

/** The names that each operation of an object goes by: in our primitives, in other libraries, in histories from elsewhere. */
export type Vocabulary<Role extends string> = Readonly<Record<Role, readonly string[]>>;

export const LOCK_NAMES: Vocabulary<"acquire" | "release"> = {
  acquire: ["acquire", "tryAcquire", "lock", "tryLock"],
  release: ["release", "unlock"],
};

/** Of locks that tell the next holder that the last one died. */
export const ROBUST_NAMES: Vocabulary<"acquire" | "release" | "repair"> = {
  ...LOCK_NAMES,
  repair: ["markConsistent"],
};

export const EVENT_NAMES: Vocabulary<"set" | "clear" | "isSet" | "wait"> = {
  set: ["set"],
  clear: ["clear"],
  isSet: ["isSet", "is_set"],
  wait: ["wait"],
};

export const QUEUE_NAMES: Vocabulary<"put" | "get" | "size" | "empty" | "full"> = {
  put: ["put", "tryPut", "putNowait", "enqueue", "enq", "push", "offer", "send", "trySend"],
  get: ["get", "tryGet", "getNowait", "dequeue", "deq", "pop", "poll", "take", "recv", "receive", "tryRecv"],
  size: ["size", "qsize", "length"],
  empty: ["empty", "isEmpty"],
  full: ["full", "isFull"],
};

export const STACK_NAMES: Vocabulary<"push" | "pop"> = {
  push: ["push", "put"],
  pop: ["pop", "tryPop", "get", "tryGet"],
};

export const SET_NAMES: Vocabulary<"add" | "remove" | "has"> = {
  add: ["add", "insert"],
  remove: ["remove", "delete"],
  has: ["has", "contains"],
};

export const PRIORITY_QUEUE_NAMES: Vocabulary<"insert" | "take"> = {
  insert: ["insert", "put", "push", "add"],
  take: ["deleteMin", "take", "get", "tryGet", "pop"],
};

export const REGISTER_NAMES: Vocabulary<"read" | "write" | "cas" | "exchange"> = {
  read: ["read", "get", "load"],
  write: ["write", "set", "store"],
  cas: ["cas", "compareAndSet"],
  exchange: ["compareExchange"],
};

export const JOINABLE_NAMES: Vocabulary<"put" | "taskDone" | "join"> = {
  put: ["put", "tryPut", "enqueue"],
  taskDone: ["taskDone", "task_done", "done"],
  join: ["join"],
};

/** Operations of a joinable queue that say nothing about the order of its items. */
export const QUEUE_IGNORES: readonly string[] = ["taskDone", "task_done", "join", "joinSync", "close", "flush"];

/** How the text of an error begins that says "there is nothing", and of one that says "there is no room". */
export const EMPTY_ERRORS: readonly string[] = ["QueueEmpty", "Empty"];
export const FULL_ERRORS: readonly string[] = ["QueueFull", "Full"];

/**
 * Which operation of the model a recorded name means. The forms that block the thread ("acquireSync") mean the same as the
 * others.
 *
 * @throws {UnknownOperationError} if the model has no such operation.
 */
export function roleOf<Role extends string>(model: string, vocabulary: Vocabulary<Role>, name: string): Role {
  const role = rolesOf(vocabulary).get(name);
  if (role === undefined)
    throw new UnknownOperationError(model, name, Object.values<readonly string[]>(vocabulary).flat());
  return role as Role;
}

/** The role that a name has in the vocabulary; null if none. */
export function roleIn<Role extends string>(vocabulary: Vocabulary<Role>, name: string): Role | null {
  return (rolesOf(vocabulary).get(name) ?? null) as Role | null;
}

/** The role of each name in `columns.names`; null where the vocabulary does not have it. */
export function rolesIn<Role extends string>(columns: Columns, vocabulary: Vocabulary<Role>): (Role | null)[] {
  const roles = rolesOf(vocabulary);
  return columns.names.map((name) => (roles.get(name) ?? null) as Role | null);
}

function rolesOf(vocabulary: Vocabulary<string>): ReadonlyMap<string, string> {
  let roles = indexes.get(vocabulary);
  if (roles === undefined) {
    roles = new Map();
    for (const [role, names] of Object.entries(vocabulary)) {
      for (const name of names) roles.set(name, role).set(`${name}Sync`, role);
    }
    indexes.set(vocabulary, roles);
  }
  return roles;
}

/** An answer other than false: what acquires returns true, nothing, or a guard. */
export function notFalse(result: unknown): boolean {
  return result !== false;
}

const indexes = new WeakMap<object, Map<string, string>>();
